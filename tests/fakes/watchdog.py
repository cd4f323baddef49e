"""Fails where an event loop stands still: whoever blocks it, the caller hears a hole."""

import asyncio
import faulthandler
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

LIMIT_MS = 50.0
"""The longest a loop may stand still in a call: sound is handed over 40 ms ahead."""
BEAT_S = 0.005


class Watchdog:
    """`async with Watchdog():` fails when the loop stood still for longer than the limit.

    Blamed is what the loop's thread spent computing, or slept away. Not blamed is what it waited for its turn: for a
    core (Linux counts that for each thread), or for the interpreter, as a thread beside it did; nor its sleep in the
    WebRTC library's own hand-over, which waits for native threads that have no core either.
    """

    def __init__(self, limit_ms: float = LIMIT_MS) -> None:
        self.limit_ms = limit_ms
        self.worst_ms = 0.0
        self.where = ""
        """What the loop was doing in the middle of the worst stall."""
        self._beat = 0.0
        self._late = 0.0
        """Seconds by which the thread beside was late, altogether."""
        self._native = False
        """Whether the loop, when it was last overdue, was in a hand-over to native threads."""
        self._stop = threading.Event()

    async def __aenter__(self) -> Self:
        self._traces = tempfile.TemporaryFile("w+")
        self._clock = asyncio.get_running_loop().time
        self._beat = self._clock()
        self._loop_thread = threading.get_ident()
        self._task = asyncio.create_task(self._run())
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._stop.set()
        self._thread.join()
        self._traces.close()
        if error is None and self.worst_ms > self.limit_ms:
            raise AssertionError(f"the loop stood still for {self.worst_ms:.0f} ms:\n{self.where}")

    async def _run(self) -> None:
        worked, late, waited = time.thread_time(), self._late, waited_for_a_core_s()
        while True:
            await asyncio.sleep(BEAT_S)
            now, works, lates, waits = self._clock(), time.thread_time(), self._late, waited_for_a_core_s()
            slept = 0.0 if self._native else now - self._beat - BEAT_S - max(lates - late, waits - waited)
            stall = 1000 * max(works - worked, slept)
            if stall > self.worst_ms:
                self.worst_ms = stall
                self._traces.seek(0)
                self.where = self._traces.read()
            self._beat, worked, late, waited, self._native = now, works, lates, waits, False

    def _look(self) -> None:
        """From beside the loop: what it does when its beat is overdue."""
        told, woken = 0.0, self._clock()
        while not self._stop.wait(BEAT_S):
            now = self._clock()
            self._late += max(0.0, now - woken - BEAT_S)
            beat = self._beat
            if beat != told and (now - beat) * 1000 > self.limit_ms:
                told = beat
                frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 - documented for debuggers
                self._native = frame is not None and frame.f_code.co_filename.endswith("_ffi_client.py")
                self._traces.seek(0)
                self._traces.truncate()
                faulthandler.dump_traceback(self._traces, all_threads=True)
                self._traces.flush()
            woken = self._clock()


def waited_for_a_core_s() -> float:
    """How long this thread has been ready while the machine had no core for it; zero where nobody counts that."""
    try:
        # Linux, Documentation/scheduler/sched-stats.rst: nanoseconds on a core, nanoseconds ready for one, turns.
        return int(Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
