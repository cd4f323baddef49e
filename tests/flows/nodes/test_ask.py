from typing import Any

import pytest

from tests.flows.driven import AGE, CODE, Call, ask, flow_of, lookup, reading
from tollfree.protocol.expectation import Patience

BOTH = {"code": CODE, "age": AGE}


def asking(handlers: dict[str, Any] | None = None, **fields: Any) -> Call:
    return Call(flow_of({"code": ask(**fields)}, handlers))


def confirming(confirm: str) -> Call:
    return asking(slots={"code": {**CODE, "confirm": confirm}})


# Its exits


def test_a_value_leaves_by_given_with_the_slot_and_what_decided_it() -> None:
    token = asking().says("one two three", reading("code", "123")).tokens[0]
    assert (token.step, token.slots, token.decided_by) == ("code.given", {"code": "123"}, "rules")


def test_a_caller_who_will_not_say_leaves_by_refused() -> None:
    assert asking().says("I'd rather not", choice="refuse").path == ["code.refused"]


def test_answers_that_give_nothing_leave_by_gave_up_after_the_attempts() -> None:
    call = asking(attempts=3).says("hm").says("hm")
    assert call.path == []
    assert call.says("hm").path == ["code.gave_up"]
    assert call.tokens[0].confidence == 0.0


def test_silence_leaves_by_silent_after_the_silences() -> None:
    call = asking(silences=3).silent().silent()
    assert call.path == []
    assert call.silent().path == ["code.silent"]


def test_silences_count_only_in_a_row() -> None:
    assert asking().silent().says("hm").silent().path == []


def test_a_value_begins_the_attempts_anew() -> None:
    call = asking(slots=BOTH, attempts=2).says("hm").says("one two three", reading("code", "123")).says("hm")
    assert call.path == []
    assert call.says("hm").path == ["code.gave_up"]


# How it asks


def test_it_says_its_introduction_once_and_then_asks() -> None:
    call = asking(say="First some questions.")
    assert call.lines == ["First some questions.", "Which code?"]
    assert call.says("hm").lines == ["Sorry, I didn't get that. Which code?"]


def test_it_says_what_was_missing() -> None:
    assert "three digits" in asking().says("one two").lines[0]


def test_each_repetition_takes_the_next_of_its_lines() -> None:
    call = asking(slots={"code": {**CODE, "ask": ["Which code?", "The code, please?"]}})
    assert call.says("hm").lines[0].endswith("The code, please?")


def test_the_author_may_say_how_it_asks_again() -> None:
    call = asking(slots={"code": {**CODE, "again": ["It has three digits.", "Look on the card."]}})
    assert [call.says("hm").lines, call.says("hm").lines] == [["It has three digits."], ["Look on the card."]]


def test_after_silence_it_asks_again() -> None:
    assert asking().silent().lines == ["Sorry, I didn't hear anything. Which code?"]


def test_it_listens_as_the_awaited_slot_needs() -> None:
    call = asking()
    assert call.expectation.patience is Patience.DIGITS
    assert call.expectation.keypad is not None


# Several slots


def test_several_slots_are_asked_one_after_another() -> None:
    call = asking(slots=BOTH)
    assert call.says("one two three", reading("code", "123")).lines == ["How old?"]
    assert call.says("thirty", reading("age", 30)).path == ["code.given"]
    assert call.tokens[0].slots == {"code": "123", "age": 30}


def test_several_slots_may_be_given_at_once_and_in_any_order() -> None:
    assert asking(slots=BOTH).says("thirty, 123", reading("age", 30), reading("code", "123")).path == ["code.given"]
    call = asking(slots=BOTH).says("thirty", reading("age", 30))
    assert call.lines == ["Which code?"]
    assert call.says("123", reading("code", "123")).path == ["code.given"]


def test_the_question_awaits_the_missing_slot_first_and_the_others_after_it() -> None:
    call = asking(slots=BOTH).says("123", reading("code", "123")).spoke("hm")
    assert call.question.awaited == ("age", "code")
    assert call.question.known == ("code",)


def test_a_value_given_earlier_in_the_same_node_may_be_changed_while_another_is_asked() -> None:
    call = asking(slots=BOTH).says("123", reading("code", "123"))
    call.says("no, 456", reading("code", "456", correction=True))
    assert call.lines == ["How old?"]
    assert call.says("thirty", reading("age", 30)).tokens[0].slots == {"code": "456", "age": 30}


