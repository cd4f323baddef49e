"""A speaker that hums sentence by sentence, with what is kept and what fails as the test wants it."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples
from tollfree.speech.tts.base import Clip, RenderingFailed, WordTime

CHARACTER_MS = 10.0
"""Fast speech, so that tests need few samples. All of a clip sounds: there is no gap at its end."""


def hum(text: str) -> Clip:
    """A clip whose words last as long as their characters."""
    samples: Samples = np.full(round(len(text) * CHARACTER_MS * SPOKEN_RATE / 1000), 2000, np.int16)
    words = tuple(WordTime(end=word.end(), end_ms=word.end() * CHARACTER_MS) for word in re.finditer(r"\S+", text))
    return Clip(text=text, samples=samples, words=words)


def sentences(text: str) -> list[str]:
    return re.findall(r"[^.?!]+[.?!]*", text)


class FakeSpeaker:
    """Speaks at once what is `kept`; anything else a sentence at a time, while `gate` is open."""

    voice = "fake:hum"

    def __init__(self, *, kept: Iterable[str] = (), fails: Iterable[str] = ()) -> None:
        self.kept = set(kept)
        self.fails = set(fails)
        """Sentences that cannot be spoken."""
        self.breaks: Exception | None = None
        """Raised by every rendering."""
        self.gate = asyncio.Event()
        self.gate.set()
        self.rendered: list[str] = []
        self.streams = 0
        """Under way."""

    def ready(self, text: str) -> tuple[Clip, ...] | None:
        if text in self.kept or not text.strip():
            return tuple(hum(sentence.strip()) for sentence in sentences(text) if sentence.strip())
        return None

    async def stream(self, text: str, *, ahead: bool = False) -> AsyncGenerator[Clip]:
        self.streams += 1
        try:
            for sentence in sentences(text):
                await asyncio.sleep(0)
                await self.gate.wait()
                if self.breaks is not None:
                    raise self.breaks
                if sentence.strip() in self.fails:
                    raise RenderingFailed("told not to")
                self.rendered.append(sentence.strip())
                yield hum(sentence.strip())
        finally:
            self.streams -= 1
