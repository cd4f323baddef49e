"""The latest stretch of a caller's sound, by the milliseconds of the call."""

import numpy as np

from tollfree.protocol.audio import HEARD_RATE, Samples

KEPT_S = 60
"""Seconds that can be asked for: two of the longest turns a recogniser hears at once."""


class SoundMemory:
    """Grows at its end and forgets at its beginning; memory is bounded."""

    def __init__(self) -> None:
        self._kept = np.zeros(2 * KEPT_S * HEARD_RATE, np.int16)
        self._first = 0
        """Sample of the call at place 0."""
        self._length = 0

    @property
    def samples(self) -> int:
        """How much was heard since the call began, in samples."""
        return self._first + self._length

    @property
    def ms(self) -> float:
        """The same in milliseconds."""
        return self.samples * 1000 / HEARD_RATE

    def append(self, samples: Samples) -> None:
        """The next sound. At most `KEPT_S` at once."""
        if self._length + len(samples) > len(self._kept):
            gone = self._length - KEPT_S * HEARD_RATE
            self._kept[: self._length - gone] = self._kept[gone : self._length].copy()
            self._first, self._length = self._first + gone, self._length - gone
        self._kept[self._length : self._length + len(samples)] = samples
        self._length += len(samples)

    def between(self, start_ms: float, end_ms: float) -> Samples:
        """A copy of a stretch, as far as it is still, or already, known."""
        start, end = (round(ms * HEARD_RATE / 1000) - self._first for ms in (start_ms, end_ms))
        return self._kept[max(0, start) : max(0, min(end, self._length))].copy()
