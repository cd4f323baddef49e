"""Voice activity that goes by loudness alone, for tests whose sound is made of tones."""

import numpy as np

from tollfree.protocol.audio import Samples
from tollfree.speech.turns.base import WINDOW


class LoudnessActivity:
    """Any sound above -40 dBFS is speech."""

    def probability(self, window: Samples) -> float:
        if window.shape != (WINDOW,):
            raise ValueError(f"A window has {WINDOW} samples, not {window.shape}.")
        power = float(np.mean(np.square(window, dtype=np.float64))) / 32768**2
        return 0.95 if power > 1e-4 else 0.02

    def reset(self) -> None:
        pass
