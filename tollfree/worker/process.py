"""The worker as a child process, ready to take calls."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.child import child, last_words
from tollfree.worker.errors import NotStarted

STOP_S = 10.0
"""Seconds the worker has to end, with its calls, when whoever started it does."""

PROGRAM = "from tollfree.cli.main import main; main()"
"""The `tollfree` command, by the very interpreter that runs us, wherever its script lies."""


def worker_log(home: Path) -> Path:
    """Where a worker that we started writes what happens."""
    return home / "worker" / "worker.log"


@asynccontextmanager
async def worker_process(
    livekit: LiveKitServer,
    settings: WorkerSettings,
    *,
    home: Path,
    environ: Mapping[str, str] | None = None,
    stop_s: float = STOP_S,
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A worker that takes this server's calls, for as long as this lasts. At the end it takes no more, and those that
    run have `stop_s` to finish. `environ` is added to ours. Raises `NotStarted` with its last words."""
    log = worker_log(home)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    await asyncio.to_thread(log.write_bytes, b"")
    command = [sys.executable, "-c", PROGRAM, "--home", str(home), "worker", "--json"]
    whole = {
        **os.environ,
        "TOLLFREE_LIVEKIT_URL": livekit.url,
        "TOLLFREE_LIVEKIT_API_KEY": livekit.key,
        "TOLLFREE_LIVEKIT_API_SECRET": livekit.secret,
        **{
            f"TOLLFREE_WORKER_{name.upper()}": str(value)
            for name, value in settings.model_dump(exclude_unset=True).items()
        },
        **(environ or {}),
    }
    async with child(command, log=log, known=home / "children", stop_s=stop_s, environ=whole, output=True) as process:
        await _ready(process, log, settings.start_s + 30)
        assert process.stdout is not None
        # Whatever is printed later, by a library for one, must not fill the pipe and hold the worker up.
        draining = asyncio.ensure_future(drained(process.stdout, log))
        try:
            yield process
        finally:
            draining.cancel()
            await asyncio.gather(draining, return_exceptions=True)


async def drained(output: asyncio.StreamReader, log: Path) -> None:
    """Put what a program prints at the end of its log, until it prints no more."""
    with log.open("ab", buffering=0) as kept:
        while part := await output.read(65_536):
            kept.write(part)


async def _ready(process: asyncio.subprocess.Process, log: Path, within_s: float) -> None:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(within_s):
            line = await process.stdout.readline()
    except TimeoutError:
        raise NotStarted(f"The worker was not ready within {within_s:.0f} s:\n{last_words(log)}") from None
    if not line or json.loads(line).get("type") != "ready":
        await process.wait()
        raise NotStarted(f"The worker ended as it started:\n{last_words(log)}")
