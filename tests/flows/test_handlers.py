"""Reactions that work at every node: built in and the author's own."""

from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of, lookup, reading
from tollfree.protocol.effects import HangUp
from tollfree.protocol.events import LookedUp
from tollfree.protocol.expectation import Patience

ASIDE = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
HANDLERS = {"aside": {"examples": ["by the way"], "go": "aside"}}


def calling(handlers: dict[str, Any] | None = None) -> Call:
    """A greeting, a code, a look-up, an age."""
    nodes = {
        "hello": {"kind": "say", "say": "Hello.", "exits": {"said": "code"}},
        "code": ask(exits={"given": "find"}),
        "find": lookup(save="thing", exits={"found": "age"}),
        "age": ask(slots={"age": {"type": "number", "ask": "How old?"}}),
        "aside": ASIDE,
        "form": ask("resume", slots={"remark": {"type": "text", "ask": "What should I note?"}}),
    }
    own = {**HANDLERS, "note": {"examples": ["make a note"], "go": "form"}, **(handlers or {})}
    return Call(flow_of(nodes, own))


# Built in


def test_a_person_may_be_asked_for_anywhere() -> None:
    call = calling().says("a human, please", choice="person")
    assert call.node == "person"
    assert call.transferred(True).path == ["hello.said", "person.connected", "code.left"]


def test_repeat_says_the_latest_line_again_and_nothing_else_changes() -> None:
    call = calling()
    before = call.state.frames
    call.says("pardon?", choice="repeat")
    assert call.lines == ["Which code?"]
    assert call.state.frames == before
    assert call.says("123", reading("code", "123")).path[-1] == "code.given"


def test_repeat_may_be_introduced_by_the_authors_words() -> None:
    call = calling({"repeat": {"say": "Sure."}}).says("pardon?", choice="repeat")
    assert call.lines == ["Sure.", "Which code?"]
    assert call.says("pardon?", choice="repeat").lines == ["Sure.", "Which code?"]


def test_hold_on_waits_longer_and_is_quiet_once() -> None:
    call = calling().says("one moment", choice="hold_on")
    assert call.lines == ["Take your time."]
    assert call.expectation.patience is Patience.HOLD
    assert call.silent().lines == ["I'm still here whenever you're ready."]
    assert call.expectation.patience is Patience.DIGITS
    assert call.silent().lines == ["Sorry, I didn't hear anything. Which code?"]


def test_a_caller_who_held_on_answers_as_before() -> None:
    call = calling().says("one moment", choice="hold_on").says("123", reading("code", "123"))
    assert call.path[-1] == "code.given"


def test_start_over_forgets_everything_and_begins_again() -> None:
    call = calling().says("123", reading("code", "123")).found({"name": "Ann"}).says("start over", choice="start_over")
    assert call.lines == ["Okay, let's start over.", "Hello.", "Which code?"]
    assert call.values == {}
    assert call.path == ["hello.said", "code.given", "find.found", "age.left", "hello.said"]


def test_goodbye_ends_the_call_with_a_token_for_every_visit() -> None:
    call = calling().says("bye", choice="goodbye")
    assert call.lines == ["Thanks for calling. Goodbye."]
    assert (call.hung_up, call.path) == ("goodbye", ["hello.said", "code.left"])


@pytest.mark.parametrize("name", ["repeat", "hold_on", "start_over", "goodbye"])
def test_a_built_in_handler_may_say_its_own_words(name: str) -> None:
    call = calling({name: {"say": "My words."}}).says("please", choice=name)
    assert call.lines[0] == "My words."


@pytest.mark.parametrize("name", ["repeat", "hold_on", "start_over", "goodbye"])
def test_a_built_in_handler_may_be_switched_off(name: str) -> None:
    call = calling({name: {"enabled": False}})
    assert name not in call.spoke("please").question.handlers
    assert call.means(choice=name).lines == ["Sorry, I didn't get that. Which code?"] or "digits" in call.lines[0]


def test_a_built_in_handler_may_be_served_by_a_node() -> None:
    call = calling({"goodbye": {"go": "aside"}}).says("bye", choice="goodbye")
    assert call.lines == ["By the way.", "Which code?"]
    assert not call.hung_up


# The author's own


def test_a_digression_resumes_where_the_caller_was() -> None:
    call = calling().says("by the way", choice="aside")
    assert call.lines == ["By the way.", "Which code?"]
    assert call.path == ["hello.said", "aside.said"]
    assert call.says("123", reading("code", "123")).path[-1] == "code.given"


def test_a_handler_may_only_say_something() -> None:
    call = calling({"joke": {"examples": ["a joke"], "say": "Knock knock."}}).says("a joke", choice="joke")
    assert call.lines == ["Knock knock.", "Which code?"]


def test_a_handler_may_say_something_before_it_goes() -> None:
    call = calling({"aside": {"examples": ["x"], "say": "Sure.", "go": "aside"}}).says("by the way", choice="aside")
    assert call.lines == ["Sure.", "By the way.", "Which code?"]