def test_an_optional_slot_is_taken_and_not_asked_for() -> None:
    slots = {"code": CODE, "age": {**AGE, "optional": True}}
    assert asking(slots=slots).says("123", reading("code", "123")).path == ["code.given"]
    call = asking(slots=slots).says("thirty", reading("age", 30))
    assert call.lines == ["Which code?"]
    assert call.says("123", reading("code", "123")).tokens[0].slots == {"code": "123", "age": 30}


def test_an_optional_value_that_was_heard_wrongly_is_dropped_and_nothing_is_asked_again() -> None:
    slots = {"code": CODE, "age": {**AGE, "optional": True, "confirm": "always"}}
    call = asking(slots=slots).says("123, thirty", reading("code", "123"), reading("age", 30))
    assert "thirty" in call.lines[0]
    call.says("no", choice="no")
    assert call.path == ["code.given"]
    assert call.tokens[0].slots == {"code": "123"}


# Confirming


def test_a_sure_value_is_not_read_back_unless_the_author_says_always() -> None:
    assert confirming("when_unsure").says("123", reading("code", "123")).path == ["code.given"]
    call = confirming("always").says("123", reading("code", "123"))
    assert call.lines == ["I have one two three. Is that right?"]
    assert call.state.scopes[0].values == {}


def test_an_unsure_value_is_read_back_unless_the_author_says_never() -> None:
    assert confirming("never").says("123", reading("code", "123", 0.3)).path == ["code.given"]
    call = confirming("when_unsure").says("123", reading("code", "123", 0.3))
    assert call.lines == ["I have one two three. Is that right?"]
    assert "code" not in call.state.scopes[0].values


def test_yes_takes_the_value_that_was_read_back() -> None:
    call = confirming("always").says("123", reading("code", "123")).says("yes", choice="yes")
    assert call.path == ["code.given"]
    assert call.tokens[0].slots == {"code": "123"}


def test_saying_the_same_value_again_confirms_it() -> None:
    call = confirming("always").says("123", reading("code", "123")).says("123", reading("code", "123"))
    assert call.path == ["code.given"]


def test_no_asks_again() -> None:
    call = confirming("always").says("123", reading("code", "123")).says("no", choice="no")
    assert call.lines[0].endswith("Which code?")
    assert call.state.scopes[0].values == {}


def test_no_with_another_value_takes_the_other() -> None:
    call = confirming("when_unsure").says("one two three", reading("code", "123", 0.3))
    call.says("no, four five six", reading("code", "456", correction=True), choice="no")
    assert call.path == ["code.given"]
    assert call.tokens[0].slots == {"code": "456"}


def test_no_with_another_value_reads_the_other_back_where_the_author_says_always() -> None:
    call = confirming("always").says("123", reading("code", "123"))
    call.says("no, 456", reading("code", "456", correction=True), choice="no")
    assert "four five six" in call.lines[0]
    assert call.says("yes", choice="yes").tokens[0].slots == {"code": "456"}


def test_neither_yes_nor_no_is_asked_again() -> None:
    call = confirming("always").says("123", reading("code", "123")).says("what?")
    assert call.lines == ["Sorry, is that a yes or a no? So that's one two three. Is that correct?"]


@pytest.mark.parametrize("answer", ["no", None])
def test_confirming_is_bounded_whatever_the_caller_answers(answer: str | None) -> None:
    call = confirming("always")
    for _ in range(20):
        if call.hung_up:
            break
        call.says("123", reading("code", "123"))
        if not call.hung_up:
            call.says("hm", choice=answer)
    assert call.path == ["code.gave_up"] or call.path == ["code.given"]


def test_endless_corrections_are_bounded() -> None:
    call = confirming("always")
    for value in range(100, 200):
        if call.hung_up:
            break
        call.says("no, another", reading("code", str(value), correction=True), choice="no")
    assert call.path == ["code.gave_up"]


def test_a_refusal_of_the_read_back_is_a_refusal() -> None:
    call = confirming("always").says("123", reading("code", "123")).says("never mind", choice="refuse")
    assert call.path == ["code.refused"]
    assert call.tokens[0].slots == {}


def test_several_unsure_values_are_read_back_one_by_one() -> None:
    slots = {"code": {**CODE, "confirm": "always"}, "age": {**AGE, "confirm": "always"}}
    call = asking(slots=slots).says("123, thirty", reading("code", "123"), reading("age", 30))
    assert "one two three" in call.lines[0]
    assert call.says("yes", choice="yes").lines == ["I have thirty. Is that right?"]
    assert call.says("yes", choice="yes").tokens[0].slots == {"code": "123", "age": 30}


