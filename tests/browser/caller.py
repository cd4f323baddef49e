"""A voice for Chromium's fake microphone."""

import asyncio
import wave
from pathlib import Path

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples
from tollfree.speech.tts.registry import load_voice
from tollfree.wiring.settings import Settings

NEEDED = ("kokoro", "piper", "tiny.en")
"""Models of people's voices, the agent's, and the agent's ears."""
ONCE = "%noloop"
"""Behind a file's name: Chromium plays it once."""


def microphone(path: Path, after_s: float, words: str, voice: str = "kokoro:bm_george", *, again: bool = False) -> str:
    """A file of silence, then the words, then silence for as long as a call lasts, or with `again` the same anew; as
    Chromium is told of it."""

    async def said() -> Samples:
        speaker = load_voice(voice, Settings().cache)
        try:
            return (await speaker.render(words)).samples
        finally:
            await speaker.aclose()

    silent = np.zeros(int(after_s * SPOKEN_RATE), np.int16)
    after = np.zeros((1 if again else 180) * SPOKEN_RATE, np.int16)
    sound = np.concatenate([silent, asyncio.run(said()), after])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPOKEN_RATE)
        file.writeframes(sound.tobytes())
    return str(path) if again else f"{path}{ONCE}"
