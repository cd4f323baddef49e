"""Children of a `tollfree up` that was killed: found again and ended, and nobody else.

On Linux the kernel ends them together with it; elsewhere they stay.
"""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

STOP_S = 5.0
"""Seconds they have to end by themselves."""


@contextmanager
def remembered(folder: Path, pid: int) -> Generator[None]:
    """While this lasts a child is written down with the moment it began, as process ids are used again."""
    file = folder / str(pid)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(psutil.NoSuchProcess):
        file.write_text(repr(psutil.Process(pid).create_time()))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def end_left_over(folder: Path) -> int:
    """End the children that are left, with their own; how many there were. Nobody may be starting any here."""
    left: list[psutil.Process] = []
    for file in sorted(folder.glob("[0-9]*")):
        with suppress(psutil.NoSuchProcess, ValueError, OSError):
            process = psutil.Process(int(file.name))
            if process.create_time() == float(file.read_text()):
                left += [process, *process.children(recursive=True)]
        file.unlink(missing_ok=True)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(left, STOP_S)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return len(left)
