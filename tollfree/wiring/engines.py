"""The engines of one process: loaded once, shared by its calls."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from tollfree.calls.agent_settings import AgentSettings
from tollfree.calls.lines.spoken import Ears
from tollfree.calls.performers import Composer, NoComposer
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.errors import TollfreeError
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.chain import RecognizerChain
from tollfree.speech.stt.registry import load_recognizer
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.registry import load_voice
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.server_name import ServerAccess
from tollfree.speech.tts.speaker import CachedSpeaker
from tollfree.speech.turns.listener import Listener
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.speech.turns.silero import SileroActivity
from tollfree.wiring.settings import Settings
from tollfree.wiring.spare_voice import SpareVoice, spare_voices
from tollfree.wiring.voice_choice import agent_voice

RENDERINGS = "renderings"
"""The folder in the cache where calls look for what was rendered at publish."""

_log = logging.getLogger(__name__)


def recognizer_of(settings: Settings, name: str = "") -> Recognizer:
    """What hears callers, by its name; empty: the installation's. Raises `SpeechError`."""
    remote = RemoteSettings(
        api_key=os.environ.get(settings.stt_api_key_env, ""),
        key_variable=settings.stt_api_key_env,
        language=settings.stt_language,
        within_s=settings.stt_within_ms / 1000,
    )
    return load_recognizer(name or settings.stt, settings.cache, threads=settings.stt_threads, remote=remote)


def recognizers_of(settings: Settings) -> Recognizer:
    """The installation's recogniser, with its spares behind it. Raises `SpeechError`."""
    return chain_of(settings, (settings.stt, *spare_recognizers(settings)))


def spare_recognizers(settings: Settings) -> tuple[str, ...]:
    """Names of what hears callers when the installation's recogniser fails."""
    return tuple(name for part in settings.stt_spare.split(",") if (name := part.strip()))


def chain_of(settings: Settings, names: Sequence[str]) -> Recognizer:
    """Recognisers by name, of which each stands in for the one before it. Raises `SpeechError`."""
    first, *spares = (recognizer_of(settings, name) for name in names)
    return RecognizerChain((first, *spares), SystemClock()) if spares else first


def voice_loader(settings: Settings) -> Callable[[str, Path], Voice]:
    """Loads voices by name, those of servers with the installation's key and patience."""
    access = ServerAccess(
        api_key=os.environ.get(settings.voice_api_key_env, ""),
        key_variable=settings.voice_api_key_env,
        deadline_ms=settings.voice_within_ms,
    )
    return lambda name, cache: load_voice(name, cache, access=access)


class Engines:
    """What calls hear and speak with."""

    def __init__(
        self,
        settings: Settings,
        recognizer: Recognizer,
        voices: Callable[[str, Path], Voice] | None = None,
        composer: Composer | None = None,
    ) -> None:
        """Use `load`, unless the engines are not those of the registries. `voices` loads a voice by name; None:
        the registry does, and the machine's other voices stand in for one that fails."""
        self._settings = settings
        self._voices = voices if voices is not None else voice_loader(settings)
        self._spares = voices is None
        self.recognizer = recognizer
        self.composer = composer if composer is not None else NoComposer()
        self._renderings = Renderings(settings.cache / RENDERINGS)
        self._speakers: dict[tuple[str, ...], CachedSpeaker] = {}
        self._recognizers: dict[tuple[str, ...], Recognizer] = {}
        """Of agents that are not heard by the installation's, by the names of their chains."""

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load what the settings name. Takes a second or two. Raises `SpeechError` or `WeightsError`, which say what
        is missing and how to get it."""
        engines = cls(settings, recognizers_of(settings))
        engines.speaker("")
        return engines

    def speaker(self, voice: str, spares: tuple[str, ...] = ()) -> CachedSpeaker:
        """The speaker of a voice; empty: the installation's. `spares` speak when it fails; none: the machine's other
        voices. Raises as `load`."""
        cache = self._settings.cache
        name = agent_voice(voice, self._settings.voice, cache)
        if (name, *spares) not in self._speakers:
            own = tuple(SpareVoice(spare, cache, self._voices) for spare in spares)
            spare = own or (spare_voices(name, cache) if self._spares else ())
            self._speakers[name, *spares] = CachedSpeaker(self._voices(name, cache), self._renderings, spare)
        return self._speakers[name, *spares]

    async def speaker_of(self, voice: str, spares: tuple[str, ...] = ()) -> CachedSpeaker:
        """The speaker of an agent's voice, loaded off the loop; where that voice is not to be had the installation's
        speaks, and the log says so. Raises as `load` when neither is."""
        try:
            return await asyncio.to_thread(self.speaker, voice, spares)
        except TollfreeError as error:
            if not voice:
                raise
            _log.warning("another voice speaks: %s", error.message, extra={"code": error.code})
            return await asyncio.to_thread(self.speaker, "")

    async def ears_of(self, agent: AgentSettings | None) -> Ears:
        """Ears for one call of an agent, its recognisers loaded off the loop. What cannot be used of its own settings
        is said in the log, and the installation's are used."""
        if agent is None:
            return self.ears()
        recognizer, listening = self.recognizer, self._settings.listening
        try:
            if agent.hearing:
                recognizer = await asyncio.to_thread(self._recognizer, agent.hearing)
        except TollfreeError as error:
            _log.warning("the installation's recogniser hears: %s", error.message, extra={"code": error.code})
        try:
            listening = agent.heard_with(listening)
        except ValidationError as error:
            faults = "; ".join(one["msg"] for one in error.errors())
            _log.warning("callers are listened to as the installation says", extra={"faults": faults})
        return self.ears(recognizer, listening)

    def ears(self, recognizer: Recognizer | None = None, listening: ListeningSettings | None = None) -> Ears:
        """Ears for one call; the installation's recogniser and thresholds where none are given."""
        hears = recognizer if recognizer is not None else self.recognizer
        return Ears(
            recognizer=hears,
            activity=SileroActivity(),
            listener=Listener(
                listening if listening is not None else self._settings.listening,
                punctuates=hears.hearing.punctuates,
                quick=hears.hearing.quick,
            ),
        )

    def _recognizer(self, names: tuple[str, ...]) -> Recognizer:
        if names == (self._settings.stt, *spare_recognizers(self._settings)):
            return self.recognizer
        if names not in self._recognizers:
            self._recognizers[names] = chain_of(self._settings, names)
        return self._recognizers[names]

    async def warm_up(self) -> None:
        """Do once what the first caller would wait for."""
        await self.recognizer.warm_up()

    async def aclose(self) -> None:
        """Let threads and memory go."""
        for speaker in self._speakers.values():
            await speaker.aclose()
        for recognizer in (self.recognizer, *self._recognizers.values()):
            await recognizer.aclose()
