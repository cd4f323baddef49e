"""Whether an agent has come into a room where somebody keeps its caller company."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from livekit import rtc

from tollfree.worker.rooms import HALL, PARTING

ARRIVES_S = 10.0
"""Seconds in which somebody who has come into a room has their sound there: on a busy machine that took five."""


def is_agent(who: rtc.RemoteParticipant) -> bool:
    """Whether somebody is an agent who takes calls: not a hall's, nor one who says goodbye."""
    return who.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT and who.identity not in (HALL, PARTING)


def keeps_company(who: rtc.RemoteParticipant) -> bool:
    """Whether somebody has the caller: an agent, or a hall."""
    return is_agent(who) or who.identity == HALL


class Relief:
    """Looks out, from before a room is joined, for somebody who takes its caller over: whoever sends sound there."""

    def __init__(
        self,
        room: rtc.Room,
        came: Callable[[], None],
        *,
        takes_over: Callable[[rtc.RemoteParticipant], bool] = is_agent,
    ) -> None:
        """`came` is called when somebody does."""
        self.come = asyncio.Event()
        self._room = room
        self._takes_over = takes_over

        def published(_: rtc.RemoteTrackPublication, who: rtc.RemoteParticipant) -> None:
            if takes_over(who):
                came()
                self.come.set()

        room.on("track_published", published)  # pyright: ignore[reportUnknownMemberType]: its Callable is bare

    @property
    def there(self) -> bool:
        """Whether somebody is there already, once the room is joined."""
        return any(self._takes_over(one) and one.track_publications for one in self._room.remote_participants.values())

    async def arrived(self) -> bool:
        """Whether somebody who is in the room already, though without sound yet, has begun to send it; waits a while.
        At once false where nobody is."""
        if any(self._takes_over(one) for one in self._room.remote_participants.values()):
            with suppress(TimeoutError):
                async with asyncio.timeout(ARRIVES_S):
                    await self.come.wait()
        return self.come.is_set()
