"""A voice that hums: a tone as long as its words would last, at once, the same every time."""

import asyncio
from collections.abc import Iterable

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.speech.tts.base import LONGEST_CLAUSE, Clip, Haste, RenderingFailed, Speaking
from tollfree.speech.tts.normalise import normalise
from tollfree.speech.tts.onnx_voice import silent
from tollfree.speech.tts.sound import gap_ms, shape
from tollfree.speech.tts.timing import shared_out, word_times

CHARACTER_MS = 60.0
"""About fifteen characters a second, as people speak."""


class HummingVoice:
    """Passes the contract of voices without weights. Renders are counted; texts in `fails` cannot be spoken, and
    none can while `gate` is closed."""

    def __init__(
        self,
        name: str = "fake:hum",
        *,
        fails: Iterable[str] = (),
        hertz: float = 220.0,
        character_ms: float = CHARACTER_MS,
    ) -> None:
        self._name = name
        self._hertz = hertz
        self._character_ms = character_ms
        self.fails = frozenset(fails)
        self.broken = False
        """Nothing can be spoken."""
        self.asked: list[str] = []
        """Every clause that was begun, in order."""
        self.given_up: list[str] = []
        """Clauses whose askers went away before they were rendered."""
        self.gate = asyncio.Event()
        self.gate.set()
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def speaking(self) -> Speaking:
        return Speaking(languages=("en-US",), word_times=False, real_time_factor=0.0, model="hum-1")

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        if self._closed:
            raise RenderingFailed(f"The voice {self._name} is closed.", retryable=False)
        if len(clause) > LONGEST_CLAUSE:
            raise RenderingFailed(f"{len(clause)} characters are too long a clause.", retryable=False)
        self.asked.append(clause)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.given_up.append(clause)
            raise
        if self.broken or clause in self.fails:
            raise RenderingFailed(f"The fake voice was told not to say {clause[:40]!r}.")
        spoken = normalise(clause)
        if not spoken.text:
            return silent(clause)
        ms = len(spoken.text) * self._character_ms
        time = np.arange(round(ms * SPOKEN_RATE / 1000)) / SPOKEN_RATE
        shaped = shape((0.1 * np.sin(2 * np.pi * self._hertz * time)).astype(np.float32), SPOKEN_RATE, gap_ms(clause))
        ends = shared_out(spoken.text.split(), 0.0, shaped.sound_ms)
        return Clip(text=clause, samples=shaped.samples, words=word_times(spoken, ends, 0.0, shaped.sound_ms))

    async def warm_up(self) -> None:
        await self.render("Hello.")

    async def aclose(self) -> None:
        self._closed = True
