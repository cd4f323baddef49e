"""The caller's sound on its way to the listener: frames of any length become windows of 32 ms with a probability of
speech; where none come, silence does, so that time never stands still for the listener."""

import math
from collections.abc import Callable

import numpy as np

from tollfree.calls.sound_memory import SoundMemory
from tollfree.protocol.audio import HEARD_RATE, Samples, heard_ms
from tollfree.speech.turns.base import WINDOW, VoiceActivity

GAP_MS = 160.0
"""Milliseconds without sound from a caller after which silence is assumed: a muted caller sends nothing."""
FILLED_MS = 500.0
"""Milliseconds of silence put at once at most: what a machine that stood still has missed is made up for step by step,
so that the loop does not stand still for it too."""
DRIFT = 0.005
"""Share of time by which the caller's clock may lag behind the call's before it is noticed: sound that was lost on the
way, and was not replaced, sets it back for good."""
SILENCE_DB = -96.0
"""Level of digital silence at 16 bits."""


class Hearing:
    """One caller's sound. Times without further word are of the caller's own sound clock."""

    def __init__(self, activity: VoiceActivity, window: Callable[[float, float], None], now_ms: float) -> None:
        """`window` takes the probability of speech and the level in dBFS of each window in turn."""
        self._activity = activity
        self._window = window
        self._memory = SoundMemory()
        self._windowed = 0
        """Samples the listener has had."""
        self._latest_ms = now_ms
        self._offset_ms: float | None = None
        """The call's clock less the sound clock: by the frames that come soonest after they were spoken."""

    def frame(self, samples: Samples, now_ms: float) -> None:
        """Sound has come."""
        self._latest_ms = now_ms
        self._take(samples, now_ms)

    def fill(self, now_ms: float) -> Samples | None:
        """Put silence where nothing has come for too long; returns what was put."""
        missing_ms = now_ms - self._latest_ms - GAP_MS
        if missing_ms <= 0:
            return None
        missing_ms = min(missing_ms, FILLED_MS)
        self._latest_ms += missing_ms
        silence = np.zeros(int(missing_ms * HEARD_RATE / 1000), np.int16)
        self._take(silence, now_ms)
        return silence

    def between(self, start_ms: float, end_ms: float) -> Samples:
        """What was heard in a stretch."""
        return self._memory.between(start_ms, end_ms)

    def on_the_call(self, sound_ms: float) -> float:
        """A moment of the sound clock on the call's clock."""
        return sound_ms + (self._offset_ms or 0.0)

    def _take(self, samples: Samples, now_ms: float) -> None:
        self._memory.append(samples)
        offset_ms = now_ms - self._memory.ms
        if self._offset_ms is not None:
            offset_ms = min(offset_ms, self._offset_ms + DRIFT * heard_ms(len(samples)))
        self._offset_ms = offset_ms
        while self._memory.samples - self._windowed >= WINDOW:
            start_ms, self._windowed = heard_ms(self._windowed), self._windowed + WINDOW
            window = self._memory.between(start_ms, heard_ms(self._windowed))
            self._window(self._activity.probability(window), level_db(window))


def level_db(window: Samples) -> float:
    """RMS level in dBFS."""
    samples = window.astype(np.float32)
    power = float(samples @ samples) / max(1, len(samples)) / 32768**2
    return 10 * math.log10(power) if power > 0 else SILENCE_DB
