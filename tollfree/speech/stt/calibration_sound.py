"""The made sound that the encoder hears once at load, so that the silence after it can be kept.

Whisper's encoder mixes a little of what was said into the silence that follows. Were that a person's speech, their
words could come out in a caller's turn; so it is a noise, made here, with the spectrum and the rhythm of speech and
no word in it. The same every time.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import HEARD_RATE

Sound: TypeAlias = NDArray[np.float32]
"""Mono at `HEARD_RATE`, full scale ±1."""

SECONDS = 3.0
"""As long as a common turn."""
SYLLABLES_HZ = 4.0
"""Speech swells and fades about four times a second."""
CORNER_HZ = 100 / 3
"""Above this the spectrum falls by 6 dB an octave, as speech's does on the whole."""


def calibration_sound(seed: int = 5) -> Sound:
    """Noise that swells like speech."""
    count = int(SECONDS * HEARD_RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.maximum(np.fft.rfftfreq(count, 1 / HEARD_RATE), CORNER_HZ)
    noise = np.fft.irfft(spectrum, count)
    noise *= 0.5 + 0.5 * np.sin(2 * np.pi * SYLLABLES_HZ * np.arange(count) / HEARD_RATE)
    return (0.5 * noise / np.abs(noise).max()).astype(np.float32)
