"""A few words in any voice, so that somebody can choose one."""

import asyncio
import io
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples
from tollfree.speech.tts.base import RenderingFailed, Voice
from tollfree.speech.tts.clauses import clauses
from tollfree.speech.tts.voice_name import at_speed
from tollfree.wiring.engine_names import check_voice
from tollfree.wiring.engines import voice_loader
from tollfree.wiring.settings import Settings
from tollfree.wiring.voice_choice import agent_voice

WITHIN_S = 60.0
"""Seconds for loading a voice and speaking with it; a slow machine needs ten for the first."""
KEPT = 2
"""Voices that stay loaded: people compare two."""


class VoicePreview:
    """Speaks one preview at a time. Belongs to the event loop it is used in."""

    def __init__(self, settings: Settings, voices: Callable[[str, Path], Voice] | None = None) -> None:
        """`voices` loads a voice by name from the cache; None: as calls do."""
        self._settings = settings
        self._voices = voices or voice_loader(settings)
        self._loaded: dict[str, Voice] = {}
        self._one = asyncio.Lock()

    async def speak(self, voice: str, speed: float, text: str) -> bytes:
        """The text as a WAV file. `voice` empty: the installation's. Raises `ForeignEngine`, `SpeechError` or
        `WeightsError`."""
        check_voice(self._settings, voice)
        async with self._one:
            try:
                async with asyncio.timeout(WITHIN_S):
                    loaded = await self._load(at_speed(voice, speed))
                    clips = [await loaded.render(clause) for clause in clauses(text, early=False)]
            except TimeoutError as error:
                raise RenderingFailed(f"The voice took longer than {WITHIN_S:g} seconds. Try again.") from error
        return _wav(np.concatenate([clip.samples for clip in clips] or [np.zeros(0, np.int16)]))

    async def _load(self, name: str) -> Voice:
        settings = self._settings
        whole = await asyncio.to_thread(agent_voice, name, settings.voice, settings.cache)
        held = self._loaded.pop(whole, None)
        voice = held if held is not None else await asyncio.to_thread(self._voices, whole, settings.cache)
        self._loaded[whole] = voice
        while len(self._loaded) > KEPT:
            oldest = next(iter(self._loaded))
            await self._loaded.pop(oldest).aclose()
        return voice

    async def aclose(self) -> None:
        """Let every voice go."""
        for voice in self._loaded.values():
            await voice.aclose()
        self._loaded.clear()


def _wav(samples: Samples) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SPOKEN_RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()
