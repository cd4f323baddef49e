"""Shows a call to the people of a queue, who join it from a browser, and waits until one of them has."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from livekit import api

from tollfree.calls.lines.waiting_caller import GONE_AFTER_S, LOOK_S, WaitingCaller
from tollfree.calls.phone.errors import CallerGone, PhoneError
from tollfree.calls.phone.people import SUMMARY_TOPIC, in_room, person_to_talk_to, summary_data
from tollfree.calls.phone.server import refusals
from tollfree.calls.phone.talk import Talk
from tollfree.calls.store.errors import StoreError
from tollfree.protocol.ids import CallId


class Awaiting:
    """Waits for a person, for one caller."""

    def __init__(self, caller: WaitingCaller, call: CallId) -> None:
        self._caller = caller
        self._call = call
        self._desk = caller.desk

    @asynccontextmanager
    async def shown(self, queue: str, summary: str) -> AsyncGenerator[None]:
        """The call is shown to the queue's people for as long as this lasts. Raises `StoreError`."""
        desk = self._desk
        await desk.waiting.wait(
            self._call,
            queue=queue,
            room=self._caller.room,
            server=desk.server.url,
            caller=desk.caller,
            summary=summary,
            wait_s=desk.settings.transfer_wait_s,
        )
        try:
            yield
        finally:
            # A store that is away must not cost the caller a person who has come; the entry ends by itself.
            with suppress(StoreError):
                await asyncio.shield(desk.waiting.over(self._call))

    async def somebody(self, summary: str) -> Talk | None:
        """Once a person is there and can be heard. None: nobody came in time. Raises `CallerGone` or `StoreError`."""
        desk = self._desk
        seen = desk.clock.elapsed_ms()
        until = seen + desk.settings.transfer_wait_s * 1000
        while True:
            participants = await in_room(self._caller.opened, self._caller.room)
            now = desk.clock.elapsed_ms()
            person = person_to_talk_to(participants or ())
            if person is not None:
                await self._send_summary(person.identity, summary)
                return self._caller.talk_with(person.identity)
            if participants is None or any(one.identity == self._caller.identity for one in participants):
                seen = now
            elif now - seen >= GONE_AFTER_S * 1000:
                raise CallerGone("The caller hung up while they waited for a person.")
            if now >= until:
                joining_s = await desk.waiting.joining_s(self._call)
                if joining_s <= 0:
                    return None
                until = now + joining_s * 1000
            await desk.clock.sleep(LOOK_S)

    async def _send_summary(self, person: str, summary: str) -> None:
        """To the person alone. They were shown it when they took the call, so it may fail."""
        request = api.SendDataRequest(
            room=self._caller.room,
            data=summary_data(caller=self._desk.caller, summary=summary),
            kind=api.DataPacket.Kind.RELIABLE,
            destination_identities=[person],
            topic=SUMMARY_TOPIC,
        )
        with suppress(PhoneError):
            with refusals(self._desk.server.url):
                await self._caller.opened.room.send_data(request)
