"""The waiting line of a slow tool comes after silence, once; that of a transfer again and again."""

from collections.abc import Awaitable, Callable

from tests.flows.driven import LIBRARY, ask, flow_of
from tollfree.calls.virtual_time import run_virtually
from tollfree.calls.waiting_line import Overdue, WaitingLines, words_of
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.state import CallState, Frame, Scope
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Lookup, Transfer, Understand
from tollfree.protocol.ids import EffectId, FlowId, NodeId
from tollfree.protocol.question import Question, Said

TOOL = Lookup(id=EffectId("e1"), tool="find", waiting="One moment.")
OTHER = Lookup(id=EffectId("e2"), tool="find", waiting="Still looking.")
WORDLESS = Lookup(id=EffectId("e3"), tool="find")
PERSON = Transfer(id=EffectId("e5"), to="staff", waiting="Ringing.")
WORDLESS_PERSON = Transfer(id=EffectId("e6"), to="staff")
FLOW = compile_or_raise(
    flow_of({"code": ask()}, wording={"still_connecting": ["Still ringing.", "And still."]}), LIBRARY
)
MEANING = Understand(id=EffectId("e4"), question=Question(flow=FlowId("f"), node=NodeId("n")), said=Said("x"))


def waiting_for(overdue: Overdue) -> CallState:
    """A call that waits for an effect."""
    frame = Frame(0, NodeId("code"), 1, "start", waiting=overdue.effect.id)
    return CallState(scopes=(Scope(FlowId("made")),), frames=(frame,))


def told(test: Callable[[Clock, WaitingLines], Awaitable[None]]) -> list[tuple[str, float]]:
    """Lines that became due, with the virtual second."""
    due: list[tuple[str, float]] = []

    async def whole(clock: Clock) -> None:
        began = clock.elapsed_ms()

        def note(overdue: Overdue) -> None:
            due.append((words_of(overdue, FLOW, waiting_for(overdue)), (clock.elapsed_ms() - began) / 1000))

        lines = WaitingLines(1.0, note, again_s=15.0)
        await test(clock, lines)
        lines.close()

    run_virtually(whole)
    return due


def test_it_is_due_after_a_second_in_which_nobody_spoke_and_only_once() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(TOOL)
        await clock.sleep(30)

    assert told(test) == [("One moment.", 1.0)]


def test_the_second_counts_from_when_the_agent_falls_silent() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.said()
        lines.began(TOOL)
        await clock.sleep(2)
        lines.said()
        lines.spoken()
        await clock.sleep(3)
        assert not lines.silent
        lines.spoken()
        await clock.sleep(5)

    assert told(test) == [("One moment.", 6.0)]


def test_the_second_counts_from_when_the_caller_falls_silent() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(TOOL)
        await clock.sleep(0.9)
        lines.caller(sounds=True)
        await clock.sleep(4)
        lines.caller(sounds=False)
        await clock.sleep(4)

    assert told(test) == [("One moment.", 5.9)]


def test_what_is_over_needs_no_line() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(TOOL)
        lines.began(OTHER)
        await clock.sleep(0.5)
        lines.over(TOOL.id)
        await clock.sleep(5)

    assert told(test) == [("Still looking.", 1.0)]


def test_what_has_no_line_and_what_is_only_being_understood_is_not_bridged() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(WORDLESS)
        lines.began(MEANING)
        await clock.sleep(5)

    assert told(test) == []


def test_an_effect_that_is_over_by_its_line_is_not_told_again() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(TOOL)
        await clock.sleep(2)
        lines.said()
        lines.spoken()
        await clock.sleep(5)
        lines.over(TOOL.id)
        lines.spoken()

    assert told(test) == [("One moment.", 1.0)]


def test_a_caller_who_waits_for_a_person_hears_again_and_again_that_somebody_is_being_called() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(PERSON)
        for _ in range(4):
            await clock.sleep(20)
            lines.said()
            await clock.sleep(2)
            lines.spoken()
        lines.over(PERSON.id)
        await clock.sleep(60)

    assert told(test) == [("Ringing.", 1.0), ("Still ringing.", 37.0), ("And still.", 59.0), ("Still ringing.", 81.0)]


def test_without_words_of_its_author_a_transfer_is_not_waited_for_in_silence() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.began(WORDLESS_PERSON)
        await clock.sleep(20)

    assert told(test) == [("Still ringing.", 15.0)]


def test_a_line_that_was_not_said_because_somebody_spoke_is_said_after_that() -> None:
    async def test(clock: Clock, lines: WaitingLines) -> None:
        lines.wait(Overdue(PERSON, times=2))
        await clock.sleep(15)
        lines.caller(sounds=True)
        lines.wait(Overdue(PERSON, times=2))
        await clock.sleep(5)
        lines.caller(sounds=False)
        await clock.sleep(16)

    assert told(test) == [("And still.", 15.0), ("And still.", 35.0)]


def test_nothing_is_said_of_what_nobody_waits_for_any_more() -> None:
    assert words_of(Overdue(PERSON), FLOW, CallState()) == ""
    assert words_of(Overdue(PERSON), FLOW, waiting_for(Overdue(TOOL))) == ""
