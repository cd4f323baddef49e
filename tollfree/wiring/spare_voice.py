"""A voice that is loaded when the one before it has failed."""

import asyncio
from pathlib import Path

from tollfree.speech.tts.base import Clip, Haste, RenderingFailed, Speaking, Voice
from tollfree.speech.tts.registry import load_voice
from tollfree.speech.tts.voice_name import at_speed, split_speed
from tollfree.weights.errors import WeightsError
from tollfree.wiring.voice_choice import NEEDS, is_here


def spare_voices(name: str, cache: Path) -> tuple["SpareVoice", ...]:
    """The voices of this machine's other engines, to stand in for one, at its speed; nothing of them is loaded."""
    engine = name.partition(":")[0]
    speed = split_speed(name)[1]
    others = (other for other in NEEDS if other.partition(":")[0] != engine and is_here(other, cache))
    return tuple(SpareVoice(at_speed(other, speed), cache) for other in others)


class SpareVoice:
    """Costs nothing until it has to speak."""

    speaking = Speaking(languages=("en",), word_times=False)

    def __init__(self, name: str, cache: Path) -> None:
        self.name = name
        self._cache = cache
        self._voice: Voice | None = None

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        """As `Voice`; the first clause waits for the voice to be loaded."""
        if self._voice is None:
            try:
                self._voice = await asyncio.to_thread(load_voice, self.name, self._cache)
            except WeightsError as error:
                raise RenderingFailed(error.message, retryable=False) from error
        return await self._voice.render(clause, haste)

    async def warm_up(self) -> None:
        """It waits cold."""

    async def aclose(self) -> None:
        """Let the voice go, if it was ever loaded."""
        if self._voice is not None:
            await self._voice.aclose()
