"""A call's surroundings at their seams, with a journal of the order in which things happened."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tollfree.calls.line import CallerEvent, LineEvent
from tollfree.calls.lines.written import WrittenLine
from tollfree.calls.log import event_of
from tollfree.calls.store.errors import OutOfSequence, StoreUnavailable
from tollfree.calls.store.record import LogRecord
from tollfree.calls.tools.answer import ToolResult
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.effects import Say
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import CallEnded, CallerSpoke, CallEvent, Spoken
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.question import Answer, Question, Said
from tollfree.protocol.values import Values


class MovedClock:
    """A clock that moves a second at every look, so that no two moments are the same."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def elapsed_ms(self) -> float:
        return self.at.timestamp() * 1000

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def working(self) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass
class Journal:
    """What happened, in order: `said …`, `kept …`, `called …`, `hung up`."""

    entries: list[str] = field(default_factory=list)

    def note(self, entry: str) -> None:
        self.entries.append(entry)

    def before(self, first: str, second: str) -> bool:
        """Whether something came before something else."""
        return self.entries.index(first) < self.entries.index(second)


class FakeLine(WrittenLine):
    """A caller who says what they were given, then hangs up. `fails_at` says which line breaks the connection."""

    name = "fake"

    def __init__(
        self, journal: Journal, turns: Sequence[LineEvent | str] = (), *, fails_at: str = "", heard: str | None = None
    ) -> None:
        super().__init__()
        self._journal = journal
        self._turns = deque(CallerSpoke(text=turn) if isinstance(turn, str) else turn for turn in turns)
        self._fails_at = fails_at
        self._heard = heard
        self.said: list[str] = []
        self.prepared: list[str] = []
        self.judged: list[tuple[int, Completeness]] = []

    def show(self, text: str) -> bool:
        if self._fails_at and self._fails_at in text:
            raise ConnectionResetError("the line is gone")
        self._journal.note(f"said {text}")
        self.said.append(text)
        return True

    def say(self, say: Say) -> None:
        if self._heard is None:
            super().say(say)
        else:
            self.show(say.text)
            self.tell(Spoken(effect=say.id, heard=self._heard, complete=self._heard == say.text))

    def turn(self, listening: bool) -> CallerEvent | None:
        if not listening:
            return None
        self._journal.note("listened")
        return self._turns.popleft() if self._turns else CallEnded(reason="caller_hung_up")

    def prepare(self, say: Say) -> None:
        self._journal.note(f"prepared {say.text}")
        self.prepared.append(say.text)

    def planned(self, offer: int, completeness: Completeness) -> None:
        self._journal.note(f"judged {completeness}")
        self.judged.append((offer, completeness))

    def tell(self, event: LineEvent) -> None:
        """Something happens on the line now."""
        self._come(event)

    async def hang_up(self) -> None:
        self._journal.note("hung up")
        await super().hang_up()


class LogRefused(TollfreeError):
    """The store cannot keep any more."""

    code = "disk_full"


class FakeLog:
    """Keeps records in memory. Refuses from the record on that `refuses` is true of, and is `busy` for so many
    appends at first; with `keeps`, the records of an append that found it busy are there all the same."""

    def __init__(
        self,
        journal: Journal,
        refuses: Callable[[LogRecord], bool] = lambda record: False,
        *,
        busy: int = 0,
        keeps: bool = False,
    ) -> None:
        self._journal = journal
        self._refuses = refuses
        self._busy = busy
        self._keeps = keeps
        self.records: list[LogRecord] = []

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        if self._busy:
            self._busy -= 1
            if self._keeps and expected_seq == len(self.records):
                self.records += records
            raise StoreUnavailable("The database is locked.")
        if expected_seq != len(self.records):
            raise OutOfSequence(call, expected_seq, len(self.records))
        if any(self._refuses(record) for record in records):
            raise LogRefused("The disk is full; nothing more can be kept.")
        for record in records:
            self._journal.note(f"kept {record.kind} {record.type}{_detail(record)}")
        self.records += records
        return len(self.records)

    @property
    def events(self) -> list[CallEvent]:
        return [event_of(record) for record in self.records if record.kind == "event"]


def _detail(record: LogRecord) -> str:
    return f" {record.data['text']}" if record.kind == "effect" and record.type == "say" else ""


class FakeUnderstander:
    """Knows what some words mean. An exception among the meanings is raised."""

    def __init__(self, meanings: Mapping[str, Answer | Exception]) -> None:
        self._meanings = meanings
        self.asked: list[tuple[Question, Said]] = []

    async def understand(self, question: Question, said: Said) -> Answer:
        self.asked.append((question, said))
        meaning = self._meanings.get(said.text, Answer())
        if isinstance(meaning, Exception):
            raise meaning
        return meaning


class FakeTools:
    """Tools that answer what they are told to, when they are told to."""

    def __init__(self, journal: Journal, answer: Callable[[], Awaitable[ToolResult]]) -> None:
        self._journal = journal
        self._answer = answer
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(self, name: str, arguments: Values, *, effect: EffectId, call: CallId) -> ToolResult:
        self._journal.note(f"called {name}")
        self.calls.append((name, dict(arguments)))
        result = await self._answer()
        self._journal.note(f"answered {name}")
        return result
