"""Names of voices: an engine, a voice or a blend of voices, and perhaps a speed.

`kokoro:af_heart`, `kokoro:af_heart@1.1`, `kokoro:af_heart+af_bella`, `kokoro:af_heart:0.7+af_bella:0.3@0.9`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Self

from tollfree.speech.stt.base import UnknownEngine

SLOWEST, FASTEST = 0.5, 2.0
"""Speeds that voices are made for; 1 is their own."""
MOST_PARTS = 8
"""Voices in one blend."""
_VOICE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class VoiceName:
    """A name, read."""

    engine: str
    """As the registry knows it, such as `kokoro`."""
    parts: tuple[tuple[str, float], ...]
    """Voices and their shares, which add up to 1; the largest share first. Mostly it is one."""
    speed: float = 1.0
    """Times the voice's own."""

    @classmethod
    def read(cls, name: str) -> Self:
        """Raises `UnknownEngine` for what is no name."""
        text, speed = split_speed(name)
        engine, colon, rest = text.partition(":")
        if not colon or not rest:
            raise UnknownEngine(f"{name[:100]!r} names no voice; write an engine and a voice, such as kokoro:af_heart.")
        shares: dict[str, float] = {}
        for part in rest.split("+"):
            voice, share = _part(part, name)
            shares[voice] = shares.get(voice, 0.0) + share
        if len(shares) > MOST_PARTS:
            raise UnknownEngine(f"{len(shares)} voices are too many for one blend; {MOST_PARTS} is the most.")
        return cls(engine, _parts(shares), speed)

    @property
    def voice(self) -> str:
        """The one with the largest share."""
        return self.parts[0][0]

    @property
    def blend(self) -> bool:
        """Whether there is more than one voice in it."""
        return len(self.parts) > 1

    def __str__(self) -> str:
        """The same for every way of writing the same voice."""
        equal = all(share == self.parts[0][1] for _, share in self.parts)
        parts = (voice if equal else f"{voice}:{share:g}" for voice, share in self.parts)
        return at_speed(f"{self.engine}:{'+'.join(parts)}", self.speed)


def split_speed(name: str) -> tuple[str, float]:
    """A name without its speed, and the speed. Raises `UnknownEngine`."""
    text, at, figures = name.rpartition("@")
    if not at:
        return name, 1.0
    try:
        speed = round(float(figures), 2)
    except ValueError as error:
        raise UnknownEngine(f"{figures[:20]!r} is no speed; write a number behind @, such as 1.1.") from error
    if not SLOWEST <= speed <= FASTEST:
        raise UnknownEngine(f"A voice cannot speak at {figures[:20]} times its speed; {SLOWEST} to {FASTEST} can be.")
    return text, speed


def at_speed(name: str, speed: float) -> str:
    """The name of a voice, which has no speed in it, at a speed."""
    return name if speed == 1.0 else f"{name}@{speed:g}"


def _parts(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Shares in thousandths, so that what is written of them is what they are."""
    whole = sum(shares.values())
    exact = {voice: 1000 * share / whole for voice, share in shares.items()}
    if all(isclose(share, 1000 / len(exact), rel_tol=1e-6) for share in exact.values()):
        return tuple((voice, 1 / len(exact)) for voice in sorted(exact))
    rounded = {voice: int(share + 1e-6) for voice, share in exact.items()}
    by_rest = sorted(exact, key=lambda voice: (rounded[voice] - exact[voice], voice))
    for voice in by_rest[: 1000 - sum(rounded.values())]:
        rounded[voice] += 1
    return tuple(
        (voice, share / 1000) for voice, share in sorted(rounded.items(), key=lambda one: (-one[1], one[0])) if share
    )


def _part(part: str, name: str) -> tuple[str, float]:
    voice, colon, figures = part.partition(":")
    try:
        share = float(figures) if colon else 1.0
    except ValueError:
        share = 0.0
    if not _VOICE.fullmatch(voice) or not isfinite(share) or share <= 0:
        raise UnknownEngine(
            f"{name[:100]!r} names no voice; blends are written af_heart+af_bella or af_heart:0.7+af_bella:0.3."
        )
    return voice, share
