"""Records a call while it runs: both sides on one clock, written to disk every second, never on the call's loop."""

import asyncio
import logging
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from tollfree.calls.recording_files import RATE, Format, RecordingFile, Resampler, create
from tollfree.calls.recording_sides import LONGEST_CALL_MS, Side
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples, heard_ms, spoken_ms

WRITE_EVERY_MS = 1000.0
"""How often sound is written, ms."""
WAIT_FOR_LATE_MS = 1000.0
"""How long frames that come late are waited for before their place is given up, ms."""
STEP_MS = 10_000.0
"""Longest stretch laid out at once, ms: an hour without a sound must not be an hour in memory."""
MOST_WAITING = 60
"""Writes, each of a second, that may wait for a disk before the recording is given up."""

_log = logging.getLogger(__name__)

_SideName: TypeAlias = Literal["caller", "agent"]
_Heard: TypeAlias = tuple[_SideName, Samples, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What was recorded."""

    file: Path
    format: Format
    seconds: float
    """How much sound is in it; its beginning is the call's."""
    bytes: int
    """Size of the file; 0 when there is none."""
    stopped: str = ""
    """Why it ends before the call; empty: it does not."""


class Recorder:
    """One call's recording: stereo, 24 kHz, caller left, agent right, offset 0 where the call began.

    Nothing here fails a call: when the disk is full or away the recording stops, what was written stays playable, and
    `stopped` is told why, once.
    """

    def __init__(self, file: Path, format: Format = "opus", *, stopped: Callable[[str], None] | None = None) -> None:
        """Nothing is written before sound comes. A file of that name is replaced: see `recording_files.free_name`."""
        self._file = file
        self._format: Format = format
        self._told = stopped
        self._why = ""
        self._heard: list[_Heard] = []
        self._end_ms = 0.0
        """The end of the newest sound."""
        self._written_ms = 0.0
        """Up to where sound was handed to the disk."""
        self._writes: set[asyncio.Future[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recorder")
        self._tape = _Tape(file, format)
        self._closing: asyncio.Task[Recording] | None = None

    def caller(self, samples: Samples, at_ms: float) -> None:
        """The caller's sound, 16 kHz, with the moment of its first sample in ms since the call began."""
        self._take("caller", samples, at_ms, heard_ms(len(samples)))

    def agent(self, samples: Samples, at_ms: float) -> None:
        """The agent's sound, 24 kHz, with the moment at which its first sample is heard."""
        self._take("agent", samples, at_ms, spoken_ms(len(samples)))

    async def close(self) -> Recording:
        """Write what is left. Safe to call again, and to cancel: the file is finished all the same."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())
        return await asyncio.shield(self._closing)

    def _take(self, side: _SideName, samples: Samples, at_ms: float, ms: float) -> None:
        if self._why or self._closing is not None or not len(samples):
            return
        self._heard.append((side, samples, at_ms))
        if math.isfinite(at_ms) and at_ms <= LONGEST_CALL_MS:
            self._end_ms = max(self._end_ms, at_ms + ms)
        if self._end_ms - self._written_ms >= WRITE_EVERY_MS or len(self._heard) >= 1000:
            self._written_ms = self._end_ms
            self._hand_over(final=False)

    def _hand_over(self, *, final: bool) -> None:
        """Give what was heard to the thread that writes."""
        if len(self._writes) >= MOST_WAITING:
            self._stop("the disk does not keep up with the call")
            return
        heard, self._heard = self._heard, []
        loop = asyncio.get_running_loop()
        write = loop.run_in_executor(self._thread, self._tape.write, heard, self._end_ms, final)
        self._writes.add(write)
        write.add_done_callback(self._wrote)

    def _wrote(self, write: "asyncio.Future[None]") -> None:
        self._writes.discard(write)
        if not write.cancelled() and (error := write.exception()) is not None:
            self._stop(_reason(error))

    def _stop(self, why: str) -> None:
        if not self._why:
            self._why = why
            self._heard.clear()
            _log.warning("recording stopped", extra={"why": why})
            if self._told is not None:
                self._told(why)

    async def _close(self) -> Recording:
        if not self._why:
            self._hand_over(final=True)
        if self._writes:
            await asyncio.wait(self._writes)
        size = await asyncio.get_running_loop().run_in_executor(self._thread, self._tape.close)
        self._thread.shutdown(wait=False)
        seconds = self._tape.samples / RATE
        return Recording(file=self._file, format=self._format, seconds=seconds, bytes=size, stopped=self._why)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"{type(error).__name__}: {error}"


class _Tape:
    """The recorder's thread: lays both sides out and writes them."""

    def __init__(self, file: Path, format: Format) -> None:
        self._path = file
        self._format: Format = format
        self._file: RecordingFile | None = None
        self._sides = {"caller": Side(HEARD_RATE), "agent": Side(SPOKEN_RATE)}
        self._rates: dict[str, Resampler] = {}
        self._ready: dict[str, Samples] = {name: np.zeros(0, np.int16) for name in self._sides}
        self._laid_ms = 0.0
        self.samples = 0
        """Written so far, each side."""

    def write(self, heard: list[_Heard], end_ms: float, final: bool) -> None:
        """Take sound in, and write up to shortly before the newest; with `final`, all. Raises `OSError`."""
        if self._file is None:
            if not heard:
                return
            self._file = create(self._path, self._format)
            self._rates = {"caller": Resampler(HEARD_RATE), "agent": Resampler(SPOKEN_RATE)}
        for side, samples, at_ms in heard:
            self._sides[side].add(samples, at_ms)
        limit_ms = end_ms if final else end_ms - WAIT_FOR_LATE_MS
        while self._laid_ms < limit_ms:
            self._laid_ms = min(limit_ms, self._laid_ms + STEP_MS)
            self._put(self._file, self._laid_ms, last=final and self._laid_ms >= limit_ms)

    def close(self) -> int:
        """Finish the file; its size, 0 when there is none."""
        file, self._file = self._file, None
        if file is None:
            return 0
        try:
            file.close()
        except OSError:
            # The disk is full: what was written before is a whole recording as far as it goes.
            _log.warning("recording not finished", extra={"file": str(self._path)})
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def _put(self, file: RecordingFile, ms: float, *, last: bool) -> None:
        for name, side in self._sides.items():
            laid = self._rates[name].next(side.until(ms), last=last)
            self._ready[name] = np.concatenate([self._ready[name], laid])
        count = (max if last else min)(len(ready) for ready in self._ready.values())
        both = np.zeros((count, 2), np.int16)
        for column, name in enumerate(self._sides):
            part, self._ready[name] = self._ready[name][:count], self._ready[name][count:]
            both[: len(part), column] = part
        if count:
            file.write(both)
            self.samples += count
