"""The worker: registers with LiveKit, hands each call to a process of its own, and stops without dropping one."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from livekit.agents import AgentServer, AssignmentTimeoutError, JobRequest

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.errors import BadDispatch, WorkerFailed
from tollfree.worker.hall import Hall
from tollfree.worker.job import CallJob
from tollfree.worker.metadata import read_dispatch
from tollfree.worker.notices import Notices
from tollfree.worker.places import Places, ReadyMarks
from tollfree.worker.rescue import Rescue
from tollfree.worker.taking import Desk

CLOSE_S = 3.0
"""Seconds a process without a call has to end when the worker does."""
FOREVER = sys.maxsize
"""Attempts to reach the server: a worker without one is of no use, and one that gives up is of none later either."""
QUIET = {"LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0"}
"""Environment of the processes: models of LiveKit's own that no call of ours uses are not loaded (250 MB)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stop:
    """How a worker is told to stop."""

    drain: asyncio.Event = field(default_factory=asyncio.Event)
    """Take no more calls, and end when those that run are over."""
    now: asyncio.Event = field(default_factory=asyncio.Event)
    """End at once."""


def stop_on_signals() -> Stop:
    """SIGTERM and SIGINT: the first drains, the second ends at once. Only in the main thread."""
    stop = Stop()

    def told() -> None:
        (stop.now if stop.drain.is_set() else stop.drain).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)
    return stop


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, ready to run."""

    desk: Desk
    livekit: LiveKitServer
    settings: WorkerSettings
    home: Path
    """The installation's home folder."""
    notices: Path
    """Where rendered notices are kept."""

    async def run(self, stop: Stop, started: Callable[[], None] = lambda: None) -> None:
        """Take calls until told to stop. `started` is called once calls can come. Raises `TollfreeError`."""
        self.desk.check()
        marks = self.home / "worker" / str(os.getpid())
        job = CallJob(self.desk, self.livekit, self.settings, marks, self.notices)
        os.environ.update(QUIET)
        server = self._server(job)
        places = Places(self.settings.max_calls, ReadyMarks(marks).count, lambda: len(server.active_jobs))
        hall = Hall(self.livekit, self.settings, places, Notices(self.notices))
        server.load_fnc = lambda: places.load
        server.rtc_session(job.take, agent_name=self.settings.name, on_request=_Door(places, hall).answer)
        registered = asyncio.Event()

        def on_registered(*_: object) -> None:
            registered.set()

        server.once("worker_registered", on_registered)  # pyright: ignore[reportUnknownMemberType]: a bare Callable
        try:
            async with AsyncExitStack() as opened:
                takes = await opened.enter_async_context(self.desk.open(self.livekit))
                running = asyncio.ensure_future(server.run())
                failed = asyncio.ensure_future(_failure(ReadyMarks(marks)))
                try:
                    await _first(running, registered, failed, stop.drain, stop.now)
                finally:
                    failed.cancel()
                if failed.done() and not failed.cancelled():
                    _kill_children()
                    running.cancel()
                    raise WorkerFailed(failed.result())
                if registered.is_set():
                    started()
                letting_in = asyncio.ensure_future(hall.run())
                watching = asyncio.ensure_future(Rescue(self.livekit, self.settings.name, takes).run())
                try:
                    await _first(running, letting_in, watching, stop.drain, stop.now)
                    for beside in (letting_in, watching):
                        if beside.done():
                            beside.result()
                    letting_in.cancel()
                    await hall.close()
                    await self._end(server, running, watching, stop)
                finally:
                    letting_in.cancel()
                    watching.cancel()
                    await asyncio.gather(letting_in, watching, return_exceptions=True)
        finally:
            shutil.rmtree(marks, ignore_errors=True)

    def _server(self, job: CallJob) -> AgentServer:
        return AgentServer(
            ws_url=self.livekit.url,
            api_key=self.livekit.key,
            api_secret=self.livekit.secret,
            host="127.0.0.1",
            port=self.settings.port,
            # Who is let in is decided by us, at the door: a worker that LiveKit holds to be full is sent nobody, and
            # the caller hears nothing.
            load_threshold=float("inf"),
            num_idle_processes=min(self.settings.warm_processes, self.settings.max_calls),
            initialize_process_timeout=self.settings.start_s,
            shutdown_process_timeout=CLOSE_S,
            job_memory_warn_mb=0,
            max_retry=FOREVER,
            setup_fnc=job.get_ready,
            preload_modules=list(self.desk.preload),
            http_proxy=None,
        )

    async def _end(
        self, server: AgentServer, running: "asyncio.Future[None]", watching: "asyncio.Future[None]", stop: Stop
    ) -> None:
        """Let running calls finish, unless told otherwise, and end."""
        if running.done():
            error = running.exception()
            raise WorkerFailed(f"The worker cannot go on: {error}.") from error
        ending = asyncio.ensure_future(self._drain(server))
        await _first(ending, stop.now)
        if stop.now.is_set():
            watching.cancel()
            _kill_children()
        await asyncio.gather(ending, running, return_exceptions=True)

    async def _drain(self, server: AgentServer) -> None:
        _log.info("taking no more calls; %d running", len(server.active_jobs))
        try:
            await server.drain(int(self.settings.drain_s) or None)
        except TimeoutError:
            _log.warning("calls were still running when the time to finish them was over")
        await server.aclose()


@dataclass(frozen=True, slots=True)
class _Door:
    """Who is let in. Nobody is refused: who cannot be served at once waits in the hall."""

    places: Places
    hall: Hall

    async def answer(self, request: JobRequest) -> None:
        """Answer a request for an agent."""
        room, metadata = request.room.name, request.job.metadata
        expected = room in self.places.promised
        if not expected and not self.places.open and not _resumes(metadata):
            # Another worker may have a place: the server asks them next. If one comes, the hall leaves at once.
            await request.reject(terminate=False)
            self.hall.welcome(room, metadata)
            return
        self.places.promised.discard(room)
        self.places.accepting += 1
        try:
            await request.accept(name="agent")
        except AssignmentTimeoutError:
            _log.warning("the server gave a call to nobody, or to another worker", extra={"room": room})
        finally:
            self.places.accepting -= 1


def _resumes(metadata: str) -> bool:
    """Whether a call goes on: its place is its own."""
    try:
        return bool(read_dispatch(metadata).resume)
    except BadDispatch:
        return False


async def _failure(marks: ReadyMarks) -> str:
    """Wait until a process could not get ready; why."""
    while True:
        if why := marks.failure():
            return why
        await asyncio.sleep(0.1)


async def _first(*awaited: "asyncio.Future[Any] | asyncio.Event") -> None:
    """Wait until any of them has happened."""
    events = [asyncio.ensure_future(one.wait()) for one in awaited if isinstance(one, asyncio.Event)]
    futures = [one for one in awaited if not isinstance(one, asyncio.Event)]
    try:
        await asyncio.wait([*events, *futures], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for event in events:
            event.cancel()


def _kill_children() -> None:
    """End the processes of calls. Their logs say where they were: who starts a worker again soon goes on with them."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
