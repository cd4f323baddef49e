"""The agent's sound on its way out: a queue that media empty 20 ms at a time, and that can be held and dropped
without a click."""

from collections import deque
from collections.abc import Callable

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples

FADE = SPOKEN_RATE * 8 // 1000
"""Samples over which sound is let go and taken up again: 8 ms are heard as neither a click nor a slope."""


class Playout:
    """One call's outgoing sound. Not thread-safe: belongs to the call's loop.

    `played` counts queued samples that have left, never silence, so it says which word the caller has reached.
    """

    def __init__(self) -> None:
        self._queue: deque[Samples] = deque()
        self._played = 0
        self._held = False
        self._tail: Samples | None = None
        """What fades out in the next take, after a hold or a clear."""
        self._rising = False
        """The next sound fades in, as it was cut."""
        self.taken: Callable[[Samples], None] | None = None
        """Told of every stretch that has left, silence and all: by it the call knows what was heard, and records."""

    @property
    def played(self) -> int:
        """Samples of speech that have left."""
        return self._played

    @property
    def queued(self) -> int:
        """Samples that wait."""
        return sum(len(samples) for samples in self._queue)

    @property
    def sounding(self) -> bool:
        """Whether the next take carries speech."""
        return bool(self._queue) and not self._held

    @property
    def held(self) -> bool:
        return self._held

    def play(self, samples: Samples) -> None:
        """Append speech."""
        if len(samples):
            self._queue.append(samples)

    def pause(self) -> None:
        """Hold the sound: it fades within the next take."""
        if not self._held:
            if self._queue:
                self._tail = self._next(FADE, count=False)
            self._held, self._rising = True, True

    def resume(self) -> None:
        """Go on where it was held."""
        self._held = False

    def clear(self) -> None:
        """Drop what waits; what is sounding fades. Not held afterwards."""
        if self._queue and not self._held:
            self._tail = self._next(FADE, count=False)
        self._queue.clear()
        self._held, self._rising = False, False

    def take(self, count: int) -> Samples:
        """The next `count` samples; silence where there is nothing to say."""
        out = np.zeros(count, np.int16)
        if self._tail is not None:
            tail, self._tail = self._tail, None
            fade = np.linspace(1, 0, len(tail), endpoint=False)
            out[: len(tail)] = (tail * fade).astype(np.int16)[:count]
        elif self.sounding:
            part = self._next(count, count=True)
            if self._rising:
                self._rising = False
                ramp = min(FADE, len(part))
                part[:ramp] = (part[:ramp] * np.linspace(0, 1, ramp, endpoint=False)).astype(np.int16)
            out[: len(part)] = part
        if self.taken is not None:
            self.taken(out)
        return out

    def _next(self, wanted: int, *, count: bool) -> Samples:
        """A copy of the next samples at most `wanted` long; taken off the queue when they count as played."""
        parts: list[Samples] = []
        missing, place = wanted, 0
        while missing and place < len(self._queue):
            head = self._queue[place]
            parts.append(head[:missing])
            missing -= len(parts[-1])
            place += 1
        taken = np.concatenate(parts) if parts else np.zeros(0, np.int16)
        if count:
            self._played += len(taken)
            self._drop(len(taken))
        return taken

    def _drop(self, count: int) -> None:
        while count:
            head = self._queue[0]
            if len(head) > count:
                self._queue[0] = head[count:]
                return
            count -= len(head)
            self._queue.popleft()
