"""Whether there is a voice in a stretch of sound, and where: asked before any word is looked for.

A recogniser finds words in anything. Noise, tones, melodies and breath never come as far as it.
"""

from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.protocol.audio import HEARD_RATE
from tollfree.speech.stt.calibration_sound import Sound
from tollfree.speech.stt.whisper_settings import WhisperSettings

WINDOW = 512
"""Samples, 32 ms: what Silero was trained on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiced:
    """The part of a stretch of sound that holds speech."""

    sound: Sound
    """With a little of what is around it."""
    windows: int
    """Windows of speech in it, of 32 ms each."""

    @property
    def speech_s(self) -> float:
        """Seconds of speech in it, pauses left out."""
        return self.windows * WINDOW / HEARD_RATE


class VoiceGate:
    """Silero's voice activity over a whole stretch of sound at once: about 2 ms of work a second."""

    def __init__(self, settings: WhisperSettings) -> None:
        """Loads the weights that faster-whisper's wheel carries."""
        # imports onnxruntime, and has no types
        from faster_whisper.vad import get_vad_model  # pyright: ignore[reportMissingTypeStubs]

        self._probabilities = cast(_Silero, get_vad_model())
        self._settings = settings

    def find(self, sound: Sound) -> Voiced | None:
        """The speech in a sound; None: there is none."""
        settings = self._settings
        probabilities = self._probabilities(_whole_windows(sound)).ravel()
        windows = int((probabilities >= settings.gate_probability).sum())
        if windows < settings.gate_windows:
            return None
        edges = np.flatnonzero(probabilities >= settings.edge_probability)
        start = int(edges[0]) * WINDOW - settings.keep_before_ms * HEARD_RATE // 1000
        end = (int(edges[-1]) + 1) * WINDOW + settings.keep_after_ms * HEARD_RATE // 1000
        return Voiced(sound=sound[max(0, start) : end], windows=windows)


class _Silero(Protocol):
    """What is used of faster-whisper's Silero."""

    def __call__(self, audio: NDArray[np.float32]) -> NDArray[np.float32]: ...


def _whole_windows(sound: Sound) -> Sound:
    """Filled up with silence to at least one whole window."""
    count = max(1, -(-len(sound) // WINDOW))
    return np.pad(sound, (0, count * WINDOW - len(sound)))
