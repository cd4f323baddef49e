"""Words are told by whole clauses, cleaned, and never before what they rest on is known; a model that stops costs a
caller no more than the rest of its sentence."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.language.llm.scripted import OneModel, ScriptedModel, Step
from tollfree.calls.virtual_time import run_virtually
from tollfree.language.llm.base import Message, ModelError, ModelUnreachable
from tollfree.language.llm.compose import FIRST_S, NEXT_S, ComposedLine, ModelComposer
from tollfree.language.llm.prompts import Scene
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Compose
from tollfree.protocol.ids import EffectId
from tollfree.protocol.passage import Passage
from tollfree.protocol.turn import Turn

TALK = Compose(
    id=EffectId("e1"),
    purpose="talk",
    instructions="Settle the complaint. You may offer 10 dollars.",
    said="I paid 41 dollars",
    exits=("settled",),
    when=("it is settled",),
    history=(Turn("agent", "What happened?"), Turn("caller", "It broke.")),
    values={"order": {"number": "41755"}},
)
PASSAGE = Passage(id="p1", text="We close at five on Sundays.", speakable="We close at five on Sundays.")
ANSWER = Compose(
    id=EffectId("e2"), purpose="answer", instructions="q", said="when do you close", passages=("p1",), quoted=(PASSAGE,)
)


@dataclass
class Sentences:
    """Reads an answer as sentences that end with [1]."""

    text: str = ""
    cited: tuple[str, ...] = ()
    waiting: str = ""

    def feed(self, piece: str) -> bool:
        self.waiting += piece
        before, mark, after = self.waiting.partition(" [1]")
        if not mark:
            return False
        self.text, self.waiting, self.cited = f"{self.text} {before}".strip(), after, ("p1",)
        return True


class SentencesForm:
    def messages(self, compose: Compose) -> Sequence[Message]:
        return [Message("user", compose.said)]

    def reading(self, compose: Compose) -> Sentences:
        return Sentences()


@dataclass
class Came:
    """What came of a composition."""

    result: ComposedLine | ModelError
    told: list[str] = field(default_factory=list[str])
    took: float = 0.0
    model: Any = None

    @property
    def line(self) -> ComposedLine:
        assert isinstance(self.result, ComposedLine)
        return self.result


def composed(*scripts: Sequence[Step], effect: Compose = TALK) -> Came:
    async def main(clock: Clock) -> Came:
        model = ScriptedModel(clock, scripts)
        composer = ModelComposer(OneModel(model), Scene("The Shop"), SentencesForm(), today="2026-11-22")
        told: list[str] = []
        began = clock.elapsed_ms()
        try:
            result: ComposedLine | ModelError = await composer.compose(effect, told.append)
        except ModelError as error:
            result = error
        return Came(result, told, (clock.elapsed_ms() - began) / 1000, model)

    return run_virtually(main)


def line(say: str, exit: str = "none", **slots: str) -> str:
    return json.dumps({"say": say, "exit": exit, **({"slots": slots} if slots else {})}, ensure_ascii=False)


def grounded(effect: Compose = TALK) -> Compose:
    from dataclasses import replace

    return replace(effect, grounded=True)


def test_the_first_clause_is_told_before_the_rest_is_thought_of() -> None:
    came = composed(('{"say": "I am sorry about that. Wh', 1.0, 'at broke?"', 1.0, ', "exit": "none"}'))
    assert came.told == ["I am sorry about that.", "I am sorry about that. What broke?"]
    assert (came.line.text, came.line.exit, came.line.ended) == (came.told[-1], None, "whole")
    assert came.line.decided_by == "model:fast"


@pytest.mark.parametrize(
    ("exit", "taken"), [("settled", "settled"), ("none", None), ("elsewhere", None), ("gave_up", None)]
)
def test_an_exit_is_of_the_closed_set_or_none(exit: str, taken: str | None) -> None:
    assert composed((line("Good.", exit),)).line.exit == taken


def test_what_is_told_is_cleaned_for_speech() -> None:
    came = composed((line("**Sorry!** *sighs* Agent: see [here](http://x.y) 😀"),))
    assert came.line.text == "Sorry! Agent: see here"


def test_a_caller_that_the_model_makes_up_is_not_spoken() -> None:
    assert composed((line("What broke?\nCaller: the lid\nAgent: I see."),)).line.text == "What broke?"


def test_it_is_given_the_goal_what_was_heard_and_the_turn_last() -> None:
    [chat] = composed((line("Good."),)).model.asked
    assert [message.role for message in chat.messages] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert "Settle the complaint." in chat.messages[0].text and "it is settled" in chat.messages[0].text
    assert json.loads(chat.messages[-1].text) == {
        "caller": "I paid 41 dollars",
        "known": {"order": {"number": "41755"}},
    }


def test_the_beginning_of_a_prompt_is_that_of_the_turn_before() -> None:
    from dataclasses import replace

    first = composed((line("Good."),)).model.asked[0].messages
    later = replace(
        TALK,
        said="and now",
        history=(*TALK.history, Turn("agent", "And?"), Turn("caller", "I paid 41 dollars"), Turn("agent", "Good.")),
    )
    second = composed((line("Good."),), effect=later).model.asked[0].messages
    assert second[: len(first) - 2] == first[:-2]


# Grounding


def test_a_clause_with_a_value_nothing_supports_is_never_told() -> None:
    came = composed((line("I can offer ten dollars. That makes 99 dollars. Fine?", "settled"),), effect=grounded())
    assert came.told == ["I can offer ten dollars."]
    assert (came.line.text, came.line.ended, came.line.exit) == ("I can offer ten dollars.", "ungrounded", None)


def test_where_not_even_the_first_clause_may_be_said_it_is_asked_again_once() -> None:
    came = composed((line("It costs $99 now."),), (line("It costs 41 dollars now."),), effect=grounded())
    assert (came.told, came.line.ended) == (["It costs 41 dollars now."], "whole")
    assert "$99" in came.model.asked[1].messages[-1].text
    came = composed((line("It costs $99 now."),), effect=grounded())
    assert (came.line.text, came.line.ended, len(came.model.asked)) == ("", "ungrounded", 2)


def test_a_talk_that_need_not_rest_on_anything_may_say_any_value() -> None:
    assert composed((line("It costs $99 now."),)).line.ended == "whole"


# A model that stops


def test_one_that_says_nothing_is_given_up_in_time() -> None:
    came = composed((60.0, "x"))
    assert isinstance(came.result, ModelError) and came.result.code == "model_slow"
    assert came.took == pytest.approx(FIRST_S, abs=0.01)


def test_one_that_stalls_after_its_first_clause_ends_with_it() -> None:
    came = composed(('{"say": "I am sorry about that. Wh', 60.0))
    assert (came.line.text, came.line.ended) == ("I am sorry about that.", "cut_short")
    assert came.took == pytest.approx(NEXT_S, abs=0.01)


def test_one_that_drips_without_a_clause_is_given_up_in_time() -> None:
    came = composed(('{"say": "', *([0.3, "so "] * 100)))
    assert isinstance(came.result, ModelError) and came.took == pytest.approx(FIRST_S, abs=0.01)


def test_one_that_breaks_off_ends_with_what_was_told() -> None:
    came = composed(('{"say": "I am sorry about that. Wh', ModelUnreachable("gone")))
    assert (came.line.text, came.line.ended) == ("I am sorry about that.", "cut_short")
    assert isinstance(composed((ModelUnreachable("gone"),)).result, ModelUnreachable)


# Answers


def test_an_answer_is_told_by_sentences_that_rest_on_a_passage() -> None:
    came = composed(("We close at 5 [1]", " and more"), effect=ANSWER)
    assert (came.told, came.line.cited) == (["We close at 5"], ("p1",))


def test_an_answer_ends_before_a_value_that_no_passage_has() -> None:
    came = composed(("We close at five. [1] We open at nine. [1]",), effect=ANSWER)
    assert came.told == ["We close at five."] or isinstance(came.result, ModelError)
    came = composed(("We close at six. [1]",), effect=ANSWER)
    assert isinstance(came.result, ModelError) and came.told == []


# Summaries

SUMMARY = Compose(
    id=EffectId("e3"),
    purpose="summary",
    instructions="",
    history=(Turn("caller", "My order 41755 broke."),),
    values={"order_number": "41755"},
)


def test_a_summary_says_only_what_was_in_the_call() -> None:
    came = composed(("**Order 41755** broke.",), effect=SUMMARY)
    assert (came.line.text, came.told) == ("Order 41755 broke.", [])
    assert isinstance(composed(("Order 41756 broke.",), effect=SUMMARY).result, ModelError)


def test_without_a_model_nothing_is_composed() -> None:
    async def main(clock: Clock) -> None:
        composer = ModelComposer(OneModel(None), Scene("The Shop"), SentencesForm())
        words: Callable[[str], None] = lambda text: None  # noqa: E731
        with pytest.raises(ModelError, match="no language model"):
            await composer.compose(TALK, words)

    run_virtually(main)
