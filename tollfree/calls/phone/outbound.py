"""Calls that begin here: a telephone is rung, and whoever picks up has the agent."""

import secrets

from livekit import api

from tollfree.calls.phone.dispatch import Dispatch
from tollfree.calls.phone.errors import NotPickedUp, NoWayToPerson, PhoneError
from tollfree.calls.phone.outcomes import not_taken
from tollfree.calls.phone.server import LiveKitServer, refusals
from tollfree.calls.phone.settings import PhoneSettings

ROOM_PREFIX = "call_out"
"""Rooms of these calls are named `call_out_RANDOM`."""
CALLEE = "caller"
"""The identity of who is rung: to the agent they are the caller."""
LONGEST_S = 14_400
"""Seconds after which the telephone network ends such a call."""


async def ring(server: LiveKitServer, settings: PhoneSettings, number: str, wanted: Dispatch, *, worker: str) -> str:
    """Ring a telephone, E.164, and send for an agent as soon as it was picked up; returns the room. Nobody hears the
    agent while it rings: a greeting that starts too soon is lost.

    Raises `NoWayToPerson` where no trunk is configured, `NotPickedUp`, or `PhoneError`.
    """
    if not settings.sip_outbound_trunk:
        raise NoWayToPerson(
            "No telephone can be rung from here: set TOLLFREE_SIP_OUTBOUND_TRUNK to the id of an outbound trunk."
        )
    room = f"{ROOM_PREFIX}_{secrets.token_hex(8)}"
    async with server.api() as opened:
        try:
            await _ring(opened, settings, number, room, server.url)
            with refusals(server.url):
                await opened.agent_dispatch.create_dispatch(
                    api.CreateAgentDispatchRequest(agent_name=worker, room=room, metadata=wanted.text())
                )
        except BaseException:  # nobody is to pick up, or to wait, in a room without an agent
            await _end(opened, room, server.url)
            raise
    return room


async def _ring(opened: api.LiveKitAPI, settings: PhoneSettings, number: str, room: str, url: str) -> None:
    request = api.CreateSIPParticipantRequest(
        sip_trunk_id=settings.sip_outbound_trunk,
        sip_call_to=number,
        room_name=room,
        participant_identity=CALLEE,
        wait_until_answered=True,
    )
    request.ringing_timeout.seconds = settings.transfer_ring_s
    request.max_call_duration.seconds = LONGEST_S
    try:
        with refusals(url):
            await opened.sip.create_sip_participant(request)
    except api.SipCallError as error:
        if not_taken(error):
            raise NotPickedUp(
                f"{number} was rung for {settings.transfer_ring_s} seconds, and not picked up."
            ) from error


async def _end(opened: api.LiveKitAPI, room: str, url: str) -> None:
    try:
        with refusals(url):
            await opened.room.delete_room(api.DeleteRoomRequest(room=room))
    except PhoneError:
        return
