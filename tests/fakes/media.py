"""Media whose sound the test brings, and whose playout the test empties."""

import asyncio
from typing import Literal

import numpy as np

from tollfree.calls.media import Frame, Gone, Key, MediaEvent
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples


class FakeMedia:
    """One caller, moved by hand."""

    name = "fake"

    def __init__(self, *, ear_delay_ms: float = 0.0) -> None:
        self.ear_delay_ms = ear_delay_ms
        self.playout: Playout | None = None
        self.captions: list[tuple[str, str, str, bool]] = []
        """Who, text, segment, final; in order."""
        self.closed = 0
        """How often it was closed."""
        self.heard: Samples = np.zeros(0, np.int16)
        """All the agent's sound that was taken."""
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue()

    # The line's side

    async def start(self, playout: Playout) -> None:
        self.playout = playout

    async def next(self) -> MediaEvent:
        return await self._events.get()

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        self.captions.append((who, text, segment, final))

    async def close(self) -> None:
        self.closed += 1

    # The test's side

    def tell(self, event: MediaEvent) -> None:
        """Something comes in."""
        self._events.put_nowait(event)

    def say(self, samples: Samples, frame_ms: int = 20) -> None:
        """The caller's sound comes in, in frames; the last may be short."""
        size = HEARD_RATE * frame_ms // 1000
        for start in range(0, len(samples), size):
            self.tell(Frame(samples=samples[start : start + size]))

    def be_quiet(self, ms: float) -> None:
        """So much silence of the caller comes in."""
        self.say(np.zeros(int(HEARD_RATE * ms / 1000), np.int16))

    def press(self, keys: str) -> None:
        """Keys come in."""
        for key in keys:
            self.tell(Key(key=key))

    def go(self, reason: Literal["caller_hung_up", "line_lost"] = "caller_hung_up", why: str = "") -> None:
        """The caller is gone."""
        self.tell(Gone(reason=reason, why=why))

    def take(self, ms: float = 20) -> Samples:
        """Empty the playout by so many milliseconds, 20 at a time, as media do; what came out."""
        assert self.playout is not None, "the line has not started its media"
        parts = [np.zeros(0, np.int16)]
        left = int(SPOKEN_RATE * ms / 1000)
        while left > 0:
            parts.append(self.playout.take(min(480, left)))
            left -= 480
        taken = np.concatenate(parts)
        self.heard = np.concatenate([self.heard, taken])
        return taken
