"""The seam between a session and whatever carries a call. The session does not know which line it has."""

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.effects import Listen, Say
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, CallerUnheard, KeyPressed, Spoken
from tollfree.protocol.ids import EffectId
from tollfree.protocol.values import Value

CallerEvent: TypeAlias = CallerSpoke | CallerUnheard | KeyPressed | CallerSilent | CallEnded
"""What a caller may do while they are listened to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The caller may have finished. The session may plan on it; nothing of that counts until the words come again as
    `CallerSpoke`, equal to `said`."""

    offer: int
    said: CallerSpoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The caller goes on: whatever was planned on the offer is void."""

    offer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something for the log that no fold reads: timings of a turn, an interruption that came to nothing."""

    type: str
    data: dict[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSounds:
    """The caller began to make a sound that may be speech, or is silent again: nobody speaks to them meanwhile. Not
    for the log. A line without sound never tells it."""

    sounds: bool


LineEvent: TypeAlias = CallerEvent | Spoken | Offered | Withdrawn | Noted | CallerSounds


class Line(Protocol):
    """One call's connection to one caller.

    What comes in is read with `next`; everything else returns at once and is answered by events. Lines are spoken in
    the order in which they were said, and each is answered by exactly one `Spoken`.
    """

    @property
    def name(self) -> str:
        """What carries the call, for its facts and its record: `text`, `wav`, `livekit`."""
        ...

    async def next(self) -> LineEvent:
        """What happens next, waiting for it. After `CallEnded` there is nothing more. One reader at a time; a read
        that is cancelled loses nothing."""
        ...

    def listen(self, listen: Listen) -> None:
        """Listen as the node expects, from now on until told otherwise."""
        ...

    def say(self, say: Say) -> None:
        """Speak, after what is being spoken."""
        ...

    def prepare(self, say: Say) -> None:
        """This may be said soon: render it, silently. A line without sound does nothing."""
        ...

    def begin(self, so_far: Say) -> None:
        """Speak what is composed so far of a line, under its composition's id; again, with the same beginning, when
        there is more. It is answered only once it is adopted. A line without sound does nothing."""
        ...

    def adopt(self, composition: EffectId, say: Say, *, anew: bool = True) -> None:
        """Speak a line that may have been begun so: it goes on, and is answered as any. One that was cut short
        meanwhile is spoken from its beginning if `anew`, and the caller is not speaking."""
        ...

    def take_back(self, composition: EffectId) -> None:
        """What was begun is not what is said: it ends with the clause that sounds. What was heard of it is told."""
        ...

    def fall_silent(self) -> None:
        """A person talks to the caller now: cut short whatever is being said or waits to be, also what must be heard;
        each line is answered as any. What is said from then on is said. A line without sound does nothing."""
        ...

    def planned(self, offer: int, completeness: Completeness) -> None:
        """What the plan on an offer came to."""
        ...

    async def quiet(self) -> None:
        """Wait until everything said so far was heard, or was cut short. A line without sound returns at once."""
        ...

    async def hang_up(self) -> None:
        """End the connection, once everything said so far was heard. Whoever reads `next` may get those events first;
        this returns when the line is closed."""
        ...
