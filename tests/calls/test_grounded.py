"""Composed answers that stall are given up, so that the best passage speaks instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pytest

from tollfree.calls.grounded import ComposerStalled, GroundedComposer
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose
from tollfree.protocol.ids import EffectId


@dataclass(frozen=True)
class Words:
    text: str
    exit: str | None = None
    cited: tuple[str, ...] = ("p1",)
    decided_by: str = "model"


class ScriptedComposer:
    """Waits, tells, waits, tells, …, answers."""

    def __init__(self, clock: Clock, *script: float | str) -> None:
        self._clock = clock
        self._script = script
        self.given_up = False

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Words:
        try:
            for step in self._script:
                if isinstance(step, str):
                    words(step)
                else:
                    await self._clock.sleep(step)
        finally:
            self.given_up = True
        return Words("Nine to five. Sundays too.")


def composing(
    *script: float | str, purpose: Literal["answer", "talk"] = "answer"
) -> tuple[Words | Exception, list[str], float]:
    """What came of it, what was told meanwhile, and how long it took, ms."""

    async def main(clock: Clock) -> tuple[Words | Exception, list[str], float]:
        told: list[str] = []
        inner = ScriptedComposer(clock, *script)
        effect = Compose(id=EffectId("e1"), purpose=purpose, instructions="q")
        try:
            result: Words | Exception = await GroundedComposer(inner, clock).compose(effect, told.append)  # type: ignore[assignment]
        except ComposerStalled as error:
            result = error
        await clock.sleep(0)
        assert inner.given_up
        return result, told, clock.elapsed_ms()

    return run_virtually(main)


def test_an_answer_is_passed_on_with_its_clauses() -> None:
    result, told, _ = composing(1, "Nine to five.", 1)
    assert isinstance(result, Words) and told == ["Nine to five."]


@pytest.mark.parametrize("script", [(60,), (1, "Nine to five.", 60)], ids=["before the first", "in the middle"])
def test_one_that_stands_still_is_given_up(script: Sequence[float | str]) -> None:
    result, _, took = composing(*script)
    assert isinstance(result, ComposerStalled) and result.code == "stalled"
    assert took < 8000


def test_one_that_is_slow_but_goes_on_is_waited_for() -> None:
    result, told, _ = composing(2, "Nine", 2, "Nine to five.", 2, "Nine to five. Sundays too.", 2)
    assert isinstance(result, Words) and len(told) == 3


def test_what_does_not_continue_what_was_told_is_not_told() -> None:
    _, told, _ = composing("Nine to five.", "Something else.")
    assert told == ["Nine to five."]


def test_a_talk_may_take_its_time() -> None:
    result, _, _ = composing(60, purpose="talk")
    assert isinstance(result, Words)
