"""Composed answers that stall or have no end are given up: the best passage speaks, or what was told is the answer."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tollfree.calls.grounded import STALLED_S, WHOLE_S, CitingWords, ComposerStalled, CutShort, GroundedComposer
from tollfree.calls.performers import NoEngine
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import EffectId


@dataclass(frozen=True)
class Words:
    text: str
    exit: str | None = None
    cited: tuple[str, ...] = ("p1",)
    decided_by: str = "model"


Step: TypeAlias = float | str | tuple[str, tuple[str, ...]] | TollfreeError
"""Seconds to wait, words to tell (with what they cite), or how it fails."""
Result: TypeAlias = Words | CutShort | TollfreeError


class ScriptedComposer:
    """Waits, tells, waits, tells, …, answers."""

    def __init__(self, clock: Clock, *script: Step) -> None:
        self._clock = clock
        self._script = script
        self.given_up = False

    async def compose(self, effect: Compose, words: CitingWords) -> Words:
        try:
            for step in self._script:
                if isinstance(step, str):
                    words(step)
                elif isinstance(step, tuple):
                    words(*step)
                elif isinstance(step, TollfreeError):
                    raise step
                else:
                    await self._clock.sleep(step)
        finally:
            self.given_up = True
        return Words("Nine to five. Sundays too.")


def composing(*script: Step, purpose: Literal["answer", "talk"] = "answer") -> tuple[Result, list[str], float]:
    """What came of it, what was told meanwhile, and how long it took, ms."""

    async def main(clock: Clock) -> tuple[Result, list[str], float]:
        told: list[str] = []
        inner = ScriptedComposer(clock, *script)
        effect = Compose(id=EffectId("e1"), purpose=purpose, instructions="q", passages=("p1", "p2"))
        result: Result
        try:
            composed = await GroundedComposer(inner, clock).compose(effect, told.append)
            assert isinstance(composed, Words | CutShort)
            result = composed
        except TollfreeError as error:
            result = error
        await clock.sleep(0)
        assert inner.given_up
        return result, told, clock.elapsed_ms()

    return run_virtually(main)


def test_an_answer_is_passed_on_with_its_clauses() -> None:
    result, told, _ = composing(1, "Nine to five.", 1)
    assert isinstance(result, Words) and told == ["Nine to five."]


def test_one_that_stands_still_before_its_first_sentence_is_given_up() -> None:
    result, told, took = composing(60)
    assert isinstance(result, ComposerStalled) and result.code == "stalled"
    assert (told, took) == ([], STALLED_S * 1000)


def test_one_that_stands_still_later_is_what_was_told_of_it() -> None:
    result, told, took = composing(1, "Nine to five.", 60)
    assert isinstance(result, CutShort)
    assert (result.text, told, took) == ("Nine to five.", ["Nine to five."], 1000 + STALLED_S * 1000)


def dripping(text: str, every_s: float = 1.0) -> list[Step]:
    """A token at a time, for ever as callers go."""
    words = text.split()
    return [step for count in range(1, len(words) + 1) for step in (every_s, " ".join(words[:count]))]


def test_one_that_drips_without_an_end_to_its_first_sentence_is_given_up() -> None:
    result, told, took = composing(*dripping("and " * 100))
    assert isinstance(result, ComposerStalled)
    assert (told, took) == ([], STALLED_S * 1000)


def test_one_that_drips_in_the_middle_ends_with_its_last_whole_sentence() -> None:
    result, told, took = composing("Nine to five.", *dripping("Nine to five. " + "and " * 100))
    assert isinstance(result, CutShort) and result.text == "Nine to five."
    assert (told, took) == (["Nine to five."], STALLED_S * 1000)


def test_one_that_has_sentences_but_no_end_is_ended() -> None:
    result, told, took = composing(*dripping("Yes. " * 100))
    assert isinstance(result, CutShort)
    assert (result.text, took) == (told[-1], WHOLE_S * 1000)


def test_one_that_fails_in_the_middle_ends_with_what_was_told() -> None:
    result, _, _ = composing("Nine to five. And", NoEngine("the server is gone"))
    assert isinstance(result, CutShort) and result.text == "Nine to five."
    result, told, _ = composing("Nine", NoEngine("the server is gone"))
    assert isinstance(result, NoEngine) and told == []


def test_what_was_told_rests_on_what_the_composer_said_it_does_or_on_what_it_was_given() -> None:
    result, _, _ = composing(("Nine to five.", ("p2",)), 60)
    assert not isinstance(result, Exception) and result.cited == ("p2",)
    result, _, _ = composing("Nine to five.", 60)
    assert not isinstance(result, Exception) and result.cited == ("p1", "p2")


def test_half_a_sentence_is_never_told() -> None:
    _, told, _ = composing("We open at 9", "We open at 9 a.m. on weekd", "We open at 9 a.m. on weekdays. And", 1)
    assert told == ["We open at 9 a.m. on weekdays."]


def test_one_that_is_slow_but_goes_on_is_waited_for() -> None:
    result, told, _ = composing(2, "Nine to five.", 2, "Nine to five. Sundays too.", 2)
    assert isinstance(result, Words) and len(told) == 2


def test_what_does_not_continue_what_was_told_is_not_told() -> None:
    _, told, _ = composing("Nine to five.", "Something else.")
    assert told == ["Nine to five."]


def test_a_talk_may_take_its_time() -> None:
    result, _, _ = composing(60, purpose="talk")
    assert isinstance(result, Words)
