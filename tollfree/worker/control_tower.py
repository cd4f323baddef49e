"""The control tower's server as a child process: started anew whenever it dies, while calls go on without it."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tollfree.calls.phone.server import LiveKitServer
from tollfree.worker.child import child, last_words
from tollfree.worker.process import PROGRAM, drained

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""Seconds before it is started again: doubled each time that it dies before it could be reached."""
START_S = 60.0
"""Seconds it may take until it can be reached."""
STOP_S = 15.0
"""Seconds it has to end, once told: longer than its own requests may take."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the dashboard is."""

    url: str
    first: str
    """The link by which the first admin comes in; empty: somebody is there."""
    pid: int


@dataclass(frozen=True, slots=True)
class Down:
    """It ended by itself, or did not come up."""

    why: str
    """How, and its last words."""
    again_in_s: float


Told = Callable[[Reached | Down], None]


@asynccontextmanager
async def control_tower(
    livekit: LiveKitServer,
    told: Told,
    *,
    home: Path,
    command: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[None]:
    """Keep the server running for as long as this lasts. `told` hears each time that it can be reached, or is down.
    It begins in the background: calls do not wait for it. `environ` is added to ours."""
    ours = command or [sys.executable, "-c", PROGRAM, "--home", str(home), "server", "--json"]
    whole = {
        **os.environ,
        "TOLLFREE_LIVEKIT_URL": livekit.url,
        "TOLLFREE_LIVEKIT_API_KEY": livekit.key,
        "TOLLFREE_LIVEKIT_API_SECRET": livekit.secret,
        **(environ or {}),
    }
    keeping = asyncio.ensure_future(_keep(ours, whole, home, told, pause))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


def server_log(home: Path) -> Path:
    """Where a server that we started writes what happens."""
    return home / "server" / "server.log"


async def _keep(
    command: Sequence[str],
    environ: Mapping[str, str],
    home: Path,
    told: Told,
    pause: Callable[[float], Awaitable[None]],
) -> None:
    wait_s = FIRST_WAIT_S
    while True:
        reached, why = await _once(command, environ, home, told)
        wait_s = FIRST_WAIT_S if reached else min(LONGEST_WAIT_S, wait_s * 2)
        _log.warning("the control tower is down; calls go on", extra={"again_in_s": wait_s})
        told(Down(why, wait_s))
        await pause(wait_s)


async def _once(command: Sequence[str], environ: Mapping[str, str], home: Path, told: Told) -> tuple[bool, str]:
    """One life of the server: whether it could be reached, and how it ended."""
    log = server_log(home)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    await asyncio.to_thread(log.write_bytes, b"")
    running = child(command, log=log, known=home / "children", stop_s=STOP_S, environ=environ, output=True)
    try:
        async with running as process:
            assert process.stdout is not None
            reached = await _reached(process, process.stdout)
            if reached is None:
                return False, f"it did not come up:\n{last_words(log)}"
            told(reached)
            await drained(process.stdout, log)
            code = await process.wait()
            how = f"exit code {code}" if code >= 0 else f"signal {-code}"
            return True, f"it ended by itself ({how}):\n{last_words(log)}"
    except OSError as error:
        return False, f"it cannot be started: {error}"


async def _reached(process: asyncio.subprocess.Process, output: asyncio.StreamReader) -> Reached | None:
    """Once it can be reached; None: it ended first, or took too long."""
    try:
        async with asyncio.timeout(START_S):
            line = await output.readline()
    except TimeoutError:
        return None
    try:
        said = json.loads(line)
        return Reached(str(said["url"]), str(said["first"]), process.pid)
    except (ValueError, KeyError, TypeError):
        return None
