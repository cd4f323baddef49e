"""Whisper, on faster-whisper, in process on the CPU.

The model is by OpenAI (MIT); its files for CTranslate2 are found by `tollfree.weights`.
"""

from pathlib import Path

from tollfree.protocol.audio import Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, RecognitionFailed, Urgency
from tollfree.speech.stt.calibration_sound import calibration_sound
from tollfree.speech.stt.decode_queue import DecodeQueue
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper_engine import Engine
from tollfree.speech.stt.whisper_settings import WhisperSettings


class Whisper:
    """The recogniser of the default tier."""

    def __init__(self, name: str, hearing: TurnHearing, settings: WhisperSettings) -> None:
        """`name` is the model's, such as `tiny.en`."""
        self._name = f"whisper:{name}"
        self._longest_s = settings.longest_s
        self._turns = hearing
        self._queue = DecodeQueue[Transcript](self._name)

    @classmethod
    def load(cls, name: str, folder: Path, settings: WhisperSettings | None = None) -> "Whisper":
        """The recogniser of a folder with a model's files; about a second of work."""
        settings = settings or WhisperSettings()
        window = TurnWindow(Engine(folder, threads=settings.threads), settings)
        return cls(name, TurnHearing(window, VoiceGate(settings), settings), settings)

    @property
    def name(self) -> str:
        return self._name

    @property
    def hearing(self) -> Hearing:
        return Hearing(languages=("en",), punctuates=True, hints=True, longest_s=self._longest_s)

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """See `Recognizer.transcribe`."""

        def hear() -> Transcript:
            try:
                return self._turns.hear(samples, hints, urgency)
            except (RuntimeError, ValueError, MemoryError) as error:
                raise RecognitionFailed(f"{self._name} could not hear {len(samples)} samples: {error}") from error

        return await self._queue.run(hear, urgency)

    async def warm_up(self) -> None:
        """Hear every window once that a common turn uses, so that memory is there."""

        def hear() -> Transcript:
            return self._turns.rehearse(calibration_sound())

        await self._queue.run(hear, Urgency.COMMIT)

    async def aclose(self) -> None:
        """Let the thread go; what still waits is refused."""
        await self._queue.aclose()
