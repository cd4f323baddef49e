"""Rings a person's telephone for a caller who waits: straight into the call, or into a room of the person's own, where
they are told first."""

import asyncio
import secrets
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress

from livekit import api

from tollfree.calls.lines.waiting_caller import WaitingCaller
from tollfree.calls.media import Media
from tollfree.calls.phone.bridge import Bridge
from tollfree.calls.phone.brief import Brief, told_and_taken
from tollfree.calls.phone.errors import PhoneError, TransferFailed
from tollfree.calls.phone.outcomes import not_taken
from tollfree.calls.phone.people import PERSON, ROLE, our_token, summary_data
from tollfree.calls.phone.server import refusals
from tollfree.calls.phone.side_rooms import end_room, side_room
from tollfree.calls.phone.talk import Joined, Talk
from tollfree.calls.playout import Playout
from tollfree.speech.stt.base import SpeechError

CONNECTED_S = 10.0
"""Seconds in which a connection that is being made is made, or has failed."""


class Dialling:
    """Rings people for one caller, one at a time."""

    def __init__(self, caller: WaitingCaller) -> None:
        self._caller = caller
        self._desk = caller.desk
        self._opened = caller.opened

    async def into_call(self, number: str) -> Talk | None:
        """Cold: the person picks up, and has the caller. None: nobody does. Raises `PhoneError`."""
        identity = f"{PERSON}-{secrets.token_hex(6)}"
        try:
            if not await self._dial(number, self._caller.room, identity, ""):
                return None
        except BaseException:  # a request that failed may have rung: nobody is to pick up into the call any more
            await self._remove(identity)
            raise
        return self._caller.talk_with(identity)

    async def told_first(self, number: str, summary: str) -> Talk | None:
        """Warm: the person hears the summary in a room of their own, takes the call, and is joined. None: nobody
        does. Raises `PhoneError`, or `CallError` when the room cannot be entered."""
        desk, room = self._desk, side_room(self._caller.room)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(end_room, self._opened, desk.server, room)
            playout, media = Playout(), desk.connect(desk.server.url, our_token(desk.server, room, "tollfree"))
            undo.push_async_callback(media.close)
            # Before anybody is rung: a room without an agent is one whose process died.
            await _made(media.join())
            about = summary_data(caller=desk.caller, summary=summary).decode()
            if not await self._dial(number, room, PERSON, about):
                return None
            await _made(media.start(playout))
            if not await self._told(media, playout, summary):
                return None
            talk = await self._bridged(room, media, playout)
            undo.pop_all()
            return talk

    async def _dial(self, number: str, room: str, identity: str, summary: str) -> bool:
        """Ring a person's telephone into a room; whether it was picked up."""
        settings = self._desk.settings
        request = api.CreateSIPParticipantRequest(
            sip_trunk_id=settings.sip_outbound_trunk,
            sip_call_to=number,
            room_name=room,
            participant_identity=identity,
            participant_name="A person",
            participant_metadata=summary,
            wait_until_answered=True,
        )
        if room == self._caller.room:
            request.participant_attributes[ROLE] = PERSON
        request.ringing_timeout.seconds = settings.transfer_ring_s
        request.max_call_duration.seconds = int(settings.transfer_talk_limit_s)
        try:
            await self._opened.sip.create_sip_participant(request)
        except api.SipCallError as error:
            return not not_taken(error)
        return True

    async def _told(self, media: Media, playout: Playout, summary: str) -> bool:
        desk = self._desk
        brief = Brief(
            project=desk.project,
            summary=summary,
            stay_s=desk.settings.transfer_stay_s,
            answer_s=desk.settings.transfer_answer_s,
        )
        try:
            return await told_and_taken(media, playout, desk.speaker, brief, desk.clock)
        except SpeechError as error:
            raise TransferFailed(f"The person could not be told about the call: {error.message}") from error

    async def _bridged(self, room: str, media: Media, to_person: Playout) -> Talk:
        """Join the person's room to the caller's."""
        desk = self._desk
        identity = f"{PERSON}-{secrets.token_hex(6)}"
        token = our_token(desk.server, self._caller.room, identity, as_person=True)
        other, to_caller = desk.connect(desk.server.url, token), Playout()
        try:
            await _made(other.start(to_caller))
        except BaseException:
            await other.close()
            raise
        bridge = asyncio.ensure_future(Bridge(media, to_person, other, to_caller).run())
        return self._caller.talk_with(identity, Joined(room=room, bridge=bridge, medias=(media, other)))

    async def _remove(self, identity: str) -> None:
        """Whoever is being rung into the call is rung no more."""
        one = api.RoomParticipantIdentity(room=self._caller.room, identity=identity)
        with suppress(PhoneError):
            with refusals(self._desk.server.url):
                await self._opened.room.remove_participant(one)


async def _made(connecting: Coroutine[None, None, None]) -> None:
    """Connect. A connection that is given up half way is made all the same, and would never be closed: it is waited
    for."""
    making = asyncio.ensure_future(connecting)
    try:
        await asyncio.shield(making)
    except asyncio.CancelledError:
        await asyncio.wait({making}, timeout=CONNECTED_S)
        raise
