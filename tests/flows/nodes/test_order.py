from typing import Any

import pytest

from tests.flows.driven import LIBRARY, Call, ask, flow_of, reading
from tests.flows.ordering.menus import DINER
from tollfree.flows.catalogue_file import catalogue_to_json
from tollfree.flows.library import Library
from tollfree.protocol.effects import Lookup, Understand
from tollfree.protocol.events import Answered
from tollfree.protocol.question import Answer

MENU = Library(project=LIBRARY.project, tools=LIBRARY.tools, catalogues={"diner": DINER})
OPENING = "What would you like?"


def ordering(**fields: Any) -> Call:
    exits = dict.fromkeys(("placed", "cancelled", "gave_up", "silent"), "bye") | fields.pop("exits", {})
    order = {"kind": "order", "catalogue": "diner", "ask": OPENING, "exits": exits, **fields}
    return Call(flow_of({"order": order}), library=MENU)


def with_tool(**fields: Any) -> Call:
    return ordering(tool="post", receipt="receipt", **{"with": {"order": "{{ order }}"}}, **fields)


def read_back(call: Call) -> Call:
    return call.says("a Coke please").says("that's all")


# Taking the order


def test_several_items_in_one_utterance_are_taken_and_said() -> None:
    call = ordering().says("two large pepperoni pizzas with mushrooms and a coke")
    assert call.lines == ["Okay, two large pepperoni pizzas with mushrooms and a Coke. Anything else?"]


def test_an_option_without_a_default_is_asked_for() -> None:
    call = ordering().says("a garden salad")
    assert call.lines[0].endswith("Which dressing would you like for the garden salad: ranch, italian or balsamic?")
    assert call.says("ranch").lines[0].endswith("Anything else?")


def test_an_ambiguous_item_is_asked_back() -> None:
    call = ordering().says("a turkey")
    assert call.lines == ["Did you mean the turkey club or the turkey sub?"]
    assert "turkey club" in call.says("the club").lines[0]


def test_nothing_is_read_back_while_something_is_open() -> None:
    assert "Which dressing" in ordering().says("a garden salad, that's all").lines[0]


def test_it_is_read_back_as_soon_as_the_last_open_question_is_answered() -> None:
    call = ordering().says("a garden salad").says("ranch, and that's all")
    assert "Shall I place the order?" in call.lines[0]


def test_an_item_that_is_not_there_is_said_to_be_missing_and_nothing_is_added() -> None:
    call = ordering().says("a lentil soup")
    assert "lentil soup" in call.lines[0]
    assert call.says("that's all").path == ["order.cancelled"]


def test_the_words_that_led_here_are_taken_as_an_order_if_they_are_one() -> None:
    exits = {"order": "order", "unclear": "bye", "silent": "bye"}
    reason = {"kind": "intent", "ask": "How can I help?", "intents": {"order": {"examples": ["an order"]}}}
    order = {"kind": "order", "catalogue": "diner", "ask": OPENING}
    closed = dict.fromkeys(("placed", "cancelled", "gave_up", "silent"), "bye")
    nodes = {"reason": {**reason, "exits": exits}, "order": {**order, "exits": closed}}
    straight = Call(flow_of(nodes), library=MENU).says("I'd like two cokes", choice="order")
    assert straight.lines == ["Okay, two Cokes. Anything else?"]
    assert Call(flow_of(nodes), library=MENU).says("I'd like to order", choice="order").lines == [OPENING]


# Confirming


def test_the_whole_order_is_read_back_with_its_total_before_it_is_placed() -> None:
    call = ordering().says("two cokes and a latte").says("that's all")
    assert call.lines[0] == (
        "I have two Cokes and a latte. That comes to eight dollars and fifteen cents. Shall I place the order?"
    )
    assert call.path == []


def test_yes_places_it_and_the_flow_has_the_order() -> None:
    call = read_back(ordering()).says("yes", choice="yes")
    assert call.path == ["order.placed"]
    order = call.values["order"]
    assert order == {
        "items": [{"sku": "COKE", "name": "Coke", "quantity": 1, "price": "1.95", "options": {"size": "can"}}],
        "count": 1,
        "total": "1.95",
        "summary": "a Coke",
    }


