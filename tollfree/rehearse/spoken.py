"""Plays scripted callers with a voice: recordings of their turns, and what whoever spoke them would say besides: an
honest yes or no when the agent reads back what it heard, and the same again, once, when it asks again.

What they would say is known from the same caller's typed call: which question each turn answers there, and which
values come of it. Neither a read-back nor a question that is put again is an exit, so the path that the script
promises stays the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.script import Script, ScriptLine
from tollfree.calls.lines.sound_file import SoundFile
from tollfree.calls.lines.wav import WavMedia
from tollfree.calls.lines.wav_caller import Clip, Item, read_wav_caller
from tollfree.calls.log import event_of, token_of
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.nodes.ask import Asking
from tollfree.flows.nodes.order import Ordering
from tollfree.flows.state import CallState
from tollfree.protocol.events import CallEvent
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.engines import Engines
from tollfree.wiring.office import Observer, Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.spoken_calls import place_spoken_call

YES, NO = "yes.opus", "no.opus"
"""Beside a voice's callers: how it says that what was read back is right, or is not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the agent asks now."""

    node: str
    phase: str = ""
    """Of an order."""
    slot: str = ""
    """The value of it that was heard is being read back."""
    value: Value = None

    def same(self, other: "Asked | None") -> bool:
        """Whether one answer does for both."""
        return other is not None and (self.node, self.phase, self.slot) == (other.node, other.phase, other.slot)


@dataclass(frozen=True, slots=True)
class Typed:
    """The caller's call as it goes in writing."""

    asked: tuple[Asked | None, ...]
    """What was asked when each of the caller's turns came."""
    meant: tuple[tuple[str, Value], ...]
    """Slots and the values that came of the turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenRehearsal:
    """What came of one spoken call."""

    script: Script
    voice: str
    summary: CallSummary
    read_back: int
    """Read-backs that the typed call does not have."""
    repeated: int
    """Turns that were said again."""
    words: tuple[str, ...]
    """What was said and heard, a line each, with the exits taken in between."""

    @property
    def typed_path(self) -> bool:
        """Whether the call took the path that its script promises."""
        return self.summary.path == self.script.path


class Follower:
    """A call as somebody sees it who reads its log."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._state: CallState = START
        self.words: list[str] = []
        self.meant: list[tuple[str, Value]] = []

    def __call__(self, entry: LogEntry) -> None:
        """The next record."""
        record = entry.record
        if record.kind == "event":
            self._event(event_of(record))
        elif record.kind == "token":
            token = token_of(record)
            self.words.append(f"[{token.step}]")
            self.meant += token.slots.items()

    def _event(self, event: CallEvent) -> None:
        self._state = step(self._flow, self._state, event).state
        match event.type:
            case "caller_spoke":
                self.words.append(f"caller: {event.text} ({event.confidence:.2f})")
            case "spoken":
                self.words.append(f"agent: {event.heard}{'' if event.complete else ' …'}")
            case "caller_silent" | "key_pressed" | "call_ended":
                self.words.append(f"caller: [{event.type}]")
            case _:
                pass

    @property
    def asks(self) -> Asked | None:
        """What the agent asks now; None: nothing, it works."""
        frames = self._state.frames
        if not frames or self._state.working_out or frames[-1].waiting is not None:
            return None
        match frames[-1].local:
            case Asking(unsure=((slot, value), *_)):
                return Asked(frames[-1].node, slot=slot, value=value)
            case Ordering(phase=phase):
                return Asked(frames[-1].node, phase=phase)
            case _:
                return Asked(frames[-1].node)


class _Typist(ScriptLine):
    """Types the script, and looks what each turn answers."""

    def __init__(self, script: Script, follower: Follower) -> None:
        super().__init__(script)
        self._follower = follower
        self.asked: list[Asked | None] = []

    def turn(self, listening: bool) -> CallerEvent | None:
        turn = super().turn(listening)
        if turn is not None:
            self.asked.append(self._follower.asks)
        return turn


async def type_out(office: Office, project: ProjectId, script: Script) -> Typed:
    """Place the call in writing."""
    wanted = _wanted(project, script)
    follower = Follower((await office.place(wanted, "text")).version.flow)
    line = _Typist(script, follower)
    await office.place_call(project, line, agent=wanted.agent, caller=wanted.caller, observe=follower)
    return Typed(asked=tuple(line.asked), meant=tuple(follower.meant))


async def rehearse_spoken(
    office: Office,
    engines: Engines,
    project: ProjectId,
    script: Script,
    voice: Path,
    typed: Typed,
    *,
    observe: Observer | None = None,
) -> SpokenRehearsal:
    """Place the call with the turns in the folder `voice`/NAME, and the voice's yes and no. Raises `BadSound` or
    `BadScript` when those do not belong to the script, and what `place_spoken_call` raises."""
    wanted = _wanted(project, script)
    follower = Follower((await office.place(wanted, "wav")).version.flow)
    caller = read_wav_caller(voice / script.name, script)
    answers = HonestAnswers(typed, follower, voice, caller.items)
    caller = replace(caller, aside=answers)

    def both(entry: LogEntry) -> None:
        follower(entry)
        if observe is not None:
            observe(entry)

    summary = await place_spoken_call(office, wanted, WavMedia(caller, office.clock), engines, observe=both)
    return SpokenRehearsal(
        script=script,
        voice=voice.name,
        summary=summary,
        read_back=answers.given,
        repeated=answers.repeated,
        words=tuple(follower.words),
    )


class HonestAnswers:
    """What the caller says to a question that nobody wrote a turn for."""

    def __init__(self, typed: Typed, follower: Follower, voice: Path, items: Sequence[Item] = ()) -> None:
        """`items`: the caller's own; without them nothing is said again."""
        self._typed = typed
        self._follower = follower
        self._voice = voice
        self._items = items
        self._again = -1
        """The turn before which something was said again."""
        self.given = 0
        self.repeated = 0

    def __call__(self, turn: int) -> Clip | None:
        """Before the caller's turn of that number: what they say instead, if anything."""
        asked = self._follower.asks
        expected = self._typed.asked[turn] if turn < len(self._typed.asked) else None
        if asked is None or asked.same(expected):
            return None
        if asked.slot:
            return self._confirmed(asked)
        before = self._items[turn - 1] if 0 < turn <= len(self._items) else None
        if not isinstance(before, Clip) or self._again == turn:
            return None
        self._again = turn
        self.repeated += 1
        return Clip(before.sound)

    def _confirmed(self, asked: Asked) -> Clip | None:
        file = self._voice / (YES if (asked.slot, asked.value) in self._typed.meant else NO)
        if not file.is_file():
            return None
        self.given += 1
        return Clip(SoundFile(file))


def spoken_callers(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every voice's folder, and the names of the callers in it."""
    for voice in sorted(path for path in folder.iterdir() if path.is_dir()):
        for caller in sorted(path for path in voice.iterdir() if path.is_dir()):
            yield voice, caller.name


def _wanted(project: ProjectId, script: Script) -> Wanted:
    directives = script.directives
    return Wanted(project=project, agent=directives.get("agent", "main"), caller=directives.get("caller", ""))
