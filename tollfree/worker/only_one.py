"""One `tollfree up` to a home folder."""

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tollfree.worker.errors import AlreadyRunning


@contextmanager
def only_one_up(home: Path) -> Generator[None]:
    """Hold the home folder's place for what is started here. Raises `AlreadyRunning`."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(home / "up.json", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"`tollfree up` is running already with the home folder {home} (process {_written(descriptor)}). Stop "
                "it first, or set TOLLFREE_HOME to another folder."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid()}).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _written(descriptor: int) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(os.pread(descriptor, 1000, 0))["pid"])
    return "unknown"
