"""The program that works off a project's jobs: `python -m tollfree.wiring.job_process PROJECT`, with the settings as
JSON on standard input. Nothing in it can hold up whoever started it."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

from tollfree.processes.lifetime import die_with_parent
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.knowledge_jobs import work_off
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

NICENESS = 10
"""Calls come first."""
STOP_S = 20.0
"""Seconds in which a process that is told to stop has put its job down."""


async def run_in_a_process(settings: Settings, project: ProjectId) -> int:
    """Work the project's jobs off in a process of their own: its exit code. Cancelled, it is told to stop, and its job
    is gone on with by the next."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tollfree.wiring.job_process", project, stdin=asyncio.subprocess.PIPE
    )
    try:
        await process.communicate(settings.model_dump_json().encode())
        return await process.wait()
    finally:
        if process.returncode is None:
            await asyncio.shield(_stopped(process))


async def _stopped(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _main(project: ProjectId, settings: Settings) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        async with await Office.open(settings) as office:
            await work_off(office, project)


if __name__ == "__main__":
    die_with_parent()
    os.nice(NICENESS)
    asyncio.run(_main(ProjectId(sys.argv[1]), Settings.model_validate_json(sys.stdin.buffer.read())))
