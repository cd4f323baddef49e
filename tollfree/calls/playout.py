"""The agent's sound on its way out: a queue that media empty 20 ms at a time, and that can be held and dropped
without a click."""

from collections import deque
from collections.abc import Callable

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples

FADE = SPOKEN_RATE * 8 // 1000
"""Samples over which sound is let go and taken up again: 8 ms are heard as neither a click nor a slope."""
EDGE = 300
"""A step from silence to a sample louder than this (-41 dBFS) is heard as a click, so it is faded; clips of speech,
which begin and end below it, are left as they are."""

_NOTHING: Samples = np.zeros(0, np.int16)


class Playout:
    """One call's outgoing sound. Not thread-safe: belongs to the call's loop.

    `played` counts queued samples that have left, never silence, so it says which word the caller has reached. What
    fades out behind a cut is not counted: it comes again when the sound goes on.
    """

    def __init__(self) -> None:
        self._queue: deque[Samples] = deque()
        self._played = 0
        self._held = False
        self._flowing = False
        """The last take ended with speech that what is queued goes on from."""
        self._tail = _NOTHING
        """What fades out from the next take on, after a hold or a clear."""
        self.taken: Callable[[Samples], None] | None = None
        """Told of every stretch that has left, silence and all: by it the call knows what was heard, and records."""
        self.sounds: Callable[[], None] | None = None
        """Told when speech is there to be taken after there was none: whoever takes it need not wait for a tick."""

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
        """Whether there is speech to take."""
        return bool(self._queue) and not self._held

    @property
    def held(self) -> bool:
        """Whether sound is held."""
        return self._held

    def play(self, samples: Samples) -> None:
        """Append speech. The samples are not copied, and must not change."""
        if len(samples):
            silent = not self.sounding
            self._queue.append(samples)
            self._tell_if_sounding(silent)

    def pause(self) -> None:
        """Hold the sound: it fades within the next take."""
        if not self._held:
            self._held = True
            self._cut()

    def resume(self) -> None:
        """Go on where it was held; when nothing was taken in between, as if it had never been held."""
        if self._held:
            self._held = False
            if len(self._tail) and self._flowing:
                self._tail = _NOTHING
            self._tell_if_sounding(True)

    def clear(self) -> None:
        """Drop what waits; what is sounding fades. Not held afterwards."""
        self._cut()
        self._flowing = False
        self._queue.clear()
        self._held = False

    def keep(self, count: int) -> None:
        """Drop what waits behind the next `count` samples."""
        kept = self._next(count)
        self._queue.clear()
        self.play(kept)

    def take(self, count: int) -> Samples:
        """The next `count` samples; silence where there is nothing to say."""
        out = np.zeros(count, np.int16)
        if len(self._tail):
            tail, self._tail = self._tail[:count], self._tail[count:]
            out[: len(tail)] = tail
            self._flowing = False
        elif self.sounding:
            part = self._next(count)
            self._played += len(part)
            self._drop(len(part))
            if not self._flowing and abs(int(part[0])) > EDGE:
                _rise(part)
            self._flowing = len(part) == count and bool(self._queue)
            if not self._flowing and abs(int(part[-1])) > EDGE:
                _fall(part)
            out[: len(part)] = part
        else:
            self._flowing = False
        if self.taken is not None:
            self.taken(out)
        return out

    def _tell_if_sounding(self, was_silent: bool) -> None:
        if was_silent and self.sounding and self.sounds is not None:
            self.sounds()

    def _cut(self) -> None:
        """Let go of what is sounding."""
        if self._flowing and not len(self._tail):
            self._tail = self._next(FADE)
            _fall(self._tail)

    def _next(self, wanted: int) -> Samples:
        """A copy of the next samples, at most `wanted`; they stay in the queue."""
        parts: list[Samples] = []
        missing = wanted
        for samples in self._queue:
            parts.append(samples[:missing])
            missing -= len(parts[-1])
            if not missing:
                break
        return np.concatenate(parts) if parts else _NOTHING

    def _drop(self, count: int) -> None:
        while count:
            head = self._queue[0]
            if len(head) > count:
                self._queue[0] = head[count:]
                return
            count -= len(head)
            self._queue.popleft()


def _rise(samples: Samples) -> None:
    """Fade the beginning in, in place."""
    ramp = min(FADE, len(samples))
    samples[:ramp] = (samples[:ramp] * np.linspace(0, 1, ramp, endpoint=False)).astype(np.int16)


def _fall(samples: Samples) -> None:
    """Fade the end out, in place."""
    ramp = min(FADE, len(samples))
    samples[-ramp:] = (samples[-ramp:] * np.linspace(1, 0, ramp, endpoint=False)).astype(np.int16)
