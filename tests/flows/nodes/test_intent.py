from dataclasses import replace
from typing import Any

import pytest

from tests.flows.driven import FACTS, Call, flow_of, reading
from tests.flows.driven import ask as ask_code
from tollfree.protocol.effects import Compose

FRUIT = {
    "apples": {"examples": ["apples please"], "route": "fast", "key": "1"},
    "pears": {"examples": ["some pears"], "key": "2"},
}
TALKED = {
    "kind": "talk",
    "goal": "Settle it.",
    "outcomes": {"settled": "when it is"},
    "exits": dict.fromkeys(("settled", "gave_up", "failed", "silent"), "bye"),
}
FRUIT_THEN_TALK = {
    "kind": "intent",
    "ask": "Which?",
    "intents": FRUIT,
    "exits": {"apples": "talk", "pears": "talk", "unclear": "bye", "silent": "bye"},
}


def choosing(**fields: Any) -> Call:
    exits = {"apples": "code", "pears": "bye", "unclear": "bye", "silent": "bye"}
    fruit = {"kind": "intent", "ask": "Apples or pears?", "intents": FRUIT, "exits": exits, **fields}
    return Call(flow_of({"fruit": fruit, "code": ask_code()}))


@pytest.mark.parametrize("intent", ["apples", "pears"])
def test_every_intent_is_an_exit(intent: str) -> None:
    token = choosing().says("that one", choice=intent, by="classifier").tokens[0]
    assert (token.step, token.decided_by, token.confidence) == (f"fruit.{intent}", "classifier", 0.9)


def test_words_that_fit_nothing_are_asked_again_and_leave_by_unclear_after_the_attempts() -> None:
    call = choosing(attempts=2).says("hm")
    assert call.lines == ["Sorry, I didn't get that. Apples or pears?"]
    assert call.says("hm").path == ["fruit.unclear"]


def test_silence_leaves_by_silent_after_the_silences() -> None:
    call = choosing().silent()
    assert call.lines == ["Sorry, I didn't hear anything. Apples or pears?"]
    assert call.silent().path == ["fruit.silent"]


def test_the_author_may_say_how_it_asks_again() -> None:
    assert choosing(again="Say apples, or pears.").says("hm").lines == ["Say apples, or pears."]


def test_a_key_chooses_and_another_key_is_not_understood() -> None:
    token = choosing().keys("2").tokens[0]
    assert (token.step, token.decided_by) == ("fruit.pears", "keypad")
    assert choosing().keys("9").lines == ["Sorry, I didn't get that. Apples or pears?"]


def test_keys_are_awaited_only_where_an_intent_has_one() -> None:
    with_keys, without = choosing(), choosing(intents={"apples": {"examples": ["a"]}, "pears": {"examples": ["p"]}})
    assert with_keys.expectation.keypad is not None
    assert without.expectation.keypad is None
    assert without.keys("0").node == "person"


def test_its_question_is_the_closed_set_of_its_intents_and_the_handlers() -> None:
    question = choosing().spoke("hm").question
    assert question.choices == ("apples", "pears")
    assert set(question.handlers) == {"person", "repeat", "hold_on", "start_over", "goodbye"}
    assert question.choice_set == "made/fruit"


def test_an_answer_outside_the_closed_set_is_not_understood() -> None:
    assert choosing().says("grapes", choice="grapes", by="model:fast").path == []


def test_the_intents_route_is_used_for_what_follows() -> None:
    nodes = {"fruit": FRUIT_THEN_TALK, "talk": TALKED}
    assert Call(flow_of(nodes)).says("apples", choice="apples").latest(Compose).route == "fast"
    assert Call(flow_of(nodes)).says("pears", choice="pears").latest(Compose).route is None


def test_the_intents_name_can_be_kept_for_a_branch() -> None:
    call = choosing(save="wanted").says("apples", choice="apples")
    assert call.values["wanted"] == "apples"


def test_an_intent_and_a_slot_in_one_utterance_are_both_used_and_nothing_is_asked_twice() -> None:
    call = choosing().says("apples, my code is 123", reading("code", "123"), choice="apples")
    assert call.path == ["fruit.apples", "code.given"]
    assert call.tokens[0].slots == {"code": "123"}


def test_a_slot_without_an_intent_is_kept_and_the_intent_asked_for() -> None:
    call = choosing().says("my code is 123", reading("code", "123"))
    assert call.path == []
    assert call.says("apples", choice="apples").path == ["fruit.apples", "code.given"]


def test_the_agents_table_of_routes_wins_over_the_author() -> None:
    nodes = {"fruit": FRUIT_THEN_TALK, "talk": TALKED}
    facts = replace(FACTS, models=True, routes={"apples": "smart", "pears": "smart"})
    assert Call(flow_of(nodes), facts=facts).says("apples", choice="apples").latest(Compose).route == "smart"
    assert Call(flow_of(nodes), facts=facts).says("pears", choice="pears").latest(Compose).route == "smart"


def test_an_intent_without_a_route_does_not_go_by_that_of_the_one_before() -> None:
    exits: Any = FRUIT_THEN_TALK["exits"]
    again = {**FRUIT_THEN_TALK, "exits": {**exits, "apples": "fruit2"}}
    nodes = {"fruit": again, "fruit2": FRUIT_THEN_TALK, "talk": TALKED}
    facts = replace(FACTS, models=True)
    call = Call(flow_of(nodes), facts=facts).says("apples", choice="apples").says("pears", choice="pears")
    assert call.latest(Compose).route is None
