"""Hands a caller in a LiveKit room to a person: forwarded by their provider, dialled and told first, or awaited from
a browser. The log of the call goes on while they talk: see `tollfree.calls.lines.handover`."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from typing import TypeVar

from livekit import api

from tollfree.calls.media import Media
from tollfree.calls.phone.bridge import Bridge
from tollfree.calls.phone.brief import Brief, told_and_taken
from tollfree.calls.phone.desk import Desk
from tollfree.calls.phone.errors import CallerGone, PhoneError, TransferFailed
from tollfree.calls.phone.outcomes import forwarded, not_taken
from tollfree.calls.phone.people import (
    PERSON,
    ROLE,
    SUMMARY_TOPIC,
    by_telephone,
    in_room,
    our_token,
    person_to_talk_to,
    summary_data,
    the_caller,
)
from tollfree.calls.phone.server import refusals
from tollfree.calls.phone.talk import Joined, Talk
from tollfree.calls.phone.ways import Await, Dial, Forward, way_to
from tollfree.calls.playout import Playout
from tollfree.calls.store.errors import StoreError
from tollfree.protocol.effects import Transfer
from tollfree.protocol.ids import CallId
from tollfree.speech.stt.base import SpeechError

LOOK_S = 0.5
"""Seconds between looks at who has joined."""
GONE_AFTER_S = 6.0
"""Seconds for which a caller who waits must have been away to count as gone: longer than media let them come back."""
CONNECTED_S = 10.0
"""Seconds in which a connection that is being made is made, or has failed."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class LiveKitSwitchboard:
    """The switchboard of one call."""

    def __init__(self, room: str, desk: Desk) -> None:
        """`room`: the LiveKit room of the call."""
        self._room = room
        self._desk = desk
        self.talk: Talk | None = None
        """Set once a person has the caller in this house: from then on the agent is silent, and leaving the room
        leaves them to each other. A caller who was forwarded by their provider has left."""

    async def transfer(self, effect: Transfer, call: CallId) -> bool:
        """Whether somebody took the call. Raises `PhoneError`, or `StoreError`."""
        desk = self._desk
        async with desk.server.api() as opened:
            room = api.ListParticipantsRequest(room=self._room)
            caller = the_caller((await opened.room.list_participants(room)).participants)
            if caller is None:
                raise CallerGone("The caller hung up before they could be handed to a person.")
            way = way_to(
                effect,
                by_telephone=by_telephone(caller),
                can_dial=bool(desk.settings.sip_outbound_trunk),
                queues=desk.queues,
                region=desk.region,
            )
            match way:
                case Forward():
                    if way.untold:
                        _log.warning("person not told before a transfer: no outbound trunk", extra={"call_id": call})
                    return await self._in_turn(way.to, lambda to: self._forward(opened, caller.identity, to))
                case Dial():
                    dial = self._tell_and_join if way.told_first else self._dial_into_call
                    work = self._in_turn(way.numbers, lambda number: dial(opened, caller, number, effect))
                    return await self._while_caller_waits(opened, caller.identity, work)
                case Await():
                    return await self._await_person(opened, caller, way.queue, effect, call)

    # Forwarding

    async def _forward(self, opened: api.LiveKitAPI, caller: str, to: str) -> bool:
        request = api.TransferSIPParticipantRequest(participant_identity=caller, room_name=self._room, transfer_to=to)
        request.ringing_timeout.seconds = self._desk.settings.transfer_ring_s
        try:
            return forwarded(await opened.sip.transfer_sip_participant(request))
        except api.SipCallError as error:
            return not not_taken(error)

    # Dialling

    async def _dial(self, opened: api.LiveKitAPI, number: str, room: str, identity: str, summary: str) -> bool:
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
        if room == self._room:
            request.participant_attributes[ROLE] = PERSON
        request.ringing_timeout.seconds = settings.transfer_ring_s
        request.max_call_duration.seconds = int(settings.transfer_talk_limit_s)
        try:
            await opened.sip.create_sip_participant(request)
        except api.SipCallError as error:
            return not not_taken(error)
        return True

    async def _dial_into_call(
        self, opened: api.LiveKitAPI, caller: api.ParticipantInfo, number: str, effect: Transfer
    ) -> bool:
        """Cold: the person picks up, and has the caller."""
        identity = f"{PERSON}-{secrets.token_hex(6)}"
        try:
            if not await self._dial(opened, number, self._room, identity, ""):
                return False
        except asyncio.CancelledError:
            await self._remove(opened, identity)
            raise
        self.talk = self._talk(caller.identity, identity)
        return True

    async def _tell_and_join(
        self, opened: api.LiveKitAPI, caller: api.ParticipantInfo, number: str, effect: Transfer
    ) -> bool:
        """Warm: the person hears the summary in a room of their own, takes the call, and is joined."""
        desk, room = self._desk, f"{self._room}-{PERSON}-{secrets.token_hex(4)}"
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._delete_room, opened, room)
            playout, media = Playout(), desk.connect(desk.server.url, our_token(desk.server, room, "tollfree"))
            undo.push_async_callback(media.close)
            about = summary_data(caller=desk.caller, summary=effect.summary).decode()
            if not await self._dial(opened, number, room, PERSON, about):
                return False
            await _started(media, playout)
            if not await self._told(media, playout, effect.summary):
                return False
            self.talk = await self._bridged(caller.identity, room, media, playout)
            undo.pop_all()
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

    async def _bridged(self, caller: str, room: str, media: Media, to_person: Playout) -> Talk:
        """Join the person's room to the caller's."""
        desk = self._desk
        identity = f"{PERSON}-{secrets.token_hex(6)}"
        token = our_token(desk.server, self._room, identity, as_person=True)
        other, to_caller = desk.connect(desk.server.url, token), Playout()
        try:
            await _started(other, to_caller)
        except BaseException:
            await other.close()
            raise
        bridge = asyncio.ensure_future(Bridge(media, to_person, other, to_caller).run())
        return self._talk(caller, identity, Joined(room=room, bridge=bridge, medias=(media, other)))

    # Waiting for a browser

    async def _await_person(
        self, opened: api.LiveKitAPI, caller: api.ParticipantInfo, queue: str, effect: Transfer, call: CallId
    ) -> bool:
        """The call is shown to the queue's people until one of them is there and can be heard."""
        desk, wait_s = self._desk, self._desk.settings.transfer_wait_s
        await desk.waiting.wait(
            call,
            queue=queue,
            room=self._room,
            server=desk.server.url,
            caller=desk.caller,
            summary=effect.summary,
            wait_s=wait_s,
        )
        try:
            return await self._person_came(opened, caller, effect, call)
        finally:
            # A store that is away must not cost the caller a person who has come; the entry ends by itself.
            with suppress(StoreError):
                await asyncio.shield(desk.waiting.over(call))

    async def _person_came(
        self, opened: api.LiveKitAPI, caller: api.ParticipantInfo, effect: Transfer, call: CallId
    ) -> bool:
        desk = self._desk
        seen = desk.clock.elapsed_ms()
        until = seen + desk.settings.transfer_wait_s * 1000
        while True:
            participants = await in_room(opened, self._room)
            now = desk.clock.elapsed_ms()
            person = person_to_talk_to(participants or ())
            if person is not None:
                await self._send_summary(opened, person.identity, effect.summary)
                self.talk = self._talk(caller.identity, person.identity)
                return True
            if participants is None or any(one.identity == caller.identity for one in participants):
                seen = now
            elif now - seen >= GONE_AFTER_S * 1000:
                raise CallerGone("The caller hung up while they waited for a person.")
            if now >= until:
                joining_s = await desk.waiting.joining_s(call)
                if joining_s <= 0:
                    return False
                until = now + joining_s * 1000
            await desk.clock.sleep(LOOK_S)

    async def _send_summary(self, opened: api.LiveKitAPI, person: str, summary: str) -> None:
        """To the person alone. They were shown it when they took the call, so it may fail."""
        data = summary_data(caller=self._desk.caller, summary=summary)
        request = api.SendDataRequest(
            room=self._room,
            data=data,
            kind=api.DataPacket.Kind.RELIABLE,
            destination_identities=[person],
            topic=SUMMARY_TOPIC,
        )
        with suppress(PhoneError):
            with refusals(self._desk.server.url):
                await opened.room.send_data(request)

    # What they share

    async def _in_turn(self, targets: Sequence[str], attempt: Callable[[str], Awaitable[bool]]) -> bool:
        """Whether one of them takes the call. What keeps one from being reached does not keep the next; raised is the
        last failure, when none of them even rang."""
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

    async def _while_caller_waits(self, opened: api.LiveKitAPI, caller: str, work: Coroutine[None, None, _T]) -> _T:
        """The work's result, unless the caller hangs up meanwhile: then it is given up."""
        working, watching = asyncio.ensure_future(work), asyncio.ensure_future(self._gone(opened, caller))
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

    async def _gone(self, opened: api.LiveKitAPI, caller: str) -> None:
        """Returns when the caller has been away for too long."""
        clock = self._desk.clock
        seen = clock.elapsed_ms()
        while clock.elapsed_ms() - seen < GONE_AFTER_S * 1000:
            await clock.sleep(LOOK_S)
            participants = await in_room(opened, self._room)
            if participants is None or any(one.identity == caller for one in participants):
                seen = clock.elapsed_ms()

    def _talk(self, caller: str, person: str, joined: Joined | None = None) -> Talk:
        desk = self._desk
        limit_s = desk.settings.transfer_talk_limit_s
        return Talk(
            desk.server, desk.clock, room=self._room, caller=caller, person=person, limit_s=limit_s, joined=joined
        )

    async def _delete_room(self, opened: api.LiveKitAPI, room: str) -> None:
        """Hangs up whoever is in it, and whoever is being rung into it."""
        with suppress(PhoneError):
            with refusals(self._desk.server.url):
                await opened.room.delete_room(api.DeleteRoomRequest(room=room))

    async def _remove(self, opened: api.LiveKitAPI, identity: str) -> None:
        with suppress(PhoneError):
            with refusals(self._desk.server.url):
                await opened.room.remove_participant(api.RoomParticipantIdentity(room=self._room, identity=identity))


async def _started(media: Media, playout: Playout) -> None:
    """Connect. A connection that is given up half way is made all the same, and would never be closed: it is waited
    for."""
    starting = asyncio.ensure_future(media.start(playout))
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait({starting}, timeout=CONNECTED_S)
        raise