def test_no_then_a_change_then_yes_places_the_changed_order() -> None:
    call = read_back(ordering()).says("no", choice="no")
    assert call.lines == ["What would you like to change?"]
    call.says("make that three").says("that's it", choice="done")
    assert "three Cokes" in call.lines[0]
    assert call.says("yes", choice="yes").tokens[0].slots["order"]["count"] == 3


def test_a_change_during_the_read_back_is_read_back_again() -> None:
    call = read_back(ordering()).says("make that three cokes")
    assert "three Cokes" in call.lines[0]
    assert call.lines[0].endswith("Shall I place the order?")


# Placing it


def test_the_tool_is_called_once_with_the_order_and_its_answer_is_kept() -> None:
    call = read_back(with_tool(while_waiting="I'm placing it.")).says("yes", choice="yes")
    lookup = call.latest(Lookup)
    assert (lookup.tool, lookup.arguments["order"]["total"], lookup.world) == ("post", "1.95", True)
    assert lookup.waiting == "I'm placing it."
    call.found({"number": "O-1"})
    assert (call.path, call.values["receipt"]) == (["order.placed"], {"number": "O-1"})
    assert sum(isinstance(effect, Lookup) for effect in call.effects) == 1


@pytest.mark.parametrize("choice", ["yes", "no", "cancel", "done", None])
def test_nothing_the_caller_says_while_it_is_placed_places_it_twice(choice: str | None) -> None:
    call = read_back(with_tool()).says("yes", choice="yes")
    call.says("yes please", choice=choice).silent().keys("1")
    assert sum(isinstance(effect, Lookup) for effect in call.effects) == 1
    assert call.found().path == ["order.placed"]


def test_an_order_that_cannot_be_placed_gives_up_and_is_never_sent_again() -> None:
    call = read_back(with_tool()).says("yes", choice="yes").failed("http_500")
    assert (call.path, call.tokens[0].evidence) == (["order.gave_up"], "http_500: too slow")
    assert read_back(with_tool()).says("yes", choice="yes").missing().path == ["order.gave_up"]


# Its other exits


def test_a_caller_who_wants_nothing_after_all_cancels() -> None:
    assert read_back(ordering()).says("forget it", choice="cancel").path == ["order.cancelled"]
    assert ordering().says("nothing", choice="done").path == ["order.cancelled"]


def test_answers_that_do_nothing_give_up_after_the_attempts() -> None:
    call = ordering(attempts=2).says("the weather is nice")
    assert call.lines == [f"Sorry, I didn't get that. {OPENING}"]
    assert call.says("quite").path == ["order.gave_up"]


@pytest.mark.parametrize("choice", ["yes", "no", "done", None])
def test_whatever_a_caller_keeps_answering_it_comes_to_an_end(choice: str | None) -> None:
    call = ordering().says("a Coke please")
    for _ in range(20):
        if call.hung_up:
            break
        call.says("hm", choice=choice)
    assert call.path in (["order.gave_up"], ["order.placed"])


def test_silence_leaves_by_silent_after_the_silences() -> None:
    call = ordering().silent()
    assert call.lines == [f"Sorry, I didn't hear anything. {OPENING}"]
    assert call.silent().path == ["order.silent"]


# A catalogue that a tool answers


def fetched() -> Call:
    return ordering(catalogue={"tool": "find", "with": {"code": "menu"}})


def test_the_catalogue_may_come_from_a_tool() -> None:
    call = fetched()
    assert call.latest_arguments == {"code": "menu"}
    assert not call.latest(Lookup).world
    assert call.found(catalogue_to_json(DINER)).lines == [OPENING]
    assert "two lattes" in call.says("two lattes").lines[0]


@pytest.mark.parametrize("answer", [None, "text", 5, [], {}, [{"sku": "A"}], {"items": "none"}])
def test_a_tool_that_answers_no_catalogue_gives_up(answer: Any) -> None:
    call = fetched().found(answer)
    assert call.path == ["order.gave_up"]
    assert call.tokens[0].evidence.startswith("bad_catalogue")


def test_a_catalogue_that_cannot_be_fetched_gives_up() -> None:
    assert fetched().failed().path == ["order.gave_up"]


# Digressions


