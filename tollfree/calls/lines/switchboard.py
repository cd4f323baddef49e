"""Hands a caller in a LiveKit room to a person: forwarded by their provider, dialled and told first, or awaited from
a browser. Whoever made the switchboard waits for the end of the talk that follows: see `LiveKitSwitchboard.talk`."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from livekit import api

from tollfree.calls.lines.awaiting import Awaiting
from tollfree.calls.lines.dialling import Dialling
from tollfree.calls.lines.waiting_caller import WaitingCaller
from tollfree.calls.phone.desk import Desk
from tollfree.calls.phone.errors import CallerGone, PhoneError, TransferFailed
from tollfree.calls.phone.outcomes import forwarded, not_taken
from tollfree.calls.phone.people import by_telephone
from tollfree.calls.phone.talk import Talk
from tollfree.calls.phone.ways import Await, Dial, Forward, way_to
from tollfree.protocol.effects import Transfer
from tollfree.protocol.ids import CallId

_log = logging.getLogger(__name__)


class LiveKitSwitchboard:
    """The switchboard of one call."""

    def __init__(self, room: str, caller: str, desk: Desk) -> None:
        """`room`: the LiveKit room of the call. `caller`: the identity of whom the call's media hear; somebody else in
        the room is not the one to be handed over."""
        self._room = room
        self._caller = caller
        self._desk = desk
        self.talk: Talk | None = None
        """Set once a person has the caller in this house: from then on the agent has no part in it, and somebody must
        call the talk's `over`. A caller who was forwarded by their provider has left."""

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        """Whether somebody took the call. Raises `PhoneError`, or `StoreError`."""
        desk = self._desk
        async with desk.server.api() as opened:
            participant = await self._participant(opened)
            caller = WaitingCaller(room=self._room, identity=participant.identity, desk=desk, opened=opened)
            way = way_to(
                effect,
                by_telephone=by_telephone(participant),
                can_dial=bool(desk.settings.sip_outbound_trunk),
                queues=desk.queues,
                region=desk.region,
            )
            match way:
                case Forward():
                    if way.untold:
                        _log.warning("person not told before a transfer: no outbound trunk", extra={"call_id": call})
                    return await _in_turn(way.to, lambda to: self._forward(opened, to))
                case Dial():
                    dialling = Dialling(caller)
                    told = effect.summary if way.told_first else None
                    work = _in_turn(way.numbers, lambda number: self._dial(dialling, number, told))
                    return await caller.while_they_wait(work)
                case Await():
                    awaiting = Awaiting(caller, call)
                    async with awaiting.shown(way.queue, effect.summary):
                        self.talk = await awaiting.somebody(effect.summary)
                    return self.talk is not None

    async def _participant(self, opened: api.LiveKitAPI) -> api.ParticipantInfo:
        """The caller, as they are in the room now. Raises `CallerGone`."""
        listed = await opened.room.list_participants(api.ListParticipantsRequest(room=self._room))
        found = next((one for one in listed.participants if one.identity == self._caller), None)
        if found is None:
            raise CallerGone("The caller hung up before they could be handed to a person.")
        return found

    async def _forward(self, opened: api.LiveKitAPI, to: str) -> bool:
        request = api.TransferSIPParticipantRequest(
            participant_identity=self._caller, room_name=self._room, transfer_to=to
        )
        request.ringing_timeout.seconds = self._desk.settings.transfer_ring_s
        try:
            return forwarded(await opened.sip.transfer_sip_participant(request))
        except api.SipCallError as error:
            return not not_taken(error)

    async def _dial(self, dialling: Dialling, number: str, told: str | None) -> bool:
        """`told`: what the person hears first; None: they have the caller at once."""
        self.talk = await (dialling.into_call(number) if told is None else dialling.told_first(number, told))
        return self.talk is not None


async def _in_turn(targets: Sequence[str], attempt: Callable[[str], Awaitable[bool]]) -> bool:
    """Whether one of them takes the call. What keeps one from being reached does not keep the next; raised is the last
    failure, when none of them even rang."""
    failure: PhoneError | None = None
    rang = False
    for target in targets:
        try:
            if await attempt(target):
                return True
            rang = True
        except TransferFailed as error:
            failure = error
    if failure is not None and not rang:
        raise failure
    return False
