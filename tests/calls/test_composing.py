"""Composed words are spoken from their first clause on, once the call asks for them; what is heard of them is told
once, whatever they come to."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from tests.fakes.call import FakeLog, FakeUnderstander, Journal
from tests.fakes.listening import LoudActivity
from tests.fakes.media import FakeMedia
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.speaker import CHARACTER_MS, FakeSpeaker
from tests.flows.driven import FACTS, LIBRARY, flow_of
from tollfree.calls.composing import Composing, Words
from tollfree.calls.lines.spoken import Ears, SpokenLine
from tollfree.calls.lines.written import WrittenLine
from tollfree.calls.media import Frame
from tollfree.calls.performing import Performers
from tollfree.calls.session import CallSummary, Session
from tollfree.calls.virtual_time import run_virtually
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import START, replay
from tollfree.flows.state import CallState
from tollfree.flows.state import Frame as StateFrame
from tollfree.protocol.audio import HEARD_RATE
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose, Say
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import EffectFailed, Spoken
from tollfree.protocol.ids import CallId, EffectId, NodeId
from tollfree.protocol.question import Answer, Question, Said
from tollfree.speech.turns.listener import Listener

CLAUSES = (
    "We have three pizzas for you today.",
    "The first one is called margherita.",
    "The second one has pepperoni on it.",
)
TEXT = " ".join(CLAUSES)
EVERY_S = 0.9
"""Before the waiting line is due."""
TICK_MS = 20
TALK: dict[str, Any] = {
    "kind": "talk",
    "goal": "Sell.",
    "outcomes": {"done": "it is sold"},
    "exits": dict.fromkeys(("done", "gave_up", "failed", "silent"), "bye"),
}


class Refused(TollfreeError):
    code = "refused"


@dataclass(frozen=True)
class Result:
    text: str
    exit: str | None = "done"
    cited: tuple[str, ...] = ()
    decided_by: str = "model"


class StreamingComposer:
    """Composes a clause every so often."""

    def __init__(self, clock: Clock, comes_to: Result | Exception, clauses: Sequence[str] = CLAUSES) -> None:
        self._clock = clock
        self._comes_to = comes_to
        self._clauses = clauses
        self.done_ms = 0.0
        self.given_up: list[str] = []
        """Effects whose composition was cancelled."""

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Result:
        try:
            return await self._compose(words)
        except asyncio.CancelledError:
            self.given_up.append(effect.id)
            raise

    async def _compose(self, words: Callable[[str], None]) -> Result:
        for count in range(1, len(self._clauses) + 1):
            await self._clock.sleep(EVERY_S)
            words(" ".join(self._clauses[:count]))
        await self._clock.sleep(EVERY_S)
        self.done_ms = self._clock.elapsed_ms()
        if isinstance(self._comes_to, Exception):
            raise self._comes_to
        return self._comes_to


class SlowUnderstander(FakeUnderstander):
    """Takes its time."""

    def __init__(self, clock: Clock, after_s: float) -> None:
        super().__init__({})
        self._clock, self._after_s = clock, after_s

    async def understand(self, question: Question, said: Said) -> Answer:
        if self._after_s:
            await self._clock.sleep(self._after_s)
        return await super().understand(question, said)


class Call:
    """One call whose agent composes what it says, in virtual time."""

    def __init__(
        self,
        clock: Clock,
        comes_to: Result | Exception,
        *,
        speech: Sequence[tuple[float, float]] = (),
        understands_after_s: float = 0.0,
    ) -> None:
        self.clock = clock
        self._understander = SlowUnderstander(clock, understands_after_s)
        self.media = FakeMedia()
        self.composer = StreamingComposer(clock, comes_to)
        self.log = FakeLog(Journal())
        self.flow = compile_or_raise(flow_of({"talk": TALK}), LIBRARY)
        self.sounded: list[float] = []
        """When the agent was heard, ms."""
        self._speech = speech

    async def run(self) -> CallSummary:
        ears = Ears(
            recognizer=ScriptedRecognizer("what about the price please", clock=self.clock),
            activity=LoudActivity(),
            listener=Listener(),
        )
        line = SpokenLine(self.media, ears, FakeSpeaker(), self.clock)
        session = Session(
            CallId("c1"),
            self.flow,
            line,
            self.log,
            Performers(understands=self._understander, composer=self.composer),
            self.clock,
            timezone=ZoneInfo("UTC"),
            pause=self.clock.sleep,
        )
        await line.start()
        passing = asyncio.ensure_future(self._pass_time())
        try:
            return await session.run(FACTS)
        finally:
            passing.cancel()
            await asyncio.gather(passing, return_exceptions=True)
            await line.close()

    async def _pass_time(self) -> None:
        tone = np.tile(np.array([8000, -8000], np.int16), HEARD_RATE * TICK_MS // 2000)
        while True:
            now_ms = self.clock.elapsed_ms()
            loud = any(start <= now_ms < end for start, end in self._speech)
            self.media.tell(Frame(samples=tone if loud else np.zeros(len(tone), np.int16)))
            if self.media.take(TICK_MS).any():
                self.sounded.append(now_ms)
            await self.clock.sleep(TICK_MS / 1000)

    @property
    def spoken(self) -> list[Spoken]:
        return [event for event in self.log.events if isinstance(event, Spoken)]

    @property
    def taken_back(self) -> list[str]:
        """What was heard of compositions that were not said to their end."""
        return [one.heard for one in self.spoken if one.unfinished]


def call_of(comes_to: Result | Exception, **how: Any) -> tuple[Call, CallSummary]:
    async def main(clock: Clock) -> tuple[Call, CallSummary]:
        call = Call(clock, comes_to, **how)
        return call, await call.run()

    return run_virtually(main)


def said_by_agent(summary: CallSummary) -> list[str]:
    return [turn.text for turn in summary.state.turns if turn.who == "agent"]


def test_the_first_clause_sounds_before_the_last_is_composed_and_the_line_is_told_once() -> None:
    call, summary = call_of(Result(TEXT))
    assert call.sounded[0] < 1000 * EVERY_S + 100
    assert call.sounded[0] < call.composer.done_ms - 2500
    assert (call.spoken[0].heard, call.spoken[0].complete) == (TEXT, True)
    assert len({one.effect for one in call.spoken}) == len(call.spoken)
    assert len(call.sounded) * TICK_MS >= len(TEXT) * CHARACTER_MS * 0.9, "every clause was heard"
    assert replay(call.flow, call.log.events) == summary.state


def test_two_calls_alike_leave_the_same_log() -> None:
    first, second = (call_of(Result(TEXT))[0] for _ in range(2))
    assert first.log.records == second.log.records and first.sounded == second.sounded


def test_a_caller_who_interrupts_before_all_is_composed_has_heard_the_words_that_were_out() -> None:
    call, summary = call_of(Result(TEXT, exit=None), speech=[(1150, 2600), (9000, 9200)])
    first = call.spoken[0]
    assert first.unfinished and not first.complete
    assert first.heard and CLAUSES[0].startswith(first.heard) and first.heard != CLAUSES[0]
    assert said_by_agent(summary)[0] == first.heard
    assert call.composer.given_up[:1] == [first.effect]
    again = next(at for at in call.sounded if at > 2600)
    assert again < 2600 + 1000 * EVERY_S + 500, "their words are answered, without waiting for what they interrupted"
    assert "caller_silent" not in [record.type for record in call.log.records if record.at < "2026-01-05T10:00:08"]
    assert replay(call.flow, call.log.events) == summary.state


def test_an_answer_that_was_interrupted_is_not_begun_again_while_it_is_worked_out_what_was_said() -> None:
    call, summary = call_of(Result(TEXT, exit=None), speech=[(1150, 2600), (12_000, 12_200)], understands_after_s=1.5)
    composed = [record.at for record in call.log.records if record.type == "composed"]
    answered = [record.at for record in call.log.records if record.type == "answered"]
    assert composed[0] < answered[0], "the answer came while the words were being understood"
    assert not [at for at in call.sounded if 2600 < at < 4200]
    assert [at for at in call.sounded if 4200 < at < 6500], "their words are answered"
    assert said_by_agent(summary)[0] == call.spoken[0].heard
    assert replay(call.flow, call.log.events) == summary.state


def test_a_composition_that_fails_ends_with_the_clause_that_sounds_and_what_was_heard_is_noted() -> None:
    call, summary = call_of(Refused("no"))
    assert EffectFailed in [type(event) for event in call.log.events]
    [taken] = call.taken_back
    assert taken == TEXT, "a second passes between the last clause and the failure"
    assert summary.path[0] == "talk.failed"
    assert replay(call.flow, call.log.events) == summary.state


def test_other_words_than_were_begun_are_said_whole_and_answered_as_any_line() -> None:
    other = "I may not tell you that."
    call, summary = call_of(Result(other))
    assert call.taken_back == [TEXT]
    assert (call.spoken[1].heard, call.spoken[1].complete) == (other, True)
    assert replay(call.flow, call.log.events) == summary.state


def test_words_that_follow_the_last_clause_are_said_with_it() -> None:
    call, summary = call_of(Result(f"{TEXT} And that is all."))
    assert (call.spoken[0].heard, call.spoken[0].complete) == (f"{TEXT} And that is all.", True)
    assert summary.path[0] == "talk.done"
    assert call.taken_back == []


# On a plan


class Growing(WrittenLine):
    """What a line was asked to render, and to speak."""

    def __init__(self) -> None:
        super().__init__()
        self.prepared: list[str] = []
        self.begun: list[str] = []

    def show(self, text: str) -> bool:
        return True

    def turn(self, listening: bool) -> None:
        return None

    def prepare(self, say: Say) -> None:
        self.prepared.append(say.text)

    def begin(self, so_far: Say) -> None:
        self.begun.append(so_far.text)


def test_on_a_plan_words_are_rendered_and_spoken_only_once_the_call_asks_for_them() -> None:
    line = Growing()
    composing = Composing(line, began=lambda: None, taken_back=lambda: None)
    effect = Compose(id=EffectId("e3"), purpose="talk", instructions="x")
    waits = _waiting_for(effect.id)
    composition = composing.start(effect)
    composing.grow(Words(composition, CLAUSES[0]), waits)
    assert (line.prepared, line.begun) == ([CLAUSES[0]], [])
    composing.ask_for(effect, waits)
    composing.grow(Words(composition, TEXT), waits)
    assert line.begun == [CLAUSES[0], TEXT]


def test_words_of_a_plan_that_was_made_anew_count_for_nothing() -> None:
    line = Growing()
    composing = Composing(line, began=lambda: None, taken_back=lambda: None)
    effect = Compose(id=EffectId("e3"), purpose="talk", instructions="x")
    void = composing.start(effect)
    composing.start(effect)
    composing.ask_for(effect, _waiting_for(effect.id))
    composing.grow(Words(void, TEXT), _waiting_for(effect.id))
    assert line.begun == [] and line.prepared == []


def test_nothing_is_begun_while_the_caller_is_served_elsewhere() -> None:
    line = Growing()
    composing = Composing(line, began=lambda: None, taken_back=lambda: None)
    effect = Compose(id=EffectId("e3"), purpose="talk", instructions="x")
    composition = composing.start(effect)
    composing.ask_for(effect, _waiting_for(EffectId("e4")))
    composing.grow(Words(composition, TEXT), _waiting_for(EffectId("e4")))
    assert line.begun == []


def _waiting_for(effect: EffectId) -> CallState:
    return replace(
        START, frames=(StateFrame(scope=0, node=NodeId("talk"), visit=1, opened_by="start", waiting=effect),)
    )
