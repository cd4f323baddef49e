"""Sound as every room passes it: 16-bit mono samples at one of two rates."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.int16]
"""Mono samples, shape `(n,)`, full scale ±32,767."""

HEARD_RATE = 16_000
"""Samples a second of what callers say: what Whisper and Silero take."""
SPOKEN_RATE = 24_000
"""Samples a second of what the agent says: Kokoro's own rate; other voices are brought to it."""


def heard_ms(samples: int) -> float:
    """How long so many samples of the caller last."""
    return samples * 1000 / HEARD_RATE


def spoken_ms(samples: int) -> float:
    """How long so many samples of the agent last."""
    return samples * 1000 / SPOKEN_RATE
