"""When the stages of each turn were reached: kept while it lasts, noted when it was answered."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from tollfree.calls.line import Noted
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import EffectId
from tollfree.protocol.values import Value


@dataclass(slots=True, kw_only=True)
class TurnTiming:
    """One turn of the caller and the answer to it; milliseconds since the call began. None: it did not happen."""

    turn: int
    began_ms: float
    speech_end_ms: float | None = None
    offered_ms: float | None = None
    heard_ms: float | None = None
    """The transcript of the offer that counts was there."""
    planned_ms: float | None = None
    """What it means was known."""
    committed_ms: float | None = None
    first_rendered_ms: float | None = None
    first_sent_ms: float | None = None
    looks: int | None = None
    confidence: float | None = None

    def data(self) -> dict[str, Value]:
        """As the note has it: what happened, to a tenth of a millisecond."""
        values: dict[str, float | int | None] = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: round(value, 1) for name, value in values.items() if value is not None}


class TurnTimings:
    """The turns of one call that are under way, and the interruption if there is one."""

    def __init__(self, now_ms: Callable[[], float], note: Callable[[Noted], None]) -> None:
        self._now_ms = now_ms
        self._note = note
        self._turns: dict[int, TurnTiming] = {}
        self._answering: TurnTiming | None = None
        self._answer: EffectId | None = None
        """The first line that was asked for after the turn: what is still being said from before is no answer."""
        self._interruption: dict[str, float] = {}

    def began(self, turn: int, at_ms: float) -> None:
        """A turn, or a further part of it, begins."""
        self._turns.setdefault(turn, TurnTiming(turn=turn, began_ms=at_ms))
        self._interruption = {"onset_ms": at_ms}

    def offered(self, turn: int) -> None:
        """Its words are wanted."""
        if (timing := self._turns.get(turn)) is not None:
            timing.offered_ms, timing.heard_ms, timing.planned_ms = self._now_ms(), None, None

    def heard(self, turn: int, looks: int) -> None:
        """Its words are there."""
        if (timing := self._turns.get(turn)) is not None:
            timing.heard_ms, timing.looks = self._now_ms(), looks

    def planned(self) -> None:
        """What the words mean is known."""
        for timing in self._turns.values():
            timing.planned_ms = self._now_ms()

    def committed(self, turn: int, speech_end_ms: float, confidence: float) -> None:
        """It is over; what is said now answers it."""
        self.flush()
        timing = self._turns.pop(turn, None)
        if timing is not None:
            timing.speech_end_ms, timing.committed_ms = speech_end_ms, self._now_ms()
            timing.confidence = confidence
            self._answering, self._answer = timing, None

    def dropped(self, turn: int) -> None:
        """It was none."""
        self._turns.pop(turn, None)

    def said(self, say: Say) -> None:
        """A line is to be spoken."""
        if self._answering is not None and self._answer is None:
            self._answer = say.id

    def became(self, composition: EffectId, say: Say) -> None:
        """A line that was begun while it was composed is known."""
        if self._answer == composition:
            self._answer = say.id

    def rendered(self, say: Say) -> None:
        """Sound of a line is ready."""
        if self._answering is not None and self._answer == say.id and self._answering.first_rendered_ms is None:
            self._answering.first_rendered_ms = self._now_ms()

    def sent(self, say: Say) -> None:
        """Sound of a line leaves."""
        if self._answering is not None and self._answer == say.id:
            self._answering.first_sent_ms = self._now_ms()
            self.flush()

    def flush(self) -> None:
        """Note the turn that was answered, or will not be any more."""
        timing, self._answering = self._answering, None
        if timing is not None:
            self._note(Noted(type="turn", data=timing.data()))

    def paused(self) -> None:
        """The agent fell silent for the caller."""
        self._interruption["paused_ms"] = self._now_ms()

    def interrupted(self, how: str, why: str) -> None:
        """What became of the interruption: `resumed` or `stopped`."""
        times: dict[str, Value] = {name: round(ms, 1) for name, ms in self._interruption.items()}
        self._interruption = {}
        data = {**times, "ended_ms": round(self._now_ms(), 1), "how": how, "why": why}
        self._note(Noted(type="interruption", data=data))
