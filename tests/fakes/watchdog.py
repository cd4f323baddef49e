"""Fails where an event loop stands still: whoever blocks it, the caller hears a hole."""

import asyncio
import faulthandler
import os
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

LIMIT_MS = 50.0
"""The longest a loop may stand still in a call: sound is handed over 40 ms ahead."""
BEAT_S = 0.005


class Watchdog:
    """`async with Watchdog():` fails when the loop stood still for longer than the limit.

    Time in which the kernel had given the processor to others is not counted, so that a busy machine is not taken for
    a blocked loop: it is read from the threads' scheduling statistics. (Where there are none, it is counted.)
    """

    def __init__(self, limit_ms: float = LIMIT_MS) -> None:
        self.limit_ms = limit_ms
        self.worst_ms = 0.0
        self.where = ""
        """What the loop was doing in the middle of the worst stall."""
        self._beat = 0.0
        self._stop = threading.Event()

    async def __aenter__(self) -> Self:
        self._traces = tempfile.TemporaryFile("w+")
        self._clock = asyncio.get_running_loop().time
        self._beat = self._clock()
        self._waited = waited_ms()
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
        while True:
            await asyncio.sleep(BEAT_S)
            now, waited = self._clock(), waited_ms()
            stall = (now - self._beat - BEAT_S) * 1000 - kept_waiting_ms(self._waited, waited)
            if stall > self.worst_ms:
                self.worst_ms = stall
                self._traces.seek(0)
                self.where = self._traces.read()
            self._beat, self._waited = now, waited

    def _look(self) -> None:
        """From beside the loop: what it does when its beat is overdue."""
        told = 0.0
        while not self._stop.wait(BEAT_S):
            beat = self._beat
            if beat != told and (self._clock() - beat) * 1000 > self.limit_ms:
                told = beat
                self._traces.seek(0)
                self._traces.truncate()
                faulthandler.dump_traceback(self._traces, all_threads=True)
                self._traces.flush()


def waited_ms() -> dict[str, float]:
    """Milliseconds for which each thread was ready and had no processor, by thread."""
    found: dict[str, float] = {}
    try:
        for thread in os.listdir("/proc/self/task"):
            try:
                found[thread] = int(Path(f"/proc/self/task/{thread}/schedstat").read_text().split()[1]) / 1e6
            except (OSError, IndexError):
                continue  # it has just ended
    except FileNotFoundError:
        pass
    return found


def kept_waiting_ms(before: dict[str, float], after: dict[str, float]) -> float:
    """How long the kernel kept us waiting in between: the loop's own thread, and the one of the others that waited
    longest, which may have held the interpreter."""
    mine = str(threading.get_native_id())
    grown = {thread: waited - before.get(thread, 0.0) for thread, waited in after.items()}
    others = [waited for thread, waited in grown.items() if thread != mine]
    return grown.get(mine, 0.0) + max(others, default=0.0)
