"""Rooms, as the worker handles them through LiveKit's API."""

import logging

from livekit import api

from tollfree.calls.phone.errors import PhoneError
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


async def clear_agents(livekit: LiveKitServer, room: str) -> bool:
    """Take agents whose process is gone out of a room. Whether somebody else is still there. Raises `PhoneError`."""
    async with livekit.api() as opened:
        listed = await opened.room.list_participants(api.ListParticipantsRequest(room=room))
        agents = [one for one in listed.participants if one.kind == api.ParticipantInfo.Kind.AGENT]
        for one in agents:
            if one.identity != HALL:
                await opened.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=one.identity))
        return len(listed.participants) > len(agents)


def hall_token(livekit: LiveKitServer, room: str) -> str:
    """A token for who keeps waiting callers company."""
    token = api.AccessToken(livekit.key, livekit.secret).with_identity(HALL).with_kind("agent")
    return token.with_grants(api.VideoGrants(room_join=True, room=room, agent=True)).to_jwt()
