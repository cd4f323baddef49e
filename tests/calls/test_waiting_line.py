"""The waiting line of a slow tool comes after silence, once."""

from collections.abc import Awaitable, Callable

from tollfree.calls.performing import Awaited
from tollfree.calls.virtual_time import run_virtually
from tollfree.calls.waiting_line import WaitingLines
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Lookup, Understand
from tollfree.protocol.ids import EffectId, FlowId, NodeId
from tollfree.protocol.question import Question, Said

TOOL = Lookup(id=EffectId("e1"), tool="find", waiting="One moment.")
OTHER = Lookup(id=EffectId("e2"), tool="find", waiting="Still looking.")
WORDLESS = Lookup(id=EffectId("e3"), tool="find")
MEANING = Understand(id=EffectId("e4"), question=Question(flow=FlowId("f"), node=NodeId("n")), said=Said("x"))


def told(test: Callable[[Clock, WaitingLines], Awaitable[None]]) -> list[tuple[str, float]]:
    """Lines that became due, with the virtual second."""
    due: list[tuple[str, float]] = []

    async def whole(clock: Clock) -> None:
        began = clock.elapsed_ms()

        def note(effect: Awaited, line: str) -> None:
            due.append((line, (clock.elapsed_ms() - began) / 1000))

        lines = WaitingLines(1.0, note)
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
