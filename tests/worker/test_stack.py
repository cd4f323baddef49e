"""What `tollfree up` watches over: neither of its two programs ends unnoticed, and calls have time to end."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.patience import PATIENCE_S
from tollfree.calls.phone.server import LiveKitServer
from tollfree.worker.child import child
from tollfree.worker.errors import ServerDied, WorkerFailed
from tollfree.worker.livekit_server import OwnServer
from tollfree.worker.stack import Stack
from tollfree.worker.stop import Stop

WAITING = "import signal; print('up', flush=True); signal.pause()"
DRAINING = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("up", flush=True)
for _ in range({times}):
    signal.sigwait([signal.SIGTERM])
    print("told", flush=True)
"""
"""A worker that ends when it is told for so many times."""


@asynccontextmanager
async def program(folder: Path, code: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A program that has come up."""
    running = child([sys.executable, "-c", code], log=folder / "log", known=folder / "children", stop_s=5, output=True)
    async with running as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"up\n"
        yield process


@asynccontextmanager
async def stack_of(folder: Path, worker: str, server: str = WAITING) -> AsyncGenerator[Stack]:
    """Two programs in place of the real ones."""
    log = folder / "server.log"
    log.write_text("no room\nfor calls\n")
    async with program(folder, server) as livekit, program(folder, worker) as taking:
        yield Stack(LiveKitServer(url="", key="", secret=""), taking, folder / "log", OwnServer(livekit, log))


async def test_a_livekit_server_that_dies_is_told_with_its_last_words(tmp_path: Path):
    async with asyncio.timeout(PATIENCE_S), stack_of(tmp_path, WAITING) as running:
        assert running.own is not None
        running.own.process.kill()
        with pytest.raises(ServerDied, match="signal 9") as told:
            await running.run(Stop())
    assert told.value.message.endswith("no room\nfor calls")


async def test_a_livekit_server_that_dies_while_calls_finish_is_told_too(tmp_path: Path):
    async with asyncio.timeout(PATIENCE_S), stack_of(tmp_path, DRAINING.format(times=2)) as running:
        stop = Stop()
        stop.drain.set()
        own = running.own
        assert own is not None
        with pytest.raises(ServerDied):
            await running.run(stop, own.process.kill)


async def test_a_worker_that_dies_is_told(tmp_path: Path):
    async with asyncio.timeout(PATIENCE_S), stack_of(tmp_path, WAITING) as running:
        running.worker.kill()
        with pytest.raises(WorkerFailed, match="exit code -9"):
            await running.run(Stop())


async def test_told_once_it_waits_for_the_worker_however_long_its_calls_take(tmp_path: Path):
    async with asyncio.timeout(PATIENCE_S), stack_of(tmp_path, DRAINING.format(times=2)) as running:
        stop, begun = Stop(), asyncio.Event()
        stop.drain.set()
        running_on = asyncio.ensure_future(running.run(stop, begun.set))
        await begun.wait()
        assert running.worker.stdout is not None
        assert await running.worker.stdout.readline() == b"told\n"
        assert not running_on.done() and running.worker.returncode is None
        running.worker.terminate()
        await running_on
        assert running.worker.returncode == 0


async def test_told_twice_it_does_not_wait(tmp_path: Path):
    async with asyncio.timeout(PATIENCE_S), stack_of(tmp_path, DRAINING.format(times=2)) as running:
        stop = Stop()
        stop.drain.set()
        running_on = asyncio.ensure_future(running.run(stop))
        assert running.worker.stdout is not None
        assert await running.worker.stdout.readline() == b"told\n"
        stop.now.set()
        await running_on
        assert running.worker.returncode is None
    assert running.worker.returncode == 0


async def test_a_worker_that_fails_while_its_calls_finish_is_no_clean_end(tmp_path: Path):
    async with asyncio.timeout(PATIENCE_S), stack_of(tmp_path, WAITING) as running:
        stop = Stop()
        stop.drain.set()
        with pytest.raises(WorkerFailed, match="exit code -15"):
            await running.run(stop)
