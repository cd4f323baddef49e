"""Callers who wait because all lines are busy: greeted at once, told so every so often, and let in, in turn."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass

from livekit import rtc

from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.playout import Playout
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.announcing import announce, stays
from tollfree.worker.notices import Notice, Notices
from tollfree.worker.places import Places
from tollfree.worker.rooms import HALL, close_room, hall_token, send_for

LOOK_S = 0.1
"""How often it is looked whether a place is free."""
PROMISE_S = 10.0
"""Seconds in which a call that was sent for must have reached this worker; after that its place is given away."""
ELSEWHERE_S = 0.3
"""Seconds in which another worker, if one has a place, is there: nothing is said until then."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    room: str
    metadata: str
    let_in: asyncio.Event
    """Set when an agent was sent for."""


def is_agent(who: rtc.RemoteParticipant) -> bool:
    """Whether somebody is an agent, and not a hall's."""
    return who.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT and who.identity != HALL


class Hall:
    """The waiting callers of one worker. Needs no models: notices are sound already."""

    def __init__(self, livekit: LiveKitServer, settings: WorkerSettings, places: Places, notices: Notices) -> None:
        self._livekit = livekit
        self._settings = settings
        self._places = places
        self._notices = notices
        self._line: list[_Waiting] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Callers who wait."""
        return len(self._line)

    def welcome(self, room: str, metadata: str) -> None:
        """Take a caller in. Returns at once."""
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

    async def close(self) -> None:
        """Say goodbye to whoever still waits."""
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
            self._line.insert(0, waiting)

    async def _keep_company(self, waiting: _Waiting) -> None:
        media = LiveKitMedia.dialled(self._livekit.url, hall_token(self._livekit, waiting.room))
        try:
            outcome = await self._wait_with(waiting, media)
        except CallError as error:
            outcome = error.code
        except asyncio.CancelledError:
            outcome = "closing"
            raise
        finally:
            if waiting in self._line:
                self._line.remove(waiting)
            await media.close()
        _log.info("a caller who waited", extra={"room": waiting.room, "outcome": outcome})
        if outcome == "busy":
            await close_room(self._livekit, waiting.room)

    async def _wait_with(self, waiting: _Waiting, media: LiveKitMedia) -> str:
        """Keep a caller company until an agent is there, they leave, or it has been too long."""
        taken_over = asyncio.Event()
        playout = Playout()

        def published(_: rtc.RemoteTrackPublication, who: rtc.RemoteParticipant) -> None:
            if is_agent(who):
                playout.clear()
                taken_over.set()

        media.room.on("track_published", published)  # pyright: ignore[reportUnknownMemberType]: its Callable is bare
        await media.start(playout)
        if any(is_agent(one) and one.track_publications for one in media.room.remote_participants.values()):
            return "served"
        await media.caller(self._settings.caller_wait_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ELSEWHERE_S):
                await taken_over.wait()
        speaking = asyncio.ensure_future(self._speak(media, playout))
        relieved = asyncio.ensure_future(taken_over.wait())
        try:
            await asyncio.wait([speaking, relieved], return_when=asyncio.FIRST_COMPLETED)
            return "served" if relieved.done() else speaking.result()
        finally:
            speaking.cancel()
            relieved.cancel()
            await asyncio.gather(speaking, relieved, return_exceptions=True)

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
