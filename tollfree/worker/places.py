"""How many calls this worker can take now: places that are free, and processes that are ready for one."""

import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

HIGHEST_LOAD = 0.6
"""LiveKit's server sends no calls to workers with a load of 0.7 and more: `agent.DefaultTargetLoad`."""


class ReadyMarks:
    """One locked file for each process that has loaded everything, in a folder of this worker's. The kernel lets go
    of the lock however a process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def mark(self) -> None:
        """This process is ready, and stays marked until it ends."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Locked before anybody can see it, so that `count` never takes it for one of a process that is gone. The
        # descriptor is left open on purpose: the lock is held for as long as the process lives.
        descriptor, hidden = tempfile.mkstemp(prefix=".", dir=self._folder)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(hidden, self._folder / str(os.getpid()))

    def count(self) -> int:
        """Processes that are ready or in a call. Marks of those that are gone are cleared away."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return 0
        return sum(self._held(self._folder / name) for name in names if name.isdecimal())

    def tell_failure(self, why: str) -> None:
        """This process cannot get ready."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / "failure").write_text(why, encoding="utf-8")

    def failure(self) -> str:
        """Why a process could not get ready; empty when all could."""
        try:
            return (self._folder / "failure").read_text(encoding="utf-8")
        except OSError:
            return ""

    def _held(self, file: Path) -> bool:
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink(missing_ok=True)
            return False
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)


class Places:
    """What is free. Belongs to the worker's loop."""

    def __init__(self, max_calls: int, ready: Callable[[], int], running: Callable[[], int]) -> None:
        """`ready`: processes that have loaded everything, those in a call included; `running`: calls."""
        self._max_calls = max_calls
        self._ready = ready
        self._running = running
        self.accepting = 0
        """Calls that are being handed to a process."""
        self.promised: set[str] = set()
        """Rooms that were sent for, after their callers had waited."""

    @property
    def taken(self) -> int:
        """Places that are not free."""
        return self._running() + self.accepting + len(self.promised)

    @property
    def full(self) -> bool:
        """Whether there are as many calls as there may be."""
        return self.taken >= self._max_calls

    @property
    def open(self) -> bool:
        """Whether a call can begin at once: there is a place, and a process that waits for it."""
        return not self.full and self._ready() > self.taken

    @property
    def load(self) -> float:
        """For the server, which prefers the workers with less. A full one is still asked, so that whoever calls is
        at least greeted."""
        return HIGHEST_LOAD * min(self.taken / self._max_calls, 1.0)
