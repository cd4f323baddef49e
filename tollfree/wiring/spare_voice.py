"""A voice that is loaded when the one before it has failed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tollfree.speech.stt.base import SpeechError
from tollfree.speech.tts.base import Clip, Haste, RenderingFailed, Speaking, Voice
from tollfree.speech.tts.registry import load_voice
from tollfree.speech.tts.server_name import on_server
from tollfree.speech.tts.voice_name import at_speed, split_speed
from tollfree.weights.errors import WeightsError
from tollfree.wiring.voice_choice import NEEDS, is_here, measured_voices


def spare_voices(name: str, cache: Path) -> tuple["SpareVoice", ...]:
    """The voices of this machine's other engines, to stand in for one, at its speed. Nothing of them is loaded, but for
    a voice on a server, which is away more often than one of this process: then the quickest stands first, and is
    loaded, so that nobody waits for both."""
    engine = name.partition(":")[0]
    speed = split_speed(name)[1]
    others = [other for other in NEEDS if other.partition(":")[0] != engine and is_here(other, cache)]
    served = on_server(name)
    if served and (known := measured_voices(cache)) is not None:
        others.sort(key=lambda other: known.factors.get(other) or float("inf"))
    spares = tuple(SpareVoice(at_speed(other, speed), cache) for other in others)
    if served and spares:
        with suppress(SpeechError, WeightsError):  # its turn to fail comes when it has to speak
            spares[0].load()
    return spares


class SpareVoice:
    """Costs nothing until it is loaded."""

    speaking = Speaking(languages=("en",), word_times=False)

    def __init__(self, name: str, cache: Path, load: Callable[[str, Path], Voice] = load_voice) -> None:
        """`load` loads a voice by name from the cache."""
        self.name = name
        self._cache = cache
        self._load = load
        self._voice: Voice | None = None

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        """As `Voice`; the first clause waits for the voice to be loaded."""
        if self._voice is None:
            try:
                await asyncio.to_thread(self.load)
            except (SpeechError, WeightsError) as error:
                raise RenderingFailed(error.message, retryable=False) from error
        assert self._voice is not None  # it was loaded
        return await self._voice.render(clause, haste)

    def load(self) -> None:
        """Load it now: not on the loop. Raises `SpeechError` or `WeightsError`."""
        if self._voice is None:
            self._voice = self._load(self.name, self._cache)

    async def warm_up(self) -> None:
        """It waits cold."""

    async def aclose(self) -> None:
        """Let the voice go, if it was ever loaded."""
        if self._voice is not None:
            await self._voice.aclose()
