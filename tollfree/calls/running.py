"""Which calls are running on this machine: a locked file each, so that a call whose process is gone can be told.

The lock is `flock`'s: the kernel holds it while the process lives and lets go however the process ends, so no clock,
process id or heartbeat has to be believed. Of calls on other machines that share a database nothing is known here;
each machine recovers its own.
"""

import fcntl
import logging
import os
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tollfree.protocol.ids import CallId

CLAIM_S = 0.02
"""Seconds for which a call that is locked is claimed again: whoever only looks at it lets go at once."""

_log = logging.getLogger(__name__)


class RunningCalls:
    """The running calls of one home folder, in all processes of this machine."""

    def __init__(self, home: Path) -> None:
        self.home = home
        """The folder that holds all state."""
        self._folder = home / "running"

    @contextmanager
    def holding(self, call: CallId) -> Generator[None]:
        """Mark a call as running for as long as this lasts. When it ends by an exception, the unlocked file stays:
        somebody recovers the call. Where no file can be made the call goes on unmarked, with a warning."""
        file = self._folder / call
        try:
            descriptor = self._made(file)
        except OSError as error:
            _log.warning("call not marked as running", extra={"call_id": call, "error": type(error).__name__})
            yield
            return
        try:
            yield
            file.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    @contextmanager
    def gone(self, call: CallId) -> Generator[bool]:
        """Whether the process of a call is gone. While this lasts nobody else finds it so."""
        descriptor = self._locked(call)
        try:
            yield descriptor is not None
        finally:
            if descriptor is not None:
                os.close(descriptor)

    @contextmanager
    def claim(self, call: CallId) -> Generator[bool]:
        """Take over a call whose process is gone: whether it is ours to go on with. Ours, it is marked as running for
        as long as this lasts, as by `holding`; of several who claim it, one gets it. Blocks for `CLAIM_S` at most."""
        until = time.monotonic() + CLAIM_S
        while (descriptor := self._locked(call)) is None and time.monotonic() < until:
            if not (self._folder / call).exists():
                break
            time.sleep(CLAIM_S / 10)  # somebody may be looking whether it is gone, which takes no time
        if descriptor is None:
            yield False
            return
        try:
            yield True
            (self._folder / call).unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def _locked(self, call: CallId) -> int | None:
        """The descriptor of a call's file, locked; None when a process has it, or there is none."""
        try:
            descriptor = os.open(self._folder / call, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.stat(self._folder / call), os.fstat(descriptor)):
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        return None

    def marked(self) -> tuple[CallId, ...]:
        """Calls that are running, or whose process is gone; oldest first."""
        try:
            return tuple(CallId(name) for name in sorted(os.listdir(self._folder)) if not name.startswith("."))
        except FileNotFoundError:
            return ()

    def without_process(self) -> tuple[CallId, ...]:
        """Calls whose process is gone, at this moment: a lock is held no longer than it takes to look."""
        found: list[CallId] = []
        for call in self.marked():
            with self.gone(call) as gone:
                found += [call] if gone else []
        return tuple(found)

    def forget(self, call: CallId) -> None:
        """A call that is gone was recovered."""
        (self._folder / call).unlink(missing_ok=True)

    def _made(self, file: Path) -> int:
        """The descriptor of a new file that is locked before anybody can see it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, hidden = tempfile.mkstemp(prefix=".", dir=self._folder)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(hidden, file)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor
