"""Callers who wait because all lines are busy: greeted at once, told so every so often, and let in, in turn."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass

from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.playout import Playout
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.announcing import announce, stays
from tollfree.worker.log_lines import marked
from tollfree.worker.notices import Notice, Notices
from tollfree.worker.parting import Parting
from tollfree.worker.places import Places
from tollfree.worker.relief import Relief
from tollfree.worker.rooms import HALL, close_room, companion_token, send_for
from tollfree.worker.stop import first

LOOK_S = 0.1
"""How often it is looked whether a place is free."""
PROMISE_S = 10.0
"""Seconds in which a call that was sent for must have reached this worker; after that its place is given away."""
ELSEWHERE_S = 0.3
"""Seconds in which another worker, if one has a place, is there: nothing is said until then."""

RELIEF_S = 2.0
"""Seconds in which another worker's agent is there, once this worker has closed: a goodbye is not taken back."""
GONE = frozenset({"served", "caller_hung_up"})
"""Outcomes of callers whom somebody else has, or who left; the others are hung up."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    room: str
    metadata: str
    let_in: asyncio.Event
    """Set when an agent was sent for."""


class Hall:
    """The waiting callers of one worker. Needs no models: notices are sound already."""

    def __init__(self, livekit: LiveKitServer, settings: WorkerSettings, places: Places, notices: Notices) -> None:
        self._livekit = livekit
        self._settings = settings
        self._places = places
        self._notices = notices
        self._parting = Parting(livekit, notices)
        self._line: list[_Waiting] = []
        self._rooms: set[str] = set()
        """Of all callers who are kept company, those who are let in among them."""
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def occupied(self) -> bool:
        """Whether any caller is here."""
        return bool(self._rooms)

    @property
    def closing(self) -> bool:
        """Whether nobody is let in any more."""
        return self._closing.is_set()

    def welcome(self, room: str, metadata: str) -> None:
        """Take a caller in, who is here once however often they are sent. Returns at once."""
        if room in self._rooms:
            return
        self._rooms.add(room)
        if self.closing:
            self._keep(self._send_away(room))
            return
        waiting = _Waiting(room, metadata, asyncio.Event())
        self._line.append(waiting)
        self._keep(self._keep_company(waiting))

    async def run(self) -> None:
        """Let callers in, first come first served, for as long as this lasts."""
        while True:
            while self._line and self._places.open:
                waiting = self._line.pop(0)
                self._places.promised.add(waiting.room)
                self._keep(self._let_in(waiting))
            await asyncio.sleep(LOOK_S)

    def close(self) -> None:
        """Let nobody in any more. Whoever waits, or still comes, is told so, unless another worker takes them; returns
        at once."""
        self._closing.set()

    async def end(self) -> None:
        """Hang up whoever is still here, without a word."""
        self._line.clear()
        for task in (running := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _let_in(self, waiting: _Waiting) -> None:
        """Send for an agent. When none comes, the place is given up and the caller is the next in line again."""
        try:
            await send_for(self._livekit, self._settings.name, waiting.room, waiting.metadata)
            waiting.let_in.set()
            await asyncio.sleep(PROMISE_S)
        except PhoneError as error:
            _log.warning("a waiting caller's agent cannot be sent for: %s", error.message)
            await asyncio.sleep(1)
        if waiting.room in self._places.promised:
            self._places.promised.discard(waiting.room)
            waiting.let_in.clear()
            if waiting.room in self._rooms:
                self._line.insert(0, waiting)

    async def _keep_company(self, waiting: _Waiting) -> None:
        media = LiveKitMedia.dialled(self._livekit.url, companion_token(self._livekit, waiting.room, HALL))
        outcome = "closing"
        try:
            outcome = await self._wait_with(waiting, media)
        except CallError as error:
            outcome = error.code
        finally:
            if waiting in self._line:
                self._line.remove(waiting)
            await media.close()
            if outcome not in GONE:
                await close_room(self._livekit, waiting.room)
            self._rooms.discard(waiting.room)
            _log.info("a caller who waited", extra={"room": marked(waiting.room), "outcome": outcome})

    async def _send_away(self, room: str) -> None:
        """Tell a caller who comes too late, unless another worker takes them."""
        try:
            await self._parting.tell(room, Notice.CLOSING, caller_s=self._settings.caller_wait_s, relief_s=RELIEF_S)
        finally:
            self._rooms.discard(room)

    async def _wait_with(self, waiting: _Waiting, media: LiveKitMedia) -> str:
        """Keep a caller company until an agent is there, they leave, it has been too long, or nobody is let in."""
        playout = Playout()
        relief = Relief(media.room, playout.clear)
        await media.start(playout)
        if relief.there:
            return "served"
        await media.caller(self._settings.caller_wait_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(ELSEWHERE_S):
                await relief.come.wait()
        speaking = asyncio.ensure_future(self._speak(media, playout))
        relieved = asyncio.ensure_future(relief.come.wait())
        try:
            await first(speaking, relieved, self._closing)
            if waiting.let_in.is_set():  # an agent is on its way
                await asyncio.wait([speaking, relieved], timeout=PROMISE_S, return_when=asyncio.FIRST_COMPLETED)
            if not speaking.done() and not relieved.done():
                speaking.cancel()
                playout.clear()
                speaking = asyncio.ensure_future(self._say_goodbye(waiting, media, playout, relief))
                await first(speaking, relieved)
            outcome = "served" if relieved.done() else speaking.result()
            return "served" if outcome not in GONE and await relief.arrived() else outcome
        finally:
            speaking.cancel()
            relieved.cancel()
            await asyncio.gather(speaking, relieved, return_exceptions=True)

    async def _say_goodbye(self, waiting: _Waiting, media: LiveKitMedia, playout: Playout, relief: Relief) -> str:
        """Ask whether another worker has a place, which relieves us; else tell the caller that they cannot wait."""
        with suppress(PhoneError):
            await send_for(self._livekit, self._settings.name, waiting.room, waiting.metadata)
        if not await stays(media, RELIEF_S):
            return "caller_hung_up"  # or another worker's hall has them
        await relief.arrived()
        return "closing" if await announce(media, playout, self._notices.sound(Notice.CLOSING)) else "caller_hung_up"

    async def _speak(self, media: LiveKitMedia, playout: Playout) -> str:
        clock = asyncio.get_running_loop().time
        until = clock() + self._settings.queue_s
        notice = Notice.BUSY if self._places.full else Notice.ONE_MOMENT
        while await announce(media, playout, self._notices.sound(notice)):
            left = until - clock()
            if not await stays(media, max(0.0, min(self._settings.queue_word_s, left))):
                break
            if clock() >= until:
                await announce(media, playout, self._notices.sound(Notice.CALL_LATER))
                return "busy"
            notice = Notice.STILL_BUSY
        return "caller_hung_up"

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a waiting caller was lost", exc_info=error)
