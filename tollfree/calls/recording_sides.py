"""One side of a recording, laid out on the call's clock: late frames, muted callers and clocks that drift end up where
they belong. Pure."""

import math
from collections import deque

import numpy as np

from tollfree.protocol.audio import Samples

SLIP_MS = 10.0
"""How far sound may be from its place, ms, before it is moved in the next quiet moment."""
LARGEST_SLIP_MS = 18.0
"""How far, ms, before it is moved at once; both sides are thus together within 20 ms."""
QUIET_DB = -45.0
"""Frames below this level, dBFS, can be cut or parted unheard."""
LONGEST_CALL_MS = 25 * 3_600_000.0
"""Times beyond this, ms, are mistakes: no call lasts longer than a day."""


class Side:
    """What one side said, frame by frame in; one gapless stretch of samples out, which begins with the call.

    A frame that arrives late was not said late: frames are put behind one another, and a gap is believed only when the
    frames that follow do not catch up with it.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._frames: deque[tuple[float, Samples]] = deque()
        """With the moment of their first sample, as samples since the call began."""
        self._received = 0
        """Samples of all frames before those that wait."""
        self._laid = 0
        """Samples laid out so far."""
        self._last_at = 0.0
        self.dropped_ms = 0.0
        """Sound left out because more arrived than time had passed."""
        self.filled_ms = 0.0
        """Silence put where nothing had arrived."""

    def add(self, samples: Samples, at_ms: float) -> None:
        """A frame, with the moment of its first sample since the call began. Moments that cannot be are taken for the
        end of the frame before."""
        if math.isfinite(at_ms) and at_ms <= LONGEST_CALL_MS:
            self._last_at = max(0.0, at_ms * self._rate / 1000)
        self._frames.append((self._last_at, samples))
        self._last_at += len(samples)

    def until(self, ms: float) -> Samples:
        """The next samples, up to the end of the last frame that began before a moment. Silence up to it where no frame
        belongs there; what had come late is waited for."""
        limit = round(ms * self._rate / 1000)
        out: list[Samples] = [np.zeros(0, np.int16)]
        places = self._places()
        for place in places:
            if self._frames[0][0] >= limit:
                break
            _, samples = self._frames.popleft()
            self._received += len(samples)
            out.extend(self._lay(samples, place))
        else:
            place = math.inf
        self._fill(out, min(limit, place), at_least=self._samples(SLIP_MS) if self._frames else 1)
        return np.concatenate(out)

    def _places(self) -> list[float]:
        """Where each waiting frame begins: behind the one before, later only as far as all that follow are late too."""
        offsets: list[float] = []
        received = self._received
        for at, samples in self._frames:
            offsets.append(at - received)
            received += len(samples)
        least, places = math.inf, list[float]()
        for offset, (_, samples) in zip(reversed(offsets), reversed(self._frames), strict=True):
            received -= len(samples)
            least = min(least, offset)
            places.append(received + least)
        places.reverse()
        return places

    def _lay(self, samples: Samples, place: float) -> list[Samples]:
        """A frame, with silence before it or without its beginning where it is too far from its place."""
        out: list[Samples] = []
        apart = place - self._laid
        allowed = self._samples(SLIP_MS if _quiet(samples) else LARGEST_SLIP_MS)
        if apart > allowed:
            self._fill(out, place)
        elif apart < -allowed:
            cut = min(len(samples), round(-apart))
            samples = samples[cut:]
            self.dropped_ms += cut * 1000 / self._rate
        self._laid += len(samples)
        out.append(samples)
        return out

    def _fill(self, out: list[Samples], to: float, *, at_least: int = 1) -> None:
        missing = round(to - self._laid)
        if missing >= at_least:
            out.append(np.zeros(missing, np.int16))
            self._laid += missing
            self.filled_ms += missing * 1000 / self._rate

    def _samples(self, ms: float) -> int:
        return round(ms * self._rate / 1000)


def _quiet(samples: Samples) -> bool:
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return power < (32_768 * 10 ** (QUIET_DB / 20)) ** 2
