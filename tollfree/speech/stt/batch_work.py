"""A turn in the queue for batches, and whoever waits for it."""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Protocol

from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Urgency


class BatchTurn(Protocol):
    """A turn that takes looks together with others: see `tollfree.speech.stt.turn_looks.Turn`."""

    transcript: Transcript | None
    took_ms: float
    largest: int
    language: str

    @property
    def kind(self) -> Hashable:
        """Turns of one kind may take their next look together."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of a turn, and what it took."""

    transcript: Transcript
    waited_ms: float
    """Milliseconds until the first look at it began."""
    batch: int
    """The most turns that were looked at together with it, itself among them; 0: it was no speech."""
    language: str
    """What was taken to be spoken."""


class Work:
    """One turn and whoever waits for it."""

    def __init__(
        self,
        begin: Callable[[], BatchTurn],
        urgency: Urgency,
        place: int,
        number: int,
        future: "asyncio.Future[Heard]",
        within_s: float | None,
    ) -> None:
        self.begin = begin
        """Prepares it."""
        self.urgency = urgency
        self.place = place
        self.number = number
        self.future = future
        self.came_s = time.monotonic()
        self.begun_s = 0.0
        """When the first look at it began."""
        self.kind: Hashable | None = None
        self.turn: BatchTurn | None = None
        self.taken = False
        """Somebody prepares it, or has."""
        self.unwanted = False
        self._loop = future.get_loop()
        self._ends_s = None if within_s is None else self.came_s + within_s

    @property
    def late(self) -> bool:
        """Its deadline has passed."""
        return self._ends_s is not None and time.monotonic() >= self._ends_s

    @property
    def gone(self) -> bool:
        """Nobody waits for it, or only in vain."""
        return self.unwanted or self.late

    def go_on(self) -> bool:
        """Whether it wants another look. If not, whoever waits is told what was heard. From any thread."""
        turn = self.turn
        if turn is None:
            return False
        if turn.transcript is None:
            self.kind = turn.kind
            return True
        transcript = replace(turn.transcript, took_ms=turn.took_ms)
        waited_ms = (self.begun_s - self.came_s) * 1000
        heard = Heard(transcript=transcript, waited_ms=waited_ms, batch=turn.largest, language=turn.language)
        self._tell(lambda: self.future.set_result(heard))
        return False

    def fail(self, error: Exception) -> None:
        """Tell whoever waits. From any thread."""
        self._tell(lambda: self.future.set_exception(error))

    def _tell(self, settle: Callable[[], None]) -> None:
        def unless_gone() -> None:
            if not self.future.done():
                settle()

        try:
            self._loop.call_soon_threadsafe(unless_gone)
        except RuntimeError:  # that loop was closed meanwhile: nobody waits
            self.unwanted = True
