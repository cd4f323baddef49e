"""Rooms in which people hear what a caller wants before they are joined, and the end of those that a process which
died has left behind.

LiveKit closes a room by itself only when nobody is in it but agents, and a telephone that was picked up stays: the
person would be on a dead line until they hang up. An agent is in each such room before its telephone rings, so one
without an agent belongs to nobody any more.
"""

import re
import secrets
from contextlib import suppress

from livekit import api

from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.people import PERSON, in_room
from tollfree.calls.phone.server import LiveKitServer, refusals

_NAME = re.compile(rf"(?P<call>.+)-{PERSON}-[0-9a-f]{{8}}", re.DOTALL)


def side_room(room: str) -> str:
    """A name for one more of them, beside a call's room."""
    return f"{room}-{PERSON}-{secrets.token_hex(4)}"


def call_room_of(name: str) -> str | None:
    """The room of the call that a room stands beside; None: it is no such room."""
    found = _NAME.fullmatch(name)
    return found["call"] if found else None


async def end_room(opened: api.LiveKitAPI, server: LiveKitServer, room: str) -> None:
    """Hang up whoever is in it, and whoever is being rung into it. A room that is gone already is no fault."""
    with suppress(PhoneError):
        with refusals(server.url):
            await opened.room.delete_room(api.DeleteRoomRequest(room=room))


async def end_side_rooms(server: LiveKitServer, room: str) -> tuple[str, ...]:
    """End those beside a call's room; their names. For whoever takes the call up: its process is gone, and the agents
    it had in them may be listed for a while yet. Raises `PhoneError`."""
    async with server.api() as opened:
        listed = await opened.room.list_rooms(api.ListRoomsRequest())
        left = tuple(one.name for one in listed.rooms if call_room_of(one.name) == room)
        for name in left:
            await end_room(opened, server, name)
    return left


class SideRooms:
    """Those of all calls on a LiveKit server, whichever machine's. For calls that nobody takes up, and talks whose
    process died."""

    def __init__(self, server: LiveKitServer) -> None:
        self._server = server
        self._without: frozenset[str] = frozenset()
        """Rooms in which no agent was at the last look."""

    async def end_left(self) -> tuple[str, ...]:
        """End those without an agent now and at the look before, since a connection may be lost for a moment; their
        names. Raises `PhoneError`."""
        async with self._server.api() as opened:
            listed = await opened.room.list_rooms(api.ListRoomsRequest())
            ours = [one.name for one in listed.rooms if call_room_of(one.name) is not None]
            without = frozenset([name for name in ours if await _has_no_agent(opened, name)])
            left = tuple(sorted(without & self._without))
            for name in left:
                await end_room(opened, self._server, name)
        self._without = without.difference(left)
        return left


async def _has_no_agent(opened: api.LiveKitAPI, room: str) -> bool:
    participants = await in_room(opened, room)
    return participants is not None and all(one.kind != api.ParticipantInfo.Kind.AGENT for one in participants)
