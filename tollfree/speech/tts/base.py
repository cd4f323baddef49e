"""The seam of text to speech."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from tollfree.protocol.audio import Samples, spoken_ms
from tollfree.speech.stt.base import SpeechError

LONGEST_CLAUSE = 500
"""Characters of written text that a voice renders at once; a `Speaker` cuts longer ones."""


class RenderingFailed(SpeechError):
    """A text could not be spoken."""

    code = "rendering_failed"
    retryable = True


class Urgency(IntEnum):
    """Which clause goes first when several wait for an engine; lower goes first."""

    FIRST = 0
    """Somebody waits, and nothing is being played."""
    NEXT = 1
    """What was said before it is being played."""
    AHEAD = 2
    """It may be said: a plan, while the caller pauses."""
    PUBLISH = 3
    """A fixed line, before any call."""


class Haste:
    """How urgent a clause is: more so, once somebody waits for what was only prepared."""

    def __init__(self, urgency: Urgency = Urgency.FIRST) -> None:
        self._urgency = urgency
        self._hooks: list[Callable[[], None]] = []

    @property
    def urgency(self) -> Urgency:
        return self._urgency

    def hurry(self, urgency: Urgency) -> None:
        """It is at least so urgent from now on."""
        if urgency < self._urgency:
            self._urgency = urgency
            for hook in tuple(self._hooks):
                hook()

    def then(self, hook: Callable[[], None]) -> None:
        """Call `hook` whenever it becomes more urgent."""
        self._hooks.append(hook)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTime:
    """When a written word is over."""

    end: int
    """Place in the clause's *written* text just after the word: `clip.text[:end]` has been said by then."""
    end_ms: float
    """Milliseconds from the start of the clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One clause, spoken."""

    text: str
    """As it was written, not as it was normalised for the engine."""
    samples: Samples
    """At `SPOKEN_RATE`, trimmed, evenly loud, faded at both ends, and followed by the gap that its last sign asks
    for, so that clips sound right one after another."""
    words: tuple[WordTime, ...] = ()
    """In order; the last ends with the text, and when the sound does: after it comes the gap."""

    @property
    def ms(self) -> float:
        """How long it lasts."""
        return spoken_ms(len(self.samples))

    def heard(self, ms: float) -> str:
        """The written words that were over after so many milliseconds."""
        end = max((word.end for word in self.words if word.end_ms <= ms), default=0)
        return self.text if ms >= self.ms else self.text[:end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """What a voice can do."""

    languages: tuple[str, ...]
    """BCP 47 tags."""
    word_times: bool
    """Whether times come from the engine; else they are shared out over the clip by the length of the words."""
    real_time_factor: float | None = None
    """Seconds of work per second of speech as measured at set-up on this machine; None: not measured."""
    model: str = ""
    """What renderings kept on disk are bound to besides the voice's name: a hash of its weights and of everything
    else that shapes its sound."""


class Voice(Protocol):
    """Speaks clauses. One instance serves one process."""

    @property
    def name(self) -> str:
        """Engine and voice, such as `kokoro:af_heart`; with the text it names a rendering for good."""
        ...

    @property
    def speaking(self) -> Speaking: ...

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        """Speak one clause of written text: numbers, prices, dates and codes as people say them. Never blocks the
        loop. Cancelling gives the place in the queue up, and stops the work where it has begun. Raises
        `RenderingFailed`, also for more than `LONGEST_CLAUSE` characters. What has nothing to say gives an empty
        clip. `haste`: how urgent it is, None: somebody waits."""
        ...

    async def warm_up(self) -> None:
        """Do once what the first clause would pay for."""
        ...

    async def aclose(self) -> None:
        """Let threads and memory go."""
        ...
