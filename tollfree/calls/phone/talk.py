"""A caller and a person who talk to each other, without the agent."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from livekit import api

from tollfree.calls.media import Media
from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.people import in_room
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.clock import Clock

LOOK_S = 1.0
"""Seconds between looks at who is still there."""
BACK_WITHIN_S = 4.0
"""Seconds in which somebody whose connection broke, or who reloads a page, may come back."""

Ended = Literal["caller_left", "person_left", "limit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Our own part in a talk, where there is one: a room for the person, and the bridge to the caller's."""

    room: str
    bridge: "asyncio.Task[Media]"
    medias: tuple[Media, ...]

    async def let_go(self) -> None:
        """End the bridge and both its connections. Safe to call again."""
        self.bridge.cancel()
        await asyncio.gather(self.bridge, return_exceptions=True)
        for media in self.medias:
            await media.close()


class Talk:
    """Begins when the person has the caller. Somebody must call `over`."""

    def __init__(
        self,
        server: LiveKitServer,
        clock: Clock,
        *,
        room: str,
        caller: str,
        person: str,
        limit_s: float,
        joined: Joined | None = None,
    ) -> None:
        """`caller`, `person`: their identities in the room; a bridge's own, where the person is behind one."""
        self._server = server
        self._clock = clock
        self._room = room
        self._caller = caller
        self._person = person
        self._limit_s = limit_s
        self._joined = joined
        self._ended: Ended | None = None

    async def over(self) -> Ended:
        """Wait for the end of the talk, whoever ends it, and take care that nobody is left alone on the line: a
        person whose caller has gone is hung up. The caller of a person who has gone is the line's to hang up. Asked
        again, it says the same."""
        if self._ended is None:
            try:
                self._ended = await self._watch()
            finally:
                await self.end()
        return self._ended

    async def end(self) -> None:
        """Hang the person up, now. Safe to call again."""
        if self._joined is not None:
            await self._joined.let_go()
        with suppress(PhoneError):  # whoever is gone already needs no hanging up; a server that is away hangs up too
            async with self._server.api() as opened:
                if self._joined is not None:
                    await opened.room.delete_room(api.DeleteRoomRequest(room=self._joined.room))
                await opened.room.remove_participant(
                    api.RoomParticipantIdentity(room=self._room, identity=self._person)
                )

    async def _watch(self) -> Ended:
        began = seen_caller = seen_person = self._clock.elapsed_ms()
        async with self._server.api() as opened:
            while True:
                await self._clock.sleep(LOOK_S)
                now = self._clock.elapsed_ms()
                if self._joined is not None and self._joined.bridge.done():
                    gone = self._joined.bridge
                    return (
                        "person_left" if gone.exception() or gone.result() is self._joined.medias[0] else "caller_left"
                    )
                participants = await in_room(opened, self._room)
                there = None if participants is None else {one.identity for one in participants}
                if there is None or self._caller in there:
                    seen_caller = now
                if there is None or self._person in there:
                    seen_person = now
                if now - seen_caller >= BACK_WITHIN_S * 1000:
                    return "caller_left"
                if now - seen_person >= BACK_WITHIN_S * 1000:
                    return "person_left"
                if now - began >= self._limit_s * 1000:
                    return "limit"
