"""Planning on words that may be the caller's whole turn: nothing counts until they are."""

import asyncio
from typing import Any

import pytest

from tests.calls.test_session import FLOW, Rig, found
from tests.fakes.call import FakeLine
from tests.flows.driven import FACTS, ask, flow_of, lookup, reading
from tollfree.calls.line import CallerEvent, Offered, Withdrawn
from tollfree.calls.session import CallSummary
from tollfree.calls.tools.answer import ToolResult
from tollfree.flows.engine import replay
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke
from tollfree.protocol.question import Answer

SAID = CallerSpoke(text="one two three")
MORE = CallerSpoke(text="one two three four")
OTHER = Answer(slots=(reading("code", "234"),), confidence=1.0, decided_by="rules")
WORLD = flow_of(
    {
        "code": ask(exits={"given": "send"}),
        "send": lookup("thanks", tool="post"),
        "thanks": {"kind": "end", "say": "Thanks."},
    }
)


class Offering(FakeLine):
    """A caller who does nothing but what the test tells."""

    def turn(self, listening: bool) -> CallerEvent | None:
        return None


class Planned(Rig):
    """A session on a line that offers words; the test says when what happens."""

    def __init__(self, document: Any = FLOW, **fakes: Any) -> None:
        super().__init__((), document=document, meanings={MORE.text: OTHER}, **fakes)
        self.line = Offering(self.journal)
        self.call: asyncio.Task[CallSummary] | None = None

    async def begin(self) -> None:
        self.call = asyncio.ensure_future(self.session_with().run(FACTS))
        await self.settle()

    async def settle(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)

    async def tell(self, event: Any) -> None:
        self.line.tell(event)
        await self.settle()

    async def end(self) -> CallSummary:
        if self.call is not None and not self.call.done():
            self.line.tell(CallEnded())
        assert self.call is not None
        return await asyncio.wait_for(self.call, 5)

    @property
    def kept(self) -> list[str]:
        return [record.type for record in self.log.records]


@pytest.fixture(autouse=True)
async def no_task_is_left() -> Any:
    before = asyncio.all_tasks()
    yield
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() - before <= {asyncio.current_task()}


async def test_what_is_planned_is_rendered_and_judged_and_nothing_else() -> None:
    rig = Planned()
    await rig.begin()
    said, kept = list(rig.line.said), rig.kept
    await rig.tell(Offered(offer=1, said=SAID))
    assert rig.line.prepared == ["Thanks, Ann."]
    assert rig.line.judged == [(1, Completeness.CERTAIN)]
    assert (rig.line.said, rig.kept) == (said, kept)
    await rig.end()


async def test_the_same_words_as_a_turn_adopt_the_plan_and_nothing_is_done_twice() -> None:
    rig = Planned()
    await rig.begin()
    await rig.tell(Offered(offer=1, said=SAID))
    await rig.tell(SAID)
    summary = await rig.end()
    assert summary.path[-2:] == ("find.found", "thanks.ended")
    assert len(rig.understander.asked) == 1 and len(rig.tools.calls) == 1
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_a_tool_that_was_begun_on_the_plan_and_is_not_done_is_waited_for_not_called_again() -> None:
    release = asyncio.Event()

    async def slow() -> ToolResult:
        await release.wait()
        return await found()

    rig = Planned(answer=slow)
    await rig.begin()
    await rig.tell(Offered(offer=1, said=SAID))
    await rig.tell(SAID)
    assert "thanks.ended" not in rig.kept
    release.set()
    await rig.settle()
    assert (await rig.end()).outcome == "thanks"
    assert len(rig.tools.calls) == 1


async def test_what_touches_the_world_waits_for_the_turn() -> None:
    rig = Planned(WORLD)
    await rig.begin()
    await rig.tell(Offered(offer=1, said=SAID))
    assert rig.tools.calls == [] and rig.line.judged
    await rig.tell(SAID)
    assert [name for name, _ in rig.tools.calls] == ["post"]
    await rig.end()


@pytest.mark.parametrize("how", ["withdrawn", "offered anew", "another turn", "hung up", "silent", "cancelled"])
async def test_a_plan_whose_words_are_not_the_turn_is_dropped_without_a_trace(how: str) -> None:
    stopped: list[str] = []

    async def endless() -> ToolResult:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append("stopped")
        raise AssertionError

    rig = Planned(answer=endless)
    await rig.begin()
    kept = rig.kept
    await rig.tell(Offered(offer=1, said=SAID))
    assert len(rig.tools.calls) == 1
    match how:
        case "withdrawn":
            await rig.tell(Withdrawn(offer=1))
            assert rig.kept == kept
        case "offered anew":
            await rig.tell(Offered(offer=2, said=MORE))
            assert rig.kept == kept and rig.tools.calls[-1][1] == {"code": "234"}
        case "another turn":
            await rig.tell(MORE)
            assert rig.tools.calls[-1][1] == {"code": "234"}
        case "silent":
            await rig.tell(CallerSilent())
            await rig.tell(Withdrawn(offer=1))
        case _:
            await rig.tell(CallEnded())
    if how != "hung up":
        assert stopped
    await rig.end()
    assert stopped


async def test_a_plan_made_on_a_state_that_changed_meanwhile_is_not_mistaken_for_the_turns() -> None:
    rig = Planned(
        flow_of(
            {
                "first": ask(
                    slots={"code": {"type": "digits", "length": 3, "ask": "First?"}}, exits={"given": "second"}
                ),
                "second": ask(slots={"more": {"type": "digits", "length": 3, "ask": "Second?"}}),
            }
        )
    )
    await rig.begin()
    await rig.tell(Offered(offer=1, said=SAID))
    rig.line.tell(CallerSilent())  # the node asks again, so that its effects have other numbers
    await rig.tell(SAID)
    summary = await rig.end()
    assert summary.path[0] == "first.given"
    assert len(rig.understander.asked) == 2
    assert replay(rig.flow, rig.log.events) == summary.state


async def test_a_call_that_is_over_is_not_planned_on() -> None:
    rig = Planned()
    await rig.begin()
    rig.line.tell(CallEnded())
    await rig.tell(Offered(offer=1, said=SAID))
    assert rig.line.judged == []
    await rig.end()


async def test_a_session_that_is_cancelled_in_the_middle_of_a_plan_leaves_nothing_running() -> None:
    async def hanging() -> ToolResult:
        await asyncio.Event().wait()
        raise AssertionError

    rig = Planned(answer=hanging)
    await rig.begin()
    await rig.tell(Offered(offer=1, said=SAID))
    call = rig.call
    assert call is not None
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
