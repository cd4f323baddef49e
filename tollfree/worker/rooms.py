"""Rooms, as the worker handles them through LiveKit's API."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from livekit import api

from tollfree.calls.phone.errors import LiveKitRefused, PhoneError
from tollfree.calls.phone.people import PERSON, ROLE
from tollfree.calls.phone.server import LiveKitServer
from tollfree.worker.log_lines import marked

HALL = "tollfree-hall"
"""The identity of who keeps waiting callers company. One to a room: a second one replaces the first."""
PARTING = "tollfree-parting"
"""The identity of who says goodbye to callers whom nobody will serve."""

_log = logging.getLogger(__name__)


async def close_room(livekit: LiveKitServer, room: str) -> None:
    """End a call for everybody in it. A room that is already gone, or a server that is, is no fault."""
    try:
        async with livekit.api() as opened:
            await opened.room.delete_room(api.DeleteRoomRequest(room=room))
    except PhoneError as error:
        _log.info("room not closed: %s", error.message, extra={"room": marked(room)})


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
    """Identities of agents, those who keep callers company not among them."""
    others: bool
    """Whether anybody else is there: a caller."""
    company: bool = False
    """Whether somebody keeps the caller company: a hall, or a person who talks with them."""


async def occupants(livekit: LiveKitServer, room: str) -> Occupants:
    """Who is in a room now. Raises `PhoneError`."""
    async with livekit.api() as opened:
        listed = await opened.room.list_participants(api.ListParticipantsRequest(room=room))
    kind = api.ParticipantInfo.Kind.AGENT
    agents = frozenset(one.identity for one in listed.participants if one.kind == kind)
    return Occupants(
        agents - {HALL, PARTING},
        any(one.kind != kind and not one.attributes.get(ROLE) for one in listed.participants),
        HALL in agents or any(one.attributes.get(ROLE) == PERSON for one in listed.participants),
    )


async def remove(livekit: LiveKitServer, room: str, identities: Iterable[str]) -> None:
    """Take participants out of a room. One who has just left is no fault. Raises `PhoneError`."""
    async with livekit.api() as opened:
        for identity in identities:
            with suppress(LiveKitRefused):
                await opened.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))


def companion_token(livekit: LiveKitServer, room: str, identity: str) -> str:
    """A token for who keeps callers company: `HALL` or `PARTING`."""
    token = api.AccessToken(livekit.key, livekit.secret).with_identity(identity).with_kind("agent")
    return token.with_grants(api.VideoGrants(room_join=True, room=room, agent=True)).to_jwt()
