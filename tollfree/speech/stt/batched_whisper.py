"""Whisper for many calls at once: the model of an engine server, on a CPU or a GPU."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from tollfree.protocol.audio import Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, UnknownEngine, Urgency
from tollfree.speech.stt.batch_queue import BatchQueue, BatchSettings, BatchTurn, Heard
from tollfree.speech.stt.calibration_sound import calibration_sound
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_looks import Turn
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper_engine import Engine, Runtime
from tollfree.speech.stt.whisper_settings import BATCHED, WhisperSettings

DETECTED = "auto"
"""Instead of a language's tag: whichever is spoken."""
QUICK = frozenset({"cuda"})
"""Devices on which a decode takes so little that one too many does not matter."""


class BatchedWhisper:
    """A recogniser like `Whisper`, whose turns are decoded together; it also says what each took."""

    def __init__(
        self,
        name: str,
        engine: Engine,
        *,
        language: str = "en",
        quick: bool = False,
        settings: WhisperSettings = BATCHED,
        batches: BatchSettings | None = None,
    ) -> None:
        """`name` is the model's. `language` is what callers speak, `auto`: it is detected. Raises `UnknownEngine`
        for a language that the model does not know."""
        self._name = f"whisper:{name}"
        self._engine = engine
        self._longest_s = settings.longest_s
        self._quick = quick
        self._language = self._known(language)
        self._turns = TurnHearing(TurnWindow(engine, settings), VoiceGate(settings), settings)
        self._queue = BatchQueue(self._name, self._look, batches)

    @classmethod
    def load(
        cls,
        name: str,
        folder: Path,
        *,
        runtime: Runtime | None = None,
        language: str = "en",
        settings: WhisperSettings = BATCHED,
        batches: BatchSettings | None = None,
    ) -> "BatchedWhisper":
        """The recogniser of a folder with a model's files. Raises `UnknownEngine` for what cannot be loaded there."""
        runtime = runtime or Runtime()
        try:
            engine = Engine(folder, runtime=runtime)
        except (RuntimeError, ValueError, OSError) as error:
            raise UnknownEngine(
                f"The model {name} cannot be loaded on {runtime.device} as {runtime.compute_type}: {error}"
            ) from error
        quick = runtime.device in QUICK
        return cls(name, engine, language=language, quick=quick, settings=settings, batches=batches)

    @property
    def name(self) -> str:
        return self._name

    @property
    def hearing(self) -> Hearing:
        return Hearing(
            languages=(self._language or "mul",),
            punctuates=True,
            hints=True,
            quick=self._quick,
            longest_s=self._longest_s,
        )

    @property
    def waiting(self) -> int:
        """Turns that wait."""
        return self._queue.waiting

    @property
    def looking_s(self) -> float:
        """See `BatchQueue.looking_s`."""
        return self._queue.looking_s

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """See `Recognizer.transcribe`."""
        return (await self.hear(samples, hints, urgency=urgency)).transcript

    async def hear(
        self,
        samples: Samples,
        hints: Hints | None = None,
        *,
        urgency: Urgency = Urgency.COMMIT,
        call: str = "",
        language: str = "",
        within_s: float | None = None,
    ) -> Heard:
        """A turn of a call, with what it took. `language`: not the recogniser's own; `within_s`: its deadline.
        Raises `RecognitionFailed`."""
        spoken = self._known(language) if language else self._language

        def begin() -> BatchTurn:
            return self._turns.begin(samples, hints, urgency, language=spoken)

        heard = await self._queue.hear(begin, urgency, call=call, within_s=within_s)
        return replace(heard, language=heard.language if heard.batch else "")

    async def warm_up(self) -> None:
        """Hear every window once that a common turn uses, so that memory is there."""

        await self._queue.hear(_Rehearsal, Urgency.COMMIT)

    async def aclose(self) -> None:
        """Let the threads go; what still waits is refused."""
        await self._queue.aclose()

    def _look(self, turns: Sequence[BatchTurn]) -> None:
        """On the queue's thread."""
        if isinstance(turns[0], _Rehearsal):
            turns[0].transcript = self._turns.rehearse(calibration_sound())
        else:
            self._turns.look(cast(Sequence[Turn], turns))

    def _known(self, language: str) -> str:
        """A language as the engine is told it; empty: detected."""
        if language == DETECTED:
            if self._engine.multilingual:
                return ""
            raise UnknownEngine(f"{self._name} knows English only, so no language is detected; choose `en`.")
        if not self._engine.knows(language):
            raise UnknownEngine(f"{self._name} does not know the language {language!r}.")
        return language


class _Rehearsal:
    """What warms the model up: no turn of anybody's."""

    def __init__(self) -> None:
        self.transcript: Transcript | None = None
        self.took_ms = 0.0
        self.largest = 1
        self.language = ""

    @property
    def kind(self) -> "_Rehearsal":
        return self
