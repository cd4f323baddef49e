"""Plays scripted callers with a voice: recordings of their turns, and an honest yes or no when the agent reads back
what it heard, as whoever spoke the turns would give it.

What they would say is known from the same caller's typed call: which question each turn answers there, and which
values come of it. A read-back is no exit, so the path that the script promises stays the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.script import Script, ScriptLine
from tollfree.calls.lines.sound_file import SoundFile
from tollfree.calls.lines.wav import WavMedia
from tollfree.calls.lines.wav_caller import Clip, read_wav_caller
from tollfree.calls.log import event_of, token_of
from tollfree.calls.session import CallSummary
from tollfree.calls.store.record import LogEntry
from tollfree.flows.engine import START, step
from tollfree.flows.graph import Flow
from tollfree.flows.nodes.ask import Asking
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
class ReadBack:
    """A value that the agent has heard and asks about."""

    slot: str
    value: Value


@dataclass(frozen=True, slots=True)
class Typed:
    """The caller's call as it goes in writing."""

    asked: tuple[ReadBack | None, ...]
    """What was being read back when each of the caller's turns came."""
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
    def reads_back(self) -> ReadBack | None:
        """What the agent asks about now."""
        local = self._state.frames[-1].local if self._state.frames else None
        if not isinstance(local, Asking) or not local.unsure or self._state.hearing is not None:
            return None
        return ReadBack(*local.unsure[0])


class _Typist(ScriptLine):
    """Types the script, and looks what each turn answers."""

    def __init__(self, script: Script, follower: Follower) -> None:
        super().__init__(script)
        self._follower = follower
        self.asked: list[ReadBack | None] = []

    def turn(self, listening: bool) -> CallerEvent | None:
        turn = super().turn(listening)
        if turn is not None:
            self.asked.append(self._follower.reads_back)
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
    answers = _Answers(typed, follower, voice)
    caller = replace(read_wav_caller(voice / script.name, script), aside=answers)

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
        words=tuple(follower.words),
    )


class _Answers:
    """What the caller says to a read-back that nobody wrote a turn for."""

    def __init__(self, typed: Typed, follower: Follower, voice: Path) -> None:
        self._typed = typed
        self._follower = follower
        self._voice = voice
        self.given = 0

    def __call__(self, turn: int) -> Clip | None:
        """Before the caller's turn of that number: what they say instead, if anything."""
        asks = self._follower.reads_back
        expected = self._typed.asked[turn] if turn < len(self._typed.asked) else None
        if asks is None or (expected is not None and expected.slot == asks.slot):
            return None
        file = self._voice / (YES if (asks.slot, asks.value) in self._typed.meant else NO)
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
