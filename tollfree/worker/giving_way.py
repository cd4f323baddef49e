"""Processes that get ready give way to calls that begin: loading takes seconds of a core, a greeting none."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

SETTLE_S = 2.5
"""How long after the last call began its first words are on their way (`benchmarks/ear.py`, join)."""
PATIENCE_S = 15.0
"""The longest that a process waits: where calls begin all the time somebody must get ready for them too."""
LOOK_S = 0.05

_BEGAN = "call-began"
_LOADING = "loading-"


class GivingWay:
    """Who may load now, among the processes of one worker: so many at once, and none while a call begins. Locks are
    the kernel's, which lets go of them however a process ends."""

    def __init__(
        self,
        folder: Path,
        *,
        cores: int = os.cpu_count() or 1,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`now`: seconds, as files are dated; `sleep`: blocks for seconds."""
        self._folder = folder
        self._at_once = max(1, cores // 2)
        self._now = now
        self._sleep = sleep

    def call_begins(self) -> None:
        """A caller has been let in."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / _BEGAN).touch(mode=0o600)

    @contextmanager
    def loading(self) -> Generator[None]:
        """Waits for its turn, at most `PATIENCE_S`, and holds it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = None
        try:
            for _ in range(round(PATIENCE_S / LOOK_S)):
                if not self._begins() and (held := self._place()) is not None:
                    break
                self._sleep(LOOK_S)
            yield
        finally:
            if held is not None:
                os.close(held)

    def _begins(self) -> bool:
        try:
            began = (self._folder / _BEGAN).stat().st_mtime
        except OSError:
            return False
        return 0 <= self._now() - began < SETTLE_S

    def _place(self) -> int | None:
        for number in range(self._at_once):
            descriptor = os.open(self._folder / f"{_LOADING}{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            return descriptor
        return None
