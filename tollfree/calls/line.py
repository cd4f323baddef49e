"""The seam between a session and whatever carries a call. The session does not know which line it has."""

from typing import Protocol, TypeAlias

from tollfree.protocol.effects import Listen, Say
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, KeyPressed, Spoken

CallerEvent: TypeAlias = CallerSpoke | KeyPressed | CallerSilent | CallEnded
"""What a caller may do while they are listened to."""


class Line(Protocol):
    """One call's connection to one caller."""

    @property
    def name(self) -> str:
        """What carries the call, for its facts and its record: `text`, `wav`, `livekit`."""
        ...

    async def say(self, say: Say) -> Spoken:
        """Speak, and return what was heard once it was heard or interrupted."""
        ...

    async def listen(self, listen: Listen) -> CallerEvent:
        """Wait for the caller as the node expects."""
        ...

    async def hang_up(self) -> None:
        """End the connection. Everything said has been heard."""
        ...
