"""Engines whose errors are searched for secrets."""

from typing import Any

from tests.fakes.planted_secrets import PlantedSecrets
from tollfree.protocol.audio import Samples
from tollfree.protocol.errors import TollfreeError
from tollfree.speech.stt.base import Hints, Recognizer, Urgency
from tollfree.speech.tts.base import Voice


class LookedAt:
    """A recogniser, whose errors are searched for secrets."""

    def __init__(self, recognizer: Recognizer, planted: PlantedSecrets) -> None:
        self._recognizer, self._planted = recognizer, planted
        self.name, self.aclose, self.warm_up = recognizer.name, recognizer.aclose, recognizer.warm_up

    @property
    def hearing(self) -> Any:
        return self._recognizer.hearing

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Any:
        try:
            return await self._recognizer.transcribe(samples, hints, urgency=urgency)
        except TollfreeError as error:
            self._planted.raised(error)
            raise


class LookedAtVoice:
    """The same of a voice."""

    def __init__(self, voice: Voice, planted: PlantedSecrets) -> None:
        self._voice, self._planted = voice, planted
        self.name, self.aclose, self.warm_up = voice.name, voice.aclose, voice.warm_up

    @property
    def speaking(self) -> Any:
        return self._voice.speaking

    async def render(self, clause: str, haste: Any = None) -> Any:
        try:
            return await self._voice.render(clause, haste)
        except TollfreeError as error:
            self._planted.raised(error)
            raise
