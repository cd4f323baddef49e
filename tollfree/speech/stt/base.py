"""The seam of speech to text."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from tollfree.protocol.audio import Samples
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.transcript import Transcript


class SpeechError(TollfreeError):
    """An engine of speech failed.

    SpeechError
    ├── RecognitionFailed   this stretch of sound could not be heard
    │   ├── Overloaded      too many wait already; nothing was done
    │   └── TooLate         its deadline has passed
    ├── RenderingFailed     this text could not be spoken
    └── UnknownEngine       no engine has that name, or what it needs is not installed
    """

    code = "speech"


class RecognitionFailed(SpeechError):
    """A stretch of sound could not be heard."""

    code = "recognition_failed"
    retryable = True


class Overloaded(RecognitionFailed):
    """Too many turns wait already. Said at once, before any work."""

    code = "overloaded"


class TooLate(RecognitionFailed):
    """The deadline of a turn passed before it was heard."""

    code = "too_late"
    retryable = False


class UnknownEngine(SpeechError):
    """No engine has that name, or its weights are not here."""

    code = "unknown_engine"


class Urgency(IntEnum):
    """Which decode goes first when several wait for the engine; lower goes first."""

    COMMIT = 0
    """The caller has finished and waits."""
    OFFER = 1
    """The caller may have finished."""
    INTERIM = 2
    """The caller is speaking; only the captions and the barge-in rule read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is likely to be said."""

    vocabulary: tuple[str, ...] = ()
    """Words and names of the flow and of the awaited slot. An engine may use them, and never invents them on
    silence."""
    slot: str = ""
    """Type of the awaited slot, such as `digits`; empty: free speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What a recogniser can do."""

    languages: tuple[str, ...]
    """BCP 47 tags."""
    punctuates: bool
    """Whether its text has sentence punctuation, which tells a finished sentence from a broken-off one."""
    hints: bool
    """Whether it uses `Hints.vocabulary`."""
    quick: bool = False
    """Whether a decode takes so little (some 50 ms, on hardware of its own) that one too many does not matter."""
    longest_s: float = 30.0
    """Longest stretch it hears at once, s; beyond, the last so many seconds count."""


class Recognizer(Protocol):
    """Turns a caller's sound into words. One instance serves one process; calls may overlap and are queued by
    urgency."""

    @property
    def name(self) -> str:
        """Engine and model, such as `whisper:tiny.en`."""
        ...

    @property
    def hearing(self) -> Hearing: ...

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """The words in `samples` (int16 mono at 16 kHz). Cancelling gives the place in the queue up; a decode that
        runs is finished and thrown away. Never blocks the loop. Raises `RecognitionFailed`."""
        ...

    async def warm_up(self) -> None:
        """Do once what the first decode would pay for."""
        ...

    async def aclose(self) -> None:
        """Let threads and memory go."""
        ...
