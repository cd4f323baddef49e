"""A caller in a LiveKit room who waits for a person."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TypeVar

from livekit import api

from tollfree.calls.phone.desk import Desk
from tollfree.calls.phone.errors import CallerGone
from tollfree.calls.phone.people import in_room
from tollfree.calls.phone.talk import Joined, Talk

LOOK_S = 0.5
"""Seconds between looks at who has joined."""
GONE_AFTER_S = 6.0
"""Seconds for which a caller who waits must have been away to count as gone: longer than media let them come back."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCaller:
    """Whom the call's media hear."""

    room: str
    """The LiveKit room of the call."""
    identity: str
    """In that room; kept when the same caller comes back."""
    desk: Desk
    opened: api.LiveKitAPI

    def talk_with(self, person: str, joined: Joined | None = None) -> Talk:
        """A person has the caller. `person`: their identity in the room, or their bridge's."""
        desk = self.desk
        limit_s = desk.settings.transfer_talk_limit_s
        return Talk(
            desk.server,
            desk.clock,
            room=self.room,
            caller=self.identity,
            person=person,
            limit_s=limit_s,
            joined=joined,
        )

    async def while_they_wait(self, work: Coroutine[None, None, _T]) -> _T:
        """The work's result, unless the caller hangs up meanwhile: then it is given up, and `CallerGone` is raised."""
        working, watching = asyncio.ensure_future(work), asyncio.ensure_future(self._gone())
        try:
            done, _ = await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if working in done:
                return working.result()
            watching.result()
            raise CallerGone("The caller hung up while a person was being called.")
        finally:
            for task in (working, watching):
                task.cancel()
            await asyncio.gather(working, watching, return_exceptions=True)

    async def _gone(self) -> None:
        """Returns when the caller has been away for too long."""
        clock = self.desk.clock
        seen = clock.elapsed_ms()
        while clock.elapsed_ms() - seen < GONE_AFTER_S * 1000:
            await clock.sleep(LOOK_S)
            participants = await in_room(self.opened, self.room)
            if participants is None or any(one.identity == self.identity for one in participants):
                seen = clock.elapsed_ms()