def test_a_digression_may_ask_and_what_it_was_given_is_kept() -> None:
    call = calling().says("make a note", choice="note")
    assert call.lines == ["What should I note?"]
    call.says("it is red", reading("remark", "it is red"))
    assert call.lines == ["Which code?"]
    assert call.values == {"remark": "it is red"}


def test_a_handler_asked_for_twice_begins_anew_and_does_not_pile_up() -> None:
    call = calling()
    for _ in range(5):
        call.says("make a note", choice="note")
    assert len(call.state.frames) == 2
    assert call.path == ["hello.said", *["form.left"] * 4]
    assert call.says("red", reading("remark", "red")).lines == ["Which code?"]


def test_two_handlers_may_be_inside_one_another() -> None:
    call = calling().says("make a note", choice="note").says("by the way", choice="aside")
    assert call.lines == ["By the way.", "What should I note?"]
    assert call.says("red", reading("remark", "red")).lines == ["Which code?"]


def test_a_slot_given_with_a_handlers_words_is_kept() -> None:
    call = calling().says("by the way, it's 123", reading("code", "123"), choice="aside")
    assert (call.lines, call.path) == (["By the way."], ["hello.said", "aside.said", "code.given"])
    assert call.latest_arguments == {"code": "123"}


def test_an_unsure_slot_given_with_a_handlers_words_is_asked_for_again() -> None:
    call = calling().says("by the way, it's 123", reading("code", "123", 0.4), choice="aside")
    assert (call.lines, call.values) == (["By the way.", "Which code?"], {})


def test_a_choice_of_the_node_wins_over_a_handler_of_the_same_name() -> None:
    exits = dict.fromkeys(("person", "unclear", "silent"), "bye")
    reason = {"kind": "intent", "ask": "Who?", "intents": {"person": {"examples": ["a person"]}}, "exits": exits}
    assert Call(flow_of({"reason": reason})).says("a person", choice="person").path == ["reason.person"]


# While a look-up is under way


def test_a_digression_during_a_look_up_takes_the_result_when_it_is_over() -> None:
    call = calling().says("123", reading("code", "123")).says("make a note", choice="note")
    under_way = call.state.frames[0].waiting
    assert (call.node, call.lines) == ("form", ["What should I note?"])
    call.take(LookedUp(effect=under_way or "", found=True, result={"name": "Ann"}))
    assert (call.node, call.lines) == ("form", [])
    call.says("red", reading("remark", "red"))
    assert call.path == ["hello.said", "code.given", "form.given", "find.found"]
    assert call.lines == ["How old?"]
    assert call.values["thing"] == {"name": "Ann"}


def test_a_digression_that_ends_before_the_result_waits_for_it() -> None:
    call = calling().says("123", reading("code", "123")).says("by the way", choice="aside")
    assert (call.node, call.lines, call.listens) == ("find", ["By the way."], False)
    assert call.found({}).lines == ["How old?"]


def test_a_result_that_failed_meanwhile_is_a_failure_when_the_caller_is_back() -> None:
    call = calling().says("123", reading("code", "123")).says("make a note", choice="note").failed()
    assert call.node == "form"
    assert call.says("red", reading("remark", "red")).path[-1] == "find.failed"


def test_a_person_may_be_asked_for_while_a_look_up_is_under_way() -> None:
    call = calling().says("123", reading("code", "123")).says("a human", choice="person")
    assert call.node == "person"
    assert call.found({}).node == "person"
    assert call.transferred(True).path[-2:] == ["person.connected", "find.left"]


def test_after_starting_over_the_old_result_is_ignored() -> None:
    call = calling().says("123", reading("code", "123"))
    call.says("start over", choice="start_over").found({"name": "Ann"})
    assert (call.node, call.values) == ("code", {})


@pytest.mark.parametrize("name", ["repeat", "hold_on"])
def test_small_requests_during_a_look_up_leave_it_alone(name: str) -> None:
    call = calling().says("123", reading("code", "123")).says("please", choice=name)
    assert call.lines
    assert call.found({}).path[-1] == "find.found"


def test_a_goodbye_during_a_look_up_hangs_up() -> None:
    call = calling().says("123", reading("code", "123")).says("bye", choice="goodbye")
    assert isinstance(call.last[-1], HangUp)
    assert call.path[-1] == "find.left"


# An end inside a digression


def test_an_end_inside_a_digression_ends_the_call() -> None:
    call = calling({"stop": {"examples": ["stop"], "go": "bye"}}).says("stop", choice="stop")
    assert (call.hung_up, call.path) == ("bye", ["hello.said", "code.left"])


def test_a_digression_that_leads_into_the_flow_goes_on_there() -> None:
    call = calling({"skip": {"examples": ["skip"], "go": "age"}}).says("skip", choice="skip")
    assert call.lines == ["How old?"]
    assert call.says("thirty", reading("age", 30)).hung_up == "bye"


def test_handlers_examples_reach_the_classifier_of_every_listening_node() -> None:
    sets = {one.key: {option.name for option in one.options} for one in calling().flow.choice_sets}
    assert set(sets) == {"made/code", "made/age", "made/form"}
    assert all({"person", "repeat", "aside", "note"} <= names for names in sets.values())
