"""Everything that `tollfree up` starts: the LiveKit server, where none is configured, and the worker."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings
from tollfree.worker.left_over import end_left_over
from tollfree.worker.livekit_server import livekit_server
from tollfree.worker.only_one import only_one_up
from tollfree.worker.process import worker_process

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs."""

    livekit: LiveKitServer
    worker: asyncio.subprocess.Process


@asynccontextmanager
async def stack(
    livekit: LiveKitSettings, worker: WorkerSettings, *, home: Path, cache: Path, stop_s: float = 10.0
) -> AsyncGenerator[Stack]:
    """Start it all; it is ready for calls then, and stopped at the end, the worker first. `stop_s`: how long running
    calls may take at the end. Raises `WorkerError`."""
    with only_one_up(home) as tell:
        if left := await asyncio.to_thread(end_left_over, home / "children"):
            _log.warning("ended %d processes that an earlier `tollfree up` left behind", left)
        async with (
            livekit_server(livekit, home=home, cache=cache) as server,
            worker_process(server, worker, home=home, stop_s=stop_s) as process,
        ):
            tell(server.url)
            yield Stack(server, process)
