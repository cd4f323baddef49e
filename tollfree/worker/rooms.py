"""Rooms, as the worker handles them through LiveKit's API."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from livekit import api

from tollfree.calls.phone.errors import LiveKitRefused, PhoneError
from tollfree.calls.phone.server import LiveKitServer

HALL = "tollfree-hall"
"""The identity of who keeps waiting callers company. One to a room: a second one replaces the first."""

_log = logging.getLogger(__name__)


async def close_room(livekit: LiveKitServer, room: str) -> None:
    """End a call for everybody in it. A room that is already gone, or a server that is, is no fault."""
    try:
        async with livekit.api() as opened:
            await opened.room.delete_room(api.DeleteRoomRequest(room=room))
    except PhoneError as error:
        _log.info("room not closed: %s", error.message, extra={"room": room})


async def send_for(livekit: LiveKitServer, name: str, room: str, metadata: str) -> None:
    """Ask for an agent in a room. Raises `PhoneError`."""
    async with livekit.api() as opened:
        await opened.agent_dispatch.create_dispatch(
            api.CreateAgentDispatchRequest(agent_name=name, room=room, metadata=metadata)
        )


@dataclass(frozen=True, slots=True)
class Occupants:
    """Who is in a room."""

    agents: frozenset[str]
    """Identities of agents, a hall's not among them."""
    others: bool
    """Whether anybody else is there: a caller."""


async def occupants(livekit: LiveKitServer, room: str) -> Occupants:
    """Who is in a room now. Raises `PhoneError`."""
    async with livekit.api() as opened:
        listed = await opened.room.list_participants(api.ListParticipantsRequest(room=room))
    kind = api.ParticipantInfo.Kind.AGENT
    agents = frozenset(one.identity for one in listed.participants if one.kind == kind and one.identity != HALL)
    return Occupants(agents, any(one.kind != kind for one in listed.participants))


async def remove(livekit: LiveKitServer, room: str, identities: Iterable[str]) -> None:
    """Take participants out of a room. One who has just left is no fault. Raises `PhoneError`."""
    async with livekit.api() as opened:
        for identity in identities:
            with suppress(LiveKitRefused):
                await opened.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))


def hall_token(livekit: LiveKitServer, room: str) -> str:
    """A token for who keeps waiting callers company."""
    token = api.AccessToken(livekit.key, livekit.secret).with_identity(HALL).with_kind("agent")
    return token.with_grants(api.VideoGrants(room_join=True, room=room, agent=True)).to_jwt()
