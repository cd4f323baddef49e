"""The audio seam: what carries sound to and from one caller, and their keys. A wav file and a LiveKit room are media.

Sound out is pulled: media take 20 ms at a time from the call's `Playout`, so that a pause is heard at once and
nothing but the media's own short queue lies between.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from tollfree.calls.playout import Playout
from tollfree.protocol.audio import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Sound of the caller as it arrived, int16 mono at 16 kHz, any length up to 100 ms."""

    samples: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondVoiceHeard:
    """Sound of a person who talks to the caller in the agent's place, int16 mono at 24 kHz. They hear one another
    without us: it is for the recording."""

    samples: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key was pressed."""

    key: str
    """One of `0`-`9`, `*`, `#`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The caller, or the connection, is gone. The last thing media tell."""

    reason: Literal["caller_hung_up", "line_lost"]
    why: str = ""
    """For the log: what happened, in the connection's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something the log should keep: a second participant, a track of an odd format."""

    type: str
    data: dict[str, str | int | float | bool] = field(default_factory=dict[str, str | int | float | bool])


MediaEvent: TypeAlias = Frame | SecondVoiceHeard | Key | Gone | Found


class Media(Protocol):
    """One caller's sound."""

    @property
    def name(self) -> str:
        """`wav`, `livekit`, …"""
        ...

    @property
    def ear_delay_ms(self) -> float:
        """Milliseconds from taking a sample from the playout to the caller's ear, as far as known."""
        ...

    async def start(self, playout: Playout) -> None:
        """Connect, publish, and begin to take sound. Returns when the caller can hear. Raises `CallError`."""
        ...

    async def next(self) -> MediaEvent:
        """What comes in, waiting for it. While no sound arrives (a muted caller sends none) it just waits."""
        ...

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        """Show words to whoever watches: what was said so far in a segment, or all of it. Returns at once."""
        ...

    async def close(self) -> None:
        """Disconnect; from here on nothing is taken. Safe to call again."""
        ...
