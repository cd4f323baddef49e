"""Sound of callers and of recordings, for journeys."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tollfree.calls.lines.sound_file import Channel, SoundFile
from tollfree.protocol.audio import HEARD_RATE, Samples

FRAME = HEARD_RATE // 100
"""10 ms."""
AUDIBLE_DB = -45.0


def side(file: Path, channel: Channel) -> Samples:
    """One side of a recording."""
    return np.concatenate(list(SoundFile(file, channel).pieces([])))


def levels(samples: Samples) -> NDArray[np.float64]:
    """dB of full scale, each 10 ms."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    return 10 * np.log10(np.maximum((frames**2).mean(1), 1e-3) / 32768.0**2)


def audible_s(samples: Samples) -> float:
    """Seconds in which somebody is heard."""
    return float((levels(samples) > AUDIBLE_DB).sum()) / 100
