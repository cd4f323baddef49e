"""A turn on its way through Whisper, and the look that several turns take together.

What is to be looked at next is decided turn by turn (`TurnHearing`); a look is the work: encode, and read. One turn
or many, it is the same work in the same windows, so a turn's words do not depend on its company.
"""

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.turn_window import Encoded, Prepared, TurnWindow
from tollfree.speech.stt.whisper_engine import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A look that a turn needs next."""

    turn: Prepared
    pad_s: float
    """Silence to compute behind it."""
    beam: int
    """Readings to follow side by side."""
    hints: tuple[int, ...] = ()
    """Tokens of what is likely to be said."""


Looks: TypeAlias = Generator[Wanted, tuple[Reading, ...], Transcript]
"""Asks for looks, is sent their readings, and ends with what was heard."""


class Kind(NamedTuple):
    """What looks must have in common to be taken together."""

    frames: int
    allowed: int
    beam: int
    hints: int
    """How many tokens of hints: the decoder's prompts have one length."""


class Turn:
    """One turn, from its sound to its transcript."""

    def __init__(self, looks: Looks, window: TurnWindow, language: str) -> None:
        """Does what comes before the first look. `language` is a tag such as `en`; empty: it is detected."""
        self._looks = looks
        self._window = window
        self._encoded: tuple[float, Encoded] | None = None
        self.language = language
        self.transcript: Transcript | None = None
        """Once it is over."""
        self.took_ms = 0.0
        """Milliseconds of work in which it had a part."""
        self.largest = 0
        """The most turns that took a look together with it, itself among them."""
        self._wanted: Wanted | None = None
        began = time.perf_counter()
        try:
            self._wanted = next(looks)
        except StopIteration as over:
            self.transcript = over.value
        self.took_ms = (time.perf_counter() - began) * 1000

    @property
    def kind(self) -> Kind:
        """Turns of one kind may take their next look together."""
        wanted = self.wanted
        shape = self._window.shape(wanted.turn, wanted.pad_s)
        return Kind(shape.frames, shape.allowed, wanted.beam, len(wanted.hints))

    @property
    def wanted(self) -> Wanted:
        """The next look, of a turn that is not over."""
        if self._wanted is None:
            raise ValueError("The turn is over.")
        return self._wanted

    @property
    def encoded(self) -> Encoded | None:
        """The turn in the window that is wanted, if the look before had the same."""
        return self._encoded[1] if self._encoded and self._encoded[0] == self.wanted.pad_s else None

    @encoded.setter
    def encoded(self, encoded: Encoded) -> None:
        self._encoded = self.wanted.pad_s, encoded

    def tell(self, readings: tuple[Reading, ...]) -> None:
        """What the look gave: the turn is over, or wants another."""
        try:
            self._wanted = self._looks.send(readings)
        except StopIteration as over:
            self.transcript = over.value
            self._wanted = self._encoded = None


def look(window: TurnWindow, turns: Sequence[Turn]) -> None:
    """Take the next look at several turns of one kind."""
    began = time.perf_counter()
    wanted = [turn.wanted for turn in turns]
    new = [at for at, turn in enumerate(turns) if turn.encoded is None]
    for pad_s in dict.fromkeys(wanted[at].pad_s for at in new):
        places = [at for at in new if wanted[at].pad_s == pad_s]
        for at, encoded in zip(places, window.encode_all([wanted[at].turn for at in places], pad_s), strict=True):
            turns[at].encoded = encoded
    encoded = [one for turn in turns if (one := turn.encoded) is not None]
    unknown = [at for at, turn in enumerate(turns) if not turn.language]
    if unknown:
        found = window.languages([encoded[at] for at in unknown])
        for at, language in zip(unknown, found, strict=True):
            turns[at].language = language
    hints, languages = [one.hints for one in wanted], [turn.language for turn in turns]
    readings = window.read_all(encoded, hints, languages, wanted[0].beam)
    took_ms = (time.perf_counter() - began) * 1000
    for turn, read in zip(turns, readings, strict=True):
        turn.took_ms += took_ms
        turn.largest = max(turn.largest, len(turns))
        turn.tell(read)
