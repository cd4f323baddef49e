"""What the caller does while something else is under way is served at once, and strands nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.calls.test_branch import SAID, Offering, Planned
from tests.calls.test_session import Rig, found
from tests.fakes.call import FakeLog
from tests.flows.driven import FACTS, ask, flow_of, lookup
from tollfree.calls.line import CallerSounds, Noted, Offered
from tollfree.calls.spool import Spool
from tollfree.calls.store.errors import StoreUnavailable
from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.virtual_time import run_virtually
from tollfree.flows.engine import replay
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, KeyPressed, Spoken, TimerFired
from tollfree.protocol.ids import CallId
from tollfree.protocol.question import Answer

PERSON = CallerSpoke(text="real person please")
MEANINGS = {PERSON.text: Answer(choice="person", confidence=1.0, decided_by="rules")}


class Slow(Planned):
    """A call in the middle of a look-up that takes as long as the test wants."""

    def __init__(self, **fakes: Any) -> None:
        self.release = asyncio.Event()
        super().__init__(answer=self._slow, **fakes)
        self.understander._meanings.update(MEANINGS)  # noqa: SLF001

    async def _slow(self) -> ToolResult:
        await self.release.wait()
        return await found()

    async def in_the_middle(self) -> None:
        await self.begin()
        await self.tell(SAID)
        assert len(self.tools.calls) == 1


@pytest.fixture(autouse=True)
async def no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before <= {asyncio.current_task()}


# During a look-up


async def test_a_real_person_asked_for_during_a_look_up_comes_at_once() -> None:
    rig = Slow()
    await rig.in_the_middle()
    await rig.tell(PERSON)
    summary = await rig.end()
    assert "person.failed" in summary.path, "there is no switchboard here, but it was asked"
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_the_key_for_a_person_counts_during_a_look_up() -> None:
    rig = Slow()
    await rig.in_the_middle()
    await rig.tell(KeyPressed(keys="0"))
    assert "person.failed" in (await rig.end()).path


async def test_other_keys_during_a_look_up_change_nothing() -> None:
    rig = Slow()
    await rig.in_the_middle()
    await rig.tell(KeyPressed(keys="123"))
    rig.release.set()
    await rig.settle()
    assert (await rig.end()).outcome == "thanks"


async def test_a_caller_who_hangs_up_during_a_look_up_ends_the_call_at_once() -> None:
    rig = Slow()
    await rig.in_the_middle()
    await rig.tell(CallEnded(reason="caller_hung_up"))
    assert rig.call is not None and rig.call.done()
    assert (await rig.end()).outcome == "caller_hung_up"


async def test_words_said_during_a_look_up_do_not_strand_it() -> None:
    rig = Slow()
    await rig.in_the_middle()
    await rig.tell(CallerSpoke(text="are you still there"))
    rig.release.set()
    await rig.settle()
    assert (await rig.end()).outcome == "thanks"


# The limit


@pytest.mark.parametrize("what", ["a look-up", "the caller's speech", "a plan"])
async def test_the_limit_strikes_in_the_middle_of_anything(what: str) -> None:
    rig = Slow()
    rig.call = asyncio.ensure_future(rig.session_with(call_limit_s=40).run(FACTS))
    await rig.settle()
    if what == "a look-up":
        await rig.tell(SAID)
    elif what == "the caller's speech":
        await rig.tell(CallerSounds(sounds=True))
    else:
        await rig.tell(Offered(offer=1, said=SAID))
    while not rig.call.done():
        await rig.tell(Noted(type="tick"))  # the clock moves a second with each
    summary = await rig.call
    assert summary.outcome == "time_limit"
    assert rig.line.said[-1] == "I'm sorry, we've reached the time limit for this call."
    assert [type(event) for event in rig.log.events].count(TimerFired) == 1


def test_a_caller_is_told_that_the_limit_is_near_and_then_that_it_is_reached() -> None:
    async def call(clock: Clock) -> list[str]:
        rig = Rig()
        rig.line = Offering(rig.journal)
        rig.clock = clock  # type: ignore[assignment]
        await rig.session_with(call_limit_s=240).run(FACTS)
        assert clock.elapsed_ms() == pytest.approx(240_000, abs=10)
        return rig.line.said

    said = run_virtually(call)
    assert said[-1] == "I'm sorry, we've reached the time limit for this call."
    assert len(said) == 4, "hello, the question, nearly over, over"


# Silence


async def test_a_silent_caller_is_asked_again_and_then_let_go() -> None:
    rig = Planned()
    await rig.begin()
    said = len(rig.line.said)
    await rig.tell(CallerSilent())
    assert len(rig.line.said) > said
    await rig.tell(CallerSilent())
    assert "code.silent" in (await rig.end()).path


# The waiting line


def test_a_waiting_line_waits_until_the_agent_and_the_caller_are_silent() -> None:
    async def call(clock: Clock) -> None:
        rig = Slow(waiting_line_after_s=1.0)
        rig.clock = clock  # type: ignore[assignment]
        speaking = _Speaking(rig.journal)
        rig.line = speaking
        await rig.begin()
        speaking.all_heard()
        await rig.tell(SAID)
        await rig.tell(CallerSounds(sounds=True))
        await clock.sleep(5)
        assert "One moment." not in rig.line.said
        await rig.tell(CallerSounds(sounds=False))
        await clock.sleep(0.9)
        assert "One moment." not in rig.line.said
        await clock.sleep(0.2)
        assert rig.line.said.count("One moment.") == 1
        await clock.sleep(20)
        assert rig.line.said.count("One moment.") == 1
        rig.release.set()
        await rig.settle()
        speaking.all_heard()
        await rig.end()

    run_virtually(call)


def test_a_line_that_is_still_being_spoken_holds_the_waiting_line_back() -> None:
    document = flow_of(
        {
            "code": ask(exits={"given": "okay"}),
            "okay": {"kind": "say", "say": "Okay, let me see what I can find.", "exits": {"said": "find"}},
            "find": lookup("thanks", while_waiting="One moment."),
            "thanks": {"kind": "end", "say": "Thanks."},
        }
    )

    async def call(clock: Clock) -> None:
        rig = Slow(waiting_line_after_s=1.0, document=document)
        rig.clock = clock  # type: ignore[assignment]
        speaking = _Speaking(rig.journal)
        rig.line = speaking
        await rig.begin()
        speaking.all_heard()
        await rig.tell(SAID)
        await clock.sleep(3)
        assert "One moment." not in rig.line.said
        speaking.all_heard()
        await clock.sleep(0.9)
        assert "One moment." not in rig.line.said
        await clock.sleep(0.2)
        assert "One moment." in rig.line.said
        rig.release.set()
        await rig.settle()
        speaking.all_heard()
        await rig.end()

    run_virtually(call)


class _Speaking(Offering):
    """A line on which what is said takes until the test says that it was heard."""

    def __init__(self, journal: Any) -> None:
        super().__init__(journal)
        self._under_way: list[Say] = []

    def say(self, say: Say) -> None:
        self.show(say.text)
        self._under_way.append(say)

    def all_heard(self) -> None:
        lines, self._under_way = self._under_way, []
        for say in lines:
            self.tell(Spoken(effect=say.id, heard=say.text))


# Interruptions at awkward moments


@pytest.mark.parametrize("moment", ["between token and line", "while rendering", "at hanging up"])
async def test_a_caller_who_interrupts_a_transition_is_served_where_the_call_is(moment: str) -> None:
    rig = Planned()
    speaking = _Speaking(rig.journal)
    rig.line = speaking
    await rig.begin()
    under_way = speaking._under_way  # noqa: SLF001
    if moment == "between token and line":  # "Hello." is cut, and the question after it
        for say in list(under_way):
            await rig.tell(replace(Spoken(effect=say.id, heard=""), complete=False))
        under_way.clear()
    await rig.tell(SAID)
    if moment == "at hanging up":
        await rig.tell(CallerSpoke(text="wait, one more thing"))
    speaking.all_heard()
    await rig.settle()
    summary = await rig.end()
    assert summary.outcome == "thanks"
    assert replay(rig.flow, rig.log.events) == summary.state


# The store


class _Away(FakeLog):
    """A store that is away until it is told to come back."""

    def __init__(self, journal: Any) -> None:
        super().__init__(journal)
        self.away = False

    async def append(self, call: CallId, records: Any, *, expected_seq: int) -> int:
        if self.away:
            raise StoreUnavailable("The database is gone.")
        return await super().append(call, records, expected_seq=expected_seq)


def test_a_store_that_is_away_for_ten_seconds_in_the_middle_of_a_turn_costs_no_silence(tmp_path: Path) -> None:
    async def call(clock: Clock) -> None:
        rig = Slow()
        rig.clock = clock  # type: ignore[assignment]
        log = _Away(rig.journal)
        rig.log = log
        rig.call = asyncio.ensure_future(
            rig.session_with(spool=Spool(tmp_path, CallId("c1")), pause=clock.sleep).run(FACTS)
        )
        await clock.sleep(0.1)
        log.away = True
        began_ms = clock.elapsed_ms()
        rig.line.tell(SAID)
        rig.release.set()
        while "Thanks, Ann." not in rig.line.said:
            await clock.sleep(0.01)
        assert clock.elapsed_ms() - began_ms < 500
        await clock.sleep(9)
        log.away = False
        summary = await rig.call
        assert summary.outcome == "thanks"
        assert replay(rig.flow, log.events) == summary.state

    run_virtually(call)
    assert [file for file in tmp_path.rglob("*") if file.is_file() and file.stat().st_size] == []
