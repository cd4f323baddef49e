"""One call, performed: the log comes first, what fails fails aloud, and the flow decides what that means."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.call import FakeLine, FakeLog, FakeTools, FakeUnderstander, Journal, MovedClock
from tests.flows.driven import FACTS, LIBRARY, ask, flow_of, lookup, reading
from tollfree.calls.line import CallerEvent
from tollfree.calls.performers import Composer, Knowledge, NoComposer, NoKnowledge, NoSwitchboard, Switchboard
from tollfree.calls.performing import Performers
from tollfree.calls.session import CallSummary, Session
from tollfree.calls.store.errors import StoreError
from tollfree.calls.store.record import LogEntry
from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.tools.errors import ToolError
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.engine import replay
from tollfree.protocol.events import CallEnded, CallerSilent, EffectFailed, Spoken, TimerFired
from tollfree.protocol.ids import CallId
from tollfree.protocol.question import Answer, Question, Said

TROUBLE = "I'm sorry, something went wrong on our side."
GIVEN = Answer(slots=(reading("code", "123"),), confidence=1.0, decided_by="rules")
FLOW = flow_of(
    {
        "hello": {"kind": "say", "say": "Hello.", "exits": {"said": "code"}},
        "code": ask(exits={"given": "find"}),
        "find": lookup("sorry", save="thing", while_waiting="One moment.", exits={"found": "thanks"}),
        "thanks": {"kind": "end", "say": "Thanks, {{ thing.name }}."},
        "sorry": {"kind": "end", "say": "Sorry.", "outcome": "not_found"},
    }
)


class Rig:
    """A session with everything around it faked."""

    def __init__(
        self,
        turns: Any = ("one two three",),
        *,
        answer: Callable[[], Awaitable[ToolResult]] | None = None,
        document: Any = FLOW,
        waiting_line_after_s: float = 60,
        **fakes: Any,
    ) -> None:
        self.journal = Journal()
        self.line = FakeLine(
            self.journal, turns, **{name: value for name, value in fakes.items() if name in ("fails_at", "heard")}
        )
        self.log = FakeLog(
            self.journal, **{name: v for name, v in fakes.items() if name in ("refuses", "busy", "keeps")}
        )
        self.understander = FakeUnderstander({"one two three": GIVEN, **fakes.get("meanings", {})})
        self.tools = FakeTools(self.journal, answer if answer is not None else found)
        self.switchboard: Switchboard = fakes.get("switchboard", NoSwitchboard())
        self.knowledge: Knowledge = fakes.get("knowledge", NoKnowledge())
        self.composer: Composer = fakes.get("composer", NoComposer())
        self.flow = compile_or_raise(document, LIBRARY)
        self.observed: list[LogEntry] = []
        self.clock: MovedClock = MovedClock()
        self.paused: list[float] = []
        self._waiting_line_after_s = waiting_line_after_s

    def session_with(self, *, asks_models: bool = False, **options: Any) -> Session:
        return Session(
            CallId("c1"),
            self.flow,
            self.line,
            self.log,
            Performers(
                understands=self.understander,
                tools=self.tools,
                asks_models=asks_models,
                switchboard=self.switchboard,
                knowledge=self.knowledge,
                composer=self.composer,
            ),
            self.clock,
            **{
                "timezone": ZoneInfo("America/New_York"),
                "observe": self.observed.append,
                "waiting_line_after_s": self._waiting_line_after_s,
                "pause": self._pause,
                **options,
            },
        )

    async def run(self) -> CallSummary:
        return await self.session_with().run(FACTS)

    async def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.clock.at += timedelta(seconds=seconds)


class StillClock(MovedClock):
    """A clock that stands."""

    def now(self) -> datetime:
        return self.at


async def found() -> ToolResult:
    return ToolResult(found=True, result={"name": "Ann"})


# The whole of a call


async def test_a_call_is_served_to_its_end() -> None:
    rig = Rig()
    summary = await rig.run()
    assert rig.line.said == ["Hello.", "Which code?", "Thanks, Ann."]
    assert summary.path == ("hello.said", "code.given", "find.found", "thanks.ended")
    assert summary.outcome == "thanks"
    assert rig.tools.calls == [("find", {"code": "123"})]
    assert rig.journal.entries[-1] == "kept event call_ended"


async def test_nothing_is_said_or_called_or_hung_up_before_the_log_holds_it() -> None:
    journal = Rig().journal
    rig = Rig()
    await rig.run()
    journal = rig.journal
    for text in ("Hello.", "Which code?", "Thanks, Ann."):
        assert journal.before(f"kept effect say {text}", f"said {text}")
    assert journal.before("kept event caller_spoke", "called find")
    assert journal.before("kept effect lookup", "called find")
    assert journal.before("answered find", "kept event looked_up")
    assert journal.before("kept effect hang_up", "hung up")


async def test_the_log_replays_to_the_very_state() -> None:
    rig = Rig(("what?", CallerSilent(), "one two three"), heard="Hel")
    summary = await rig.run()
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_every_record_is_observed_once_it_is_kept_and_in_order() -> None:
    rig = Rig()
    await rig.run()
    assert [entry.record for entry in rig.observed] == rig.log.records
    assert [entry.seq for entry in rig.observed] == list(range(len(rig.log.records)))


async def test_times_are_in_the_projects_time_zone() -> None:
    rig = Rig()
    await rig.run()
    assert rig.log.records[0].at == "2026-11-22T09:05:01.000-05:00"


async def test_only_what_was_heard_becomes_history() -> None:
    rig = Rig(heard="Hel")
    await rig.run()
    assert Spoken in [type(event) for event in rig.log.events]
    assert {turn.text for turn in (await Rig(heard="Hel").run()).state.turns if turn.who == "agent"} == {"Hel"}


# Tools


async def test_a_tool_that_fails_takes_the_way_its_author_gave_it() -> None:
    async def fails() -> ToolResult:
        raise ToolError("The backend answered 500.", code="http_500")

    rig = Rig(answer=fails)
    summary = await rig.run()
    assert summary.path[-2:] == ("find.failed", "sorry.ended")
    [failed] = [event for event in rig.log.events if isinstance(event, EffectFailed)]
    assert (failed.code, failed.message) == ("http_500", "The backend answered 500.")


async def test_an_engine_that_raises_something_unexpected_costs_its_effect_and_not_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def breaks() -> ToolResult:
        raise ZeroDivisionError("a secret the log must not hold")

    rig = Rig(answer=breaks)
    with caplog.at_level(logging.ERROR):
        summary = await rig.run()
    assert summary.path[-2:] == ("find.failed", "sorry.ended")
    [failed] = [event for event in rig.log.events if isinstance(event, EffectFailed)]
    assert (failed.code, failed.message) == ("internal", "ZeroDivisionError")
    assert [record.message for record in caplog.records] == ["effect failed"]


async def test_an_understander_that_breaks_has_the_caller_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(("boom", "one two three"), meanings={"boom": ValueError("broken")})
    with caplog.at_level(logging.CRITICAL, logger="tollfree"):
        summary = await rig.run()
    assert summary.outcome == "thanks"
    assert len(rig.line.said) == 4


async def test_a_slow_tool_says_the_waiting_line_once() -> None:
    release = asyncio.Event()

    async def slow() -> ToolResult:
        await release.wait()
        return await found()

    rig = Rig(answer=slow, waiting_line_after_s=0)
    call = asyncio.ensure_future(rig.run())
    while "One moment." not in rig.line.said:
        await asyncio.wait({call}, timeout=0)
    for _ in range(50):
        await asyncio.wait({call}, timeout=0)
    release.set()
    assert (await call).outcome == "thanks"
    assert rig.line.said.count("One moment.") == 1
    assert rig.journal.before("kept note waiting_line", "said One moment.")
    assert replay(rig.flow, rig.log.events) == (await call).state


async def test_a_quick_tool_says_no_waiting_line() -> None:
    rig = Rig()
    await rig.run()
    assert "One moment." not in rig.line.said


async def test_without_a_switchboard_a_transfer_fails_aloud() -> None:
    rig = Rig((), document=flow_of({"staff": {**_TRANSFER}}))
    assert (await rig.run()).path == ("staff.failed", "bye.ended")
    [failed] = [event for event in rig.log.events if isinstance(event, EffectFailed)]
    assert failed.code == "no_engine"


async def test_without_knowledge_and_models_questions_and_talks_fail_aloud() -> None:
    answer = {
        "kind": "answer",
        "ask": "Yes?",
        "exits": dict.fromkeys(("answered", "unknown", "failed", "silent"), "talk"),
    }
    talk: dict[str, Any] = {"kind": "talk", "goal": "x", "outcomes": {"done": "x"}}
    talk["exits"] = dict.fromkeys(("done", "gave_up", "failed", "silent"), "bye")
    rig = Rig(("why?",), document=flow_of({"faq": answer, "talk": talk}))
    assert (await rig.run()).path == ("faq.failed", "talk.failed", "bye.ended")


_TRANSFER = {"kind": "transfer", "to": "x", "exits": dict.fromkeys(("connected", "nobody", "failed"), "bye")}


# What breaks


async def test_a_caller_who_hangs_up_ends_the_call() -> None:
    summary = await Rig(()).run()
    assert (summary.outcome, summary.path) == ("caller_hung_up", ("hello.said", "code.left"))


async def test_a_line_that_is_lost_ends_the_call_as_lost() -> None:
    assert (await Rig((CallEnded(reason="line_lost"),)).run()).outcome == "line_lost"


async def test_a_line_that_dies_while_the_agent_speaks_ends_the_call_recorded(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(fails_at="Which")
    with caplog.at_level(logging.CRITICAL, logger="tollfree"):
        summary = await rig.run()
    assert summary.outcome == "error"
    assert rig.line.said == ["Hello.", TROUBLE]
    assert [record.type for record in rig.log.records if record.kind == "note"] == [
        "session_failed",
        "trouble_line",
    ]
    assert rig.journal.before("kept note trouble_line", f"said {TROUBLE}")
    assert rig.journal.before("kept event call_ended", "hung up")
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_a_line_that_dies_while_a_tool_works_leaves_nothing_running(caplog: pytest.LogCaptureFixture) -> None:
    stopped = asyncio.Event()

    async def endless() -> ToolResult:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    rig = Rig(answer=endless, waiting_line_after_s=0, fails_at="One moment")
    with caplog.at_level(logging.CRITICAL, logger="tollfree"):
        assert (await rig.run()).outcome == "error"
    await asyncio.wait_for(stopped.wait(), 5)


@pytest.mark.parametrize("type", ["caller_spoke", "lookup", "looked_up", "hang_up"])
async def test_when_the_store_refuses_the_caller_is_told_and_nothing_else_happens(type: str) -> None:
    rig = Rig(refuses=lambda record: record.type == type)
    with pytest.raises(StoreError, match="disk is full"):
        await rig.run()
    last = {"looked_up": "answered find", "hang_up": "answered find"}.get(type, "listened")
    after = rig.journal.entries[rig.journal.entries.index(last) + 1 :]
    assert [entry for entry in after if not entry.startswith("kept")] == [f"said {TROUBLE}", "hung up"]


async def test_a_call_whose_first_record_cannot_be_kept_says_only_that_it_cannot_go_on() -> None:
    rig = Rig(refuses=lambda record: True)
    with pytest.raises(StoreError, match="Of call c1, 0 records are kept and 5 are not") as refused:
        await rig.run()
    assert refused.value.code == "disk_full"
    assert rig.line.said == [TROUBLE]


async def test_a_log_that_is_busy_for_a_while_costs_the_caller_only_time() -> None:
    rig = Rig(busy=4)
    summary = await rig.run()
    assert summary.outcome == "thanks"
    assert rig.paused == [0.1, 0.2, 0.4, 0.8]
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_a_log_that_stays_busy_is_given_up_after_a_bounded_time() -> None:
    rig = Rig(busy=10_000)
    with pytest.raises(StoreError, match="0 records are kept"):
        await rig.run()
    assert sum(rig.paused) == pytest.approx(10)
    assert rig.line.said == [TROUBLE]


async def test_records_that_were_kept_although_the_answer_was_lost_are_not_kept_twice() -> None:
    rig = Rig(busy=2, keeps=True)
    summary = await rig.run()
    assert [type(event) for event in rig.log.events].count(CallEnded) == 1
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_an_observer_that_fails_is_told_no_more_and_the_call_goes_on() -> None:
    rig = Rig()
    told: list[LogEntry] = []

    def observe(entry: LogEntry) -> None:
        told.append(entry)
        raise BrokenPipeError

    summary = await rig.session_with(observe=observe).run(FACTS)
    assert (summary.outcome, len(told)) == ("thanks", 1)


async def test_a_fault_in_a_step_leaves_state_and_log_at_one(caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        """An event that no record can be made of."""

        at = ""

    rig = Rig((Odd(),))
    with caplog.at_level(logging.CRITICAL, logger="tollfree"):
        summary = await rig.run()
    assert (summary.outcome, rig.line.said[-1]) == ("error", TROUBLE)
    assert replay(rig.flow, rig.log.events) == summary.state


# The call's limit


async def test_a_call_past_its_limit_is_told_so_and_ends() -> None:
    rig = Rig(("what?",) * 100)
    summary = await rig.session_with(call_limit_s=5).run(FACTS)
    assert summary.outcome == "time_limit"
    assert rig.line.said[-1] == "I'm sorry, we've reached the time limit for this call."
    assert [type(event) for event in rig.log.events].count(TimerFired) == 1
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_a_caller_who_says_nothing_past_the_limit_is_not_listened_to_for_ever() -> None:
    class Quiet(FakeLine):
        def turn(self, listening: bool) -> CallerEvent | None:
            return None

    rig = Rig()
    rig.line = Quiet(rig.journal)
    rig.clock = StillClock()
    assert (await rig.session_with(call_limit_s=0.01).run(FACTS)).outcome == "time_limit"


# What has happened outside


@pytest.mark.parametrize("way", ["cancelled", "line lost"])
async def test_the_result_of_an_order_that_was_sent_is_noted_although_the_call_is_over(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def slow() -> ToolResult:
        started.set()
        await release.wait()
        return await found()

    post = lookup("sorry", tool="post", while_waiting="One moment.", exits={"found": "sorry"})
    document = flow_of({"code": ask(exits={"given": "send"}), "send": post, "sorry": {"kind": "end"}})
    rig = Rig(answer=slow, document=document, waiting_line_after_s=0 if way == "line lost" else 60, fails_at="One")
    with caplog.at_level(logging.CRITICAL, logger="tollfree"):
        call = asyncio.ensure_future(rig.run())
        await asyncio.wait_for(started.wait(), 5)
        for _ in range(20):
            await asyncio.wait({call}, timeout=0)
        if way == "cancelled":
            call.cancel()
            for _ in range(20):
                await asyncio.wait({call}, timeout=0)
        release.set()
        await asyncio.wait({call}, timeout=5)
    [note] = [record for record in rig.log.records if record.type == "late_result"]
    assert (note.kind, note.data["event"], note.data["found"]) == ("note", "looked_up", True)
    assert call.cancelled() == (way == "cancelled")


async def test_a_question_that_a_language_model_may_be_asked_is_in_the_log_first() -> None:
    intent = {"kind": "intent", "ask": "Yes?", "intents": {"buy": {"examples": ["buy"], "route": "fast"}}}
    intent["exits"] = {"buy": "bye", "unclear": "bye", "silent": "bye"}
    rig = Rig(("I want one two three",), document=flow_of({"reason": {**intent, "route": "fast"}}))

    class Watching(FakeUnderstander):
        async def understand(self, question: Question, said: Said) -> Answer:
            rig.journal.note("asked")
            return await super().understand(question, said)

    rig.understander = Watching({})
    await rig.session_with(asks_models=True).run(FACTS)
    assert rig.journal.before("kept effect understand", "asked")


async def test_a_call_that_is_cancelled_stops_its_tool() -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    async def endless() -> ToolResult:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    call = asyncio.ensure_future(Rig(answer=endless).run())
    await asyncio.wait_for(started.wait(), 5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.wait_for(stopped.wait(), 5)
