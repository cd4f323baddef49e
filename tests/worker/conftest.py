"""A worker with a stand-in desk, against a real LiveKit server."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.fakes.patience import PATIENCE_S
from tollfree.calls.phone.server import LiveKitServer

REPOSITORY = Path(__file__).parents[2]


class RunningWorker:
    """A worker's process, and what it has written about its calls."""

    def __init__(self, process: asyncio.subprocess.Process, home: Path) -> None:
        self.process = process
        self.home = home

    def calls(self) -> list[dict]:
        """The calls that were taken, as the stand-in wrote them down."""
        return [json.loads(file.read_text()) for file in sorted(self.home.glob("call-*.json"))]

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    async def logs(self, words: str, *, times: int = 1) -> None:
        """Wait until it has said so, so often: its log is all that tells."""
        for _ in range(600):
            if self.log().count(words) >= times:
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(words)

    def log(self) -> str:
        return (self.home / "worker.log").read_text()


@asynccontextmanager
async def running_worker(
    livekit: LiveKitServer, home: Path, *, desk: dict | None = None, **settings: object
) -> AsyncGenerator[RunningWorker]:
    """A worker that is ready for calls."""
    given = {
        "home": str(home),
        "url": livekit.url,
        "key": livekit.key,
        "secret": livekit.secret,
        "desk": desk or {},
        "settings": {"warm_processes": 1, "max_calls": 2, "name": home.name, **settings},
    }
    with (home / "worker.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.worker.program",
            json.dumps(given),
            cwd=REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            said = await process.stdout.readline()
        assert said == b"ready\n", (home / "worker.log").read_text()
        yield RunningWorker(process, home)
    finally:
        await stopped(process)


async def stopped(process: asyncio.subprocess.Process) -> None:
    """End a worker at once, its calls too: told twice. Signals that come together may be heard as one."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while process.returncode is None:
                process.terminate()
                await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=0.5)
    finally:
        if process.returncode is None:  # its own failure is told here, not by the garbage of the next test
            process.kill()
            await process.wait()
