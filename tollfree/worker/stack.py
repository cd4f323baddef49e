"""Everything that `tollfree up` starts: the LiveKit server, where none is configured, and the worker."""

import asyncio
import logging
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings
from tollfree.worker.errors import ServerDied, WorkerFailed
from tollfree.worker.left_over import end_left_over
from tollfree.worker.livekit_server import OwnServer, watched_server
from tollfree.worker.only_one import only_one_up
from tollfree.worker.process import worker_log, worker_process
from tollfree.worker.stop import Stop, first

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs."""

    livekit: LiveKitServer
    worker: asyncio.subprocess.Process
    log: Path
    """What the worker says."""
    own: OwnServer | None = None
    """The LiveKit server, where it is ours."""

    async def run(self, stop: Stop, stopping: Callable[[], None] = lambda: None) -> None:
        """Watch over it until told to stop. The worker then takes no more calls, and has the time that its settings
        give for those that run, unless told to end at once; whoever started it all ends it. `stopping` is called when
        that begins. Raises `ServerDied` or `WorkerFailed` when one of them ends by itself."""
        ended = asyncio.ensure_future(self.worker.wait())
        died = asyncio.ensure_future(self.own.died() if self.own is not None else asyncio.Event().wait())
        try:
            await first(ended, died, stop.drain, stop.now)
            draining = not ended.done() and not died.done()
            if draining and not stop.now.is_set():
                stopping()
                with suppress(ProcessLookupError):
                    self.worker.send_signal(signal.SIGTERM)
                await first(ended, died, stop.now)
            if died.done():
                raise ServerDied(str(died.result()))
            if ended.done() and (ended.result() or not draining):
                raise WorkerFailed(f"The worker ended by itself (exit code {ended.result()}); see {self.log}.")
        finally:
            ended.cancel()
            died.cancel()
            await asyncio.gather(ended, died, return_exceptions=True)


@asynccontextmanager
async def stack(
    livekit: LiveKitSettings, worker: WorkerSettings, *, home: Path, cache: Path, stop_s: float = 10.0
) -> AsyncGenerator[Stack]:
    """Start it all; it is ready for calls then, and stopped at the end, the worker first. `stop_s`: how long calls that
    still run may take at the end. Raises `WorkerError`."""
    with only_one_up(home) as tell:
        if left := await asyncio.to_thread(end_left_over, home / "children"):
            _log.warning("ended %d processes that an earlier `tollfree up` left behind", left)
        async with (
            watched_server(livekit, home=home, cache=cache) as (server, own),
            worker_process(server, worker, home=home, stop_s=stop_s) as process,
        ):
            tell(server.url)
            yield Stack(server, process, worker_log(home), own)