def test_an_order_is_as_it_was_after_a_digression() -> None:
    order = {"kind": "order", "catalogue": "diner", "ask": OPENING}
    order["exits"] = dict.fromkeys(("placed", "cancelled", "gave_up", "silent"), "bye")
    aside = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
    handlers = {"aside": {"examples": ["by the way"], "go": "aside"}}
    call = Call(flow_of({"order": order, "aside": aside}, handlers), library=MENU)
    read_back(call).says("by the way", choice="aside")
    assert call.lines[0] == "By the way."
    assert call.lines[1].endswith("Shall I place the order?")
    assert call.says("yes", choice="yes").path == ["aside.said", "order.placed"]


def test_a_slot_given_with_the_order_is_kept() -> None:
    exits = dict.fromkeys(("placed", "cancelled", "gave_up", "silent"), "code")
    order = {"kind": "order", "catalogue": "diner", "ask": OPENING, "exits": exits}
    call = Call(flow_of({"order": order, "code": ask()}), library=MENU)
    read_back(call).says("yes, code 123", reading("code", "123"), choice="yes")
    assert call.path == ["order.placed", "code.given"]


def guessed(call: Call, choice: str) -> Call:
    """Words of which the classifier makes a choice, but not surely."""
    call.spoke("order")
    answer = Answer(choice=choice, confidence=0.5, decided_by="classifier")
    return call.take(Answered(effect=call.latest(Understand).id, answer=answer))


def test_a_guess_drops_nothing_without_asking() -> None:
    call = guessed(ordering().says("two cokes"), "cancel")
    assert call.lines == ["Shall I drop the whole order?"]
    assert call.says("no", choice="no").lines == ["Anything else?"]
    assert guessed(call, "cancel").says("yes", choice="yes").path == ["order.cancelled"]


def test_what_is_no_answer_to_whether_to_drop_the_order_leaves_it_as_it_is() -> None:
    call = guessed(ordering().says("two cokes"), "cancel").says("zzz")
    assert call.lines == ["Sorry, I didn't get that. Do you want me to drop the order?"]
    assert call.says("that's all", choice="done").path == []


def test_a_guess_with_nothing_ordered_yet_is_not_understood() -> None:
    assert guessed(ordering(), "cancel").lines == [f"Sorry, I didn't get that. {OPENING}"]


def test_items_named_when_asked_whether_to_drop_the_order_are_ordered() -> None:
    call = guessed(ordering().says("two cokes"), "cancel").says("no, add a latte")
    assert call.lines == ["Okay, a latte. So far: two Cokes and a latte. Anything else?"]


def test_keys_answer_yes_and_no_and_no_key_is_met_with_silence() -> None:
    assert read_back(ordering()).keys("1").path == ["order.placed"]
    assert read_back(ordering()).keys("2").lines == ["What would you like to change?"]
    assert ordering().keys("5").lines == [f"Sorry, I didn't get that. {OPENING}"]


def test_the_key_for_a_person_works_while_an_order_is_taken() -> None:
    assert ordering().keys("0").node == "person"
    assert read_back(ordering()).keys("0").node == "person"


def test_what_cannot_be_done_is_said_once_however_often_it_was_asked_for() -> None:
    (line,) = ordering().says("ninety nine cokes" + " and two cokes and three sodas and five lobsters" * 20).lines
    assert line.count("at most ninety-nine") == 1
    assert len(line) < 500


# A question the caller does not answer


def test_that_s_all_leaves_out_what_was_never_settled() -> None:
    call = ordering().says("two cokes and a turkey").says("that's all", choice="done")
    total = "That comes to three dollars and ninety cents."
    assert call.lines == [f"All right, I'll leave that one out. I have two Cokes. {total} Shall I place the order?"]


def test_a_no_to_which_one_leaves_it_out_and_goes_on() -> None:
    call = ordering().says("two cokes and a turkey").says("no", choice="no")
    assert call.lines == ["All right, I'll leave that one out. Anything else?"]


def test_the_same_question_is_not_asked_for_ever() -> None:
    call = ordering().says("two cokes and a turkey")
    for _ in range(3):
        call.says("zzz")
    assert call.lines == ["All right, I'll leave that one out. Anything else?"]
    assert call.path == []
