"""One `tollfree up` to a home folder."""

import fcntl
import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tollfree.protocol.errors import why_unreadable
from tollfree.worker.errors import AlreadyRunning, HomeUnwritable


@contextmanager
def only_one_up(home: Path) -> Generator[Callable[[str], None]]:
    """Hold the home folder's place for what is started here; yields what is to be told the LiveKit server's address
    once calls can be placed. Raises `AlreadyRunning` or `HomeUnwritable`."""
    descriptor = _opened(home)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _written(descriptor, "pid") or "unknown"
            raise AlreadyRunning(
                f"`tollfree up` is running already with the home folder {home} (process {pid}). Stop it first, or set "
                "TOLLFREE_HOME to another folder."
            ) from None
        _write(descriptor, {"pid": os.getpid()})
        yield lambda url: _write(descriptor, {"pid": os.getpid(), "livekit": url})
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _opened(home: Path) -> int:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(home / "up.json", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HomeUnwritable(
            f"The home folder {home} cannot be written: {why_unreadable(error)} Check its permissions, or set "
            "TOLLFREE_HOME to another folder."
        ) from error


def running_up(home: Path) -> str:
    """The LiveKit server's address of the `tollfree up` that runs with a home folder and is ready for calls; empty:
    there is none."""
    try:
        descriptor = os.open(home / "up.json", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(descriptor, "livekit")
    finally:
        os.close(descriptor)
    return ""


def _write(descriptor: int, found: dict[str, int | str]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(found).encode(), 0)


def _written(descriptor: int, name: str) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(os.pread(descriptor, 1000, 0))[name])
    return ""
