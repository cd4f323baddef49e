"""The worker: registers with LiveKit, hands each call to a process of its own, and stops without dropping one."""

import asyncio
import contextlib
import logging
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from livekit.agents import AgentServer

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.door import Door
from tollfree.worker.errors import WorkerFailed
from tollfree.worker.giving_way import GivingWay
from tollfree.worker.hall import Hall
from tollfree.worker.job import CallJob
from tollfree.worker.notices import Notices
from tollfree.worker.parting import Parting
from tollfree.worker.places import HIGHEST_LOAD, Places, ReadyMarks
from tollfree.worker.rescue import LOOK_S, Rescue
from tollfree.worker.stop import Stop, first
from tollfree.worker.taking import Desk

CLOSE_S = 3.0
"""Seconds a process without a call has to end when the worker does."""
FOREVER = sys.maxsize
"""Attempts to reach the server: a worker without one is of no use, and one that gives up is of none later either."""
QUIET = {"LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE": "0"}
"""Environment of the processes: models of LiveKit's own that no call of ours uses are not loaded (250 MB)."""

_log = logging.getLogger(__name__)


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
        try:
            async with self.desk.open(self.livekit) as takes:
                parting = Parting(self.livekit, Notices(self.notices))
                rescue = Rescue(self.livekit, self.settings.name, takes, parting, lambda: _agents(server))
                # Who has closed is asked last, as who is full is.
                server.load_fnc = lambda: HIGHEST_LOAD if hall.closing else places.load
                door = Door(places, hall, takes.here, GivingWay(marks).call_begins)
                server.rtc_session(job.take, agent_name=self.settings.name, on_request=door.answer)
                running = await self._registered(server, ReadyMarks(marks), stop, started)
                await self._serve(_Open(server, running, places, hall, rescue), stop)
        finally:
            shutil.rmtree(marks, ignore_errors=True)

    async def _registered(
        self, server: AgentServer, marks: ReadyMarks, stop: Stop, started: Callable[[], None]
    ) -> "asyncio.Future[None]":
        """The running server, once calls can come, it has failed, or we are told to stop. Raises `WorkerFailed` when a
        process cannot get ready."""
        registered = asyncio.Event()

        def on_registered(*_: object) -> None:
            registered.set()

        server.once("worker_registered", on_registered)  # pyright: ignore[reportUnknownMemberType]: a bare Callable
        running = asyncio.ensure_future(server.run())
        failed = asyncio.ensure_future(_failure(marks))
        try:
            await first(running, registered, failed, stop.drain, stop.now)
        finally:
            failed.cancel()
        if failed.done() and not failed.cancelled():
            _kill_children()
            running.cancel()
            raise WorkerFailed(failed.result())
        if registered.is_set():
            started()
        return running

    async def _serve(self, opened: "_Open", stop: Stop) -> None:
        """Take calls until told to stop, and then end."""
        letting_in = asyncio.ensure_future(opened.hall.run())
        watching = asyncio.ensure_future(opened.rescue.run())
        try:
            await first(opened.running, letting_in, watching, stop.drain, stop.now)
            for beside in (letting_in, watching):
                if beside.done():
                    beside.result()
            letting_in.cancel()
            opened.hall.close()
            if opened.running.done():
                error = opened.running.exception()
                raise WorkerFailed(f"The worker cannot go on: {error}.") from error
            ending = asyncio.ensure_future(self._drain(opened))
            await first(ending, stop.now)
            ending.cancel()
            watching.cancel()
            if stop.now.is_set():
                _kill_children()
            await asyncio.gather(ending, watching, opened.hall.end(), return_exceptions=True)
            await asyncio.gather(opened.server.aclose(), opened.running, return_exceptions=True)
        finally:
            letting_in.cancel()
            watching.cancel()
            await asyncio.gather(letting_in, watching, return_exceptions=True)

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

    async def _drain(self, opened: "_Open") -> None:
        """Let running calls finish. The server still sends what is asked for: a call whose process dies now is taken up
        here like any other, so `AgentServer.drain`, which refuses everything, is of no use."""
        _log.info("taking no more calls; %d running", len(opened.server.active_jobs))
        try:
            async with asyncio.timeout(self.settings.drain_s):
                while True:
                    if not await opened.busy():
                        return
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            _log.warning("calls were still running when the time to finish them was over")


@dataclass(frozen=True, slots=True)
class _Open:
    """A worker that takes calls."""

    server: AgentServer
    running: "asyncio.Future[None]"
    places: Places
    hall: Hall
    rescue: Rescue

    async def busy(self) -> bool:
        """Whether there is any caller whom this worker serves, keeps company or looks after."""
        places = self.places
        return bool(places.taken) or self.hall.occupied or await self.rescue.look()


def _agents(server: AgentServer) -> dict[str, str]:
    """Rooms that a process is in, or will be, with its identity there."""
    return {one.job.room.name: one.accept_arguments.identity for one in server.active_jobs}


async def _failure(marks: ReadyMarks) -> str:
    """Wait until a process could not get ready; why."""
    while True:
        if why := marks.failure():
            return why
        await asyncio.sleep(0.1)


def _kill_children() -> None:
    """End the processes of calls. Their logs say where they were: who starts a worker again soon goes on with them."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
