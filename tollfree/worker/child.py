"""Programs that live no longer than we do."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tollfree.processes.lifetime import die_with_parent
from tollfree.worker.left_over import remembered


@asynccontextmanager
async def child(
    command: Sequence[str],
    *,
    log: Path,
    known: Path,
    stop_s: float,
    environ: Mapping[str, str] | None = None,
    output: bool = False,
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A program, for as long as this lasts: then it is told to end (SIGTERM), and ended after `stop_s`. It does not
    hear a terminal's Ctrl-C, which is for us. What it says goes to the end of `log`, unless `output`: then its
    standard output is ours to read. `known`: the folder where it is remembered, see `left_over`. Raises `OSError`."""
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as kept:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if output else kept,
            stderr=kept,
            env=dict(environ) if environ is not None else None,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    with remembered(known, process.pid):
        try:
            yield process
        finally:
            await asyncio.shield(_ended(process, stop_s))


async def _ended(process: asyncio.subprocess.Process, stop_s: float) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(stop_s):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def last_words(log: Path, lines: int = 5) -> str:
    """The end of what a program said, for an error's sentence."""
    try:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return "\n".join(said[-lines:])