# Keys


def test_keys_answer_and_are_not_read_back() -> None:
    call = confirming("when_unsure").keys("123#")
    assert call.path == ["code.given"]
    assert (call.tokens[0].slots, call.tokens[0].decided_by) == ({"code": "123"}, "keypad")


def test_keys_that_are_no_value_count_as_an_attempt() -> None:
    call = asking(attempts=2).keys("12#")
    assert call.path == []
    assert call.keys("1234").path == ["code.gave_up"]


def test_one_and_two_answer_a_read_back() -> None:
    assert confirming("always").says("123", reading("code", "123")).keys("1").path == ["code.given"]
    again = confirming("always").says("123", reading("code", "123")).keys("2")
    assert again.lines[0].endswith("Which code?")


def test_a_value_typed_instead_of_an_answer_to_the_read_back_replaces_it() -> None:
    call = confirming("when_unsure").says("123", reading("code", "123", 0.5)).keys("456#")
    assert call.tokens[0].slots == {"code": "456"}
    always = confirming("always").says("123", reading("code", "123")).keys("456#")
    assert always.path == []
    assert always.keys("1").tokens[0].slots == {"code": "456"}


def test_where_the_author_wants_no_keys_they_are_not_awaited() -> None:
    call = asking(slots={"code": {**CODE, "keypad": False}})
    assert call.expectation.keypad is None
    assert call.keys("123#").path == []


def test_nought_asks_for_a_person_where_no_keys_are_awaited_and_is_a_digit_where_they_are() -> None:
    call = asking(slots={"code": {**CODE, "keypad": False}}).keys("0")
    assert call.node == "person"
    assert asking().keys("0").node == "code"


# What it refuses and remembers


@pytest.mark.parametrize("value", ["12", "1234", "", "abc", None, 5.5, True, ["123"], {"code": "123"}])
def test_a_value_the_slot_cannot_hold_is_never_stored(value: Any) -> None:
    call = asking().says("rubbish", reading("code", value))
    assert call.path == []
    assert "code" not in call.state.scopes[0].values


def test_a_slot_that_was_volunteered_is_not_asked_again() -> None:
    nodes = {"age": ask("code", slots={"age": AGE}, attempts=1), "code": ask()}
    call = Call(flow_of(nodes)).says("I'm thirty, code 123", reading("age", 30), reading("code", "123"))
    assert call.path == ["age.given", "code.given"]
    assert call.tokens[1].evidence == "given earlier"
    assert call.tokens[1].slots == {"code": "123"}


def test_a_volunteered_value_that_is_unsure_is_asked_for_in_its_turn() -> None:
    nodes = {"age": ask("code", slots={"age": AGE}), "code": ask()}
    call = Call(flow_of(nodes)).says("I'm thirty, code 123", reading("age", 30), reading("code", "123", 0.5))
    assert call.path == ["age.given"]
    assert call.lines == ["Which code?"]


def test_a_volunteered_value_is_read_back_where_the_author_says_always() -> None:
    always = {"code": {**CODE, "confirm": "always"}}
    nodes = {"age": ask("code", slots={"age": AGE}), "code": ask("twice", slots=always), "twice": ask(slots=always)}
    aside = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
    handlers = {"aside": {"examples": ["by the way"], "go": "aside"}}
    call = Call(flow_of({**nodes, "aside": aside}, handlers))
    call.says("I'm thirty, code 123", reading("age", 30), reading("code", "123"))
    assert call.lines == ["I have one two three. Is that right?"]
    assert call.says("pardon?", choice="repeat").lines == ["I have one two three. Is that right?"]
    assert call.says("over again", choice="aside").lines[-1] == "I have one two three. Is that right?"
    call.says("yes", choice="yes")
    assert call.path == ["age.given", "aside.said", "code.given", "twice.given"]


def test_a_node_that_is_visited_again_asks_again() -> None:
    nodes = {"code": ask(exits={"given": "find"}), "find": lookup(exits={"missing": "code"})}
    call = Call(flow_of(nodes)).says("123", reading("code", "123")).missing()
    assert call.path == ["code.given", "find.missing"]
    assert call.lines == ["Which code?"]
    assert call.says("456", reading("code", "456")).latest_arguments == {"code": "456"}


def test_words_outside_the_closed_set_mean_nothing() -> None:
    assert asking().says("x", reading("nothing", "123"), choice="gave_up").path == []
