"""Sound for tests: made speech, and everything that is none."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import soxr

from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.registry import load_voice
from tollfree.wiring.settings import Settings

VOICE = "piper:en_US-joe-medium"


@cache
def spoken(text: str) -> Samples:
    """A made voice says it, at the rate callers are heard; or a skipped test."""

    async def render() -> Samples:
        voice = load_voice(VOICE, Settings().cache)
        clip = await voice.render(text)
        await voice.aclose()
        return clip.samples

    try:
        with ThreadPoolExecutor(1) as aside:  # some callers are in a loop already
            samples = aside.submit(asyncio.run, render()).result()
    except UnknownEngine as missing:
        pytest.skip(missing.message)
    return np.asarray(soxr.resample(samples, SPOKEN_RATE, HEARD_RATE), np.int16)


def not_speech(seconds: float = 3.0) -> dict[str, Samples]:
    """Sounds without a word: name → sound."""
    rng = np.random.default_rng(7)
    count = int(seconds * HEARD_RATE)
    t = np.arange(count) / HEARD_RATE
    white = rng.standard_normal(count)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), count)
    pink /= np.abs(pink).max()
    return {
        name: np.clip(sound * 32_767, -32_768, 32_767).astype(np.int16)
        for name, sound in {
            "silence": np.zeros(count),
            "the last bit": np.where(white > 0, 1 / 32_767, 0),
            "hiss": 0.05 * white,
            "loud hiss": 0.3 * white,
            "rumble": 0.5 * pink,
            "mains hum": 0.2 * np.sin(2 * np.pi * 50 * t) + 0.1 * np.sin(2 * np.pi * 150 * t),
            "tone": 0.4 * np.sin(2 * np.pi * 440 * t),
            "keypad": 0.3 * (np.sin(2 * np.pi * 697 * t) + np.sin(2 * np.pi * 1209 * t)) * (t % 0.4 < 0.2),
            "chords": 0.15 * sum(np.sin(2 * np.pi * f * t) for f in (262, 330, 392)) * np.exp(-4 * (t % 0.5)),
            "melody": _melody(t),
            "breath": 0.3 * pink * np.clip(np.sin(2 * np.pi * 0.4 * t), 0, 1) ** 2,
            "clicks": 0.8 * (rng.random(count) < 2e-4),
        }.items()
    }


def _melody(t: np.ndarray) -> np.ndarray:
    """A scale on something like a piano: what hold music is made of."""
    notes = np.array([262, 294, 330, 349, 392, 440, 494, 523])[(t / 0.18).astype(int) % 8]
    phase = 2 * np.pi * notes * (t % 0.18)
    return 0.3 * np.exp(-5 * (t % 0.18)) * sum(np.sin(phase * k) / k for k in (1, 2, 3, 4))
