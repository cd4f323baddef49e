"""The agent's sound on its way into a room: taken 20 ms at a time, by deadlines, from a call's playout."""

import asyncio
import contextlib
from typing import Protocol

import numpy as np
from livekit import rtc

from tollfree.calls.lines.livekit.pace import FRAME_MS, Pace
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import SPOKEN_RATE

FRAME = SPOKEN_RATE * FRAME_MS // 1000
"""Samples in what is sent at a time."""

LEAD_MS, LEAST_LEAD_MS = 40, 20
"""How far ahead of its playing sound is handed over, at most and at least. With 20 ms a call beside two busy cores has
holes; what is ahead is also what a caller still hears after an interruption."""

QUEUE_MS = LEAD_MS + 2 * FRAME_MS
"""What the sender has room for: a hand-over never waits."""

SILENCE = bytes(2 * FRAME)


class Source(Protocol):
    """What is used of `rtc.AudioSource`."""

    async def capture_frame(self, frame: rtc.AudioFrame) -> None: ...

    def clear_queue(self) -> None: ...

    async def aclose(self) -> None: ...


def new_source() -> rtc.AudioSource:
    """Where the agent's sound goes in. Needs no room yet."""
    return rtc.AudioSource(SPOKEN_RATE, 1, queue_size_ms=QUEUE_MS)


class Outgoing:
    """What the agent's track sends. Silence flows whenever there is nothing to say, so that the path to the caller
    stays warm."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._playout: Playout | None = None
        self._woken = asyncio.Event()
        """Speech is there after silence."""
        self._quiet_ms = 0
        """For how long no speech, nor a rest within it, has been handed over."""
        self.heard = False
        """Whether anybody is there to hear: while nobody is, the playout stands still."""
        self.lead_ms: float = LEAD_MS
        """How far ahead of its playing sound is handed over just now."""
        self.late_ms = 0.0
        """How long the sender had nothing to play because this process was late."""

    @property
    def playout(self) -> Playout | None:
        """Where sound is taken from; None: silence only."""
        return self._playout

    @playout.setter
    def playout(self, playout: Playout | None) -> None:
        if self._playout is not None:
            self._playout.sounds = None
        self._playout = playout
        if playout is not None:
            playout.sounds = self._woken.set
            self._woken.set()

    async def run(self) -> None:
        """Send for as long as this lasts."""
        clock = asyncio.get_running_loop().time
        pace = Pace(clock() * 1000, LEAD_MS, LEAST_LEAD_MS)
        while True:
            if self._begins_to_speak():
                # Silence that was handed over ahead must not come before the first word.
                self._source.clear_queue()
                pace.restart(clock() * 1000)
            for _ in range(pace.due(clock() * 1000)):
                frame = rtc.AudioFrame(self._next(), SPOKEN_RATE, 1, FRAME)
                await self._source.capture_frame(frame)
            self.late_ms, self.lead_ms = pace.late_ms, pace.lead_ms
            await self._until_due(pace.wait_ms(clock() * 1000) / 1000)

    async def _until_due(self, seconds: float) -> None:
        """Wait for the next hand-over, or until there is speech."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    def _begins_to_speak(self) -> bool:
        """Whether there is speech, and all that was handed over and may not have been sent is silence."""
        playout = self._playout
        return playout is not None and self.heard and playout.sounding and self._quiet_ms >= QUEUE_MS

    async def close(self) -> None:
        """Give the track up."""
        await self._source.aclose()

    def _next(self) -> bytes:
        if self._playout is None or not self.heard:
            self._quiet_ms += FRAME_MS
            return SILENCE
        before = self._playout.played
        samples = self._playout.take(FRAME)
        # A rest between two sentences is speech, and is to last as long as it was made.
        spoken = self._playout.played != before or samples.any()
        self._quiet_ms = 0 if spoken else self._quiet_ms + FRAME_MS
        return np.ascontiguousarray(samples).tobytes()
