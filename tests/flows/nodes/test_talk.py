from dataclasses import replace
from typing import Any

import pytest

from tests.flows.driven import FACTS, Call, flow_of
from tollfree.flows.engine import START
from tollfree.protocol.effects import Compose
from tollfree.protocol.events import CallStarted, Composed, Spoken
from tollfree.protocol.turn import Turn


def talking(**fields: Any) -> Call:
    exits = dict.fromkeys(("settled", "gave_up", "failed", "silent"), "bye")
    talk = {"kind": "talk", "goal": "Settle it for {{ project.name }}.", "outcomes": {"settled": "when it is settled"}}
    return Call(flow_of({"talk": {**talk, "opening": "Let us talk.", "exits": exits, **fields}}))


def test_it_opens_with_the_authors_line_and_listens() -> None:
    call = talking()
    assert call.lines == ["Let us talk."]
    assert call.listens


def test_without_an_opening_the_model_begins() -> None:
    call = talking(opening="")
    assert call.latest(Compose).purpose == "talk"
    assert call.composed("Hello.").lines == ["Hello."]
    assert call.listens


def test_the_model_is_given_the_goal_the_words_and_the_closed_set_of_exits() -> None:
    compose = talking(route="smart").says("well…").latest(Compose)
    assert (compose.instructions, compose.said, compose.exits, compose.route) == (
        "Settle it for Test.",
        "well…",
        ("settled",),
        "smart",
    )


def test_it_goes_on_until_an_exit_is_chosen() -> None:
    call = talking().says("well…").composed("Go on.")
    assert (call.lines, call.path) == (["Go on."], [])
    call.says("done").composed("Then it is settled.", exit="settled")
    assert call.lines == ["Then it is settled."]
    assert (call.path, call.tokens[0].decided_by) == (["talk.settled"], "model")


@pytest.mark.parametrize("exit", ["elsewhere", "gave_up", "failed", "said", ""])
def test_an_exit_outside_the_closed_set_moves_nothing(exit: str) -> None:
    call = talking().says("well…").composed("Go on.", exit=exit)
    assert (call.lines, call.path) == (["Go on."], [])


def test_more_turns_than_allowed_leave_by_gave_up() -> None:
    call = talking(turns=2)
    for _ in range(2):
        call.says("well…").composed("Go on.")
    assert call.says("well…").path == ["talk.gave_up"]


def test_a_model_that_fails_leaves_by_failed() -> None:
    call = talking().says("well…").failed("no_engine")
    assert (call.path, call.tokens[0].evidence) == (["talk.failed"], "no_engine: too slow")


def test_a_model_that_composes_nothing_leaves_by_failed() -> None:
    assert talking().says("well…").composed("").path == ["talk.failed"]


def test_words_said_while_an_answer_is_composed_are_answered_and_the_first_answer_no_longer_counts() -> None:
    call = talking().says("well…")
    first = call.latest(Compose)
    call.says("no, the other one")
    again = call.latest(Compose)
    assert again.id != first.id and again.said == "no, the other one"
    assert call.state.awaits(again.id) and not call.state.awaits(first.id)
    assert call.take(Composed(effect=first.id, text="Well what?")).lines == []
    assert call.composed("The other one, then.").lines == ["The other one, then."]


@pytest.mark.parametrize("words", ["Hello?", "okay", "Mm-hm.", "are you still there?"])
def test_words_that_only_say_that_somebody_is_there_leave_the_answer_under_way(words: str) -> None:
    call = talking().says("well…")
    compose = call.latest(Compose)
    call.says(words)
    assert call.latest(Compose) is compose and call.state.awaits(compose.id)
    assert call.composed("Well what?").lines == ["Well what?"]


def test_a_caller_who_never_stops_gets_the_answer_to_what_they_asked_last() -> None:
    call = talking(turns=100).says("well…")
    for number in range(20):
        call.says(f"no, I mean number {number}")
    assert call.latest(Compose).said == "no, I mean number 7"
    assert call.composed("Number seven, then.").lines == ["Number seven, then."]


def test_what_was_heard_of_an_answer_that_was_never_finished_is_remembered() -> None:
    call = talking().says("well…")
    call.take(Spoken(effect=call.latest(Compose).id, heard="Well,", complete=False, unfinished=True))
    assert call.says("no").state.turns[-2:] == (Turn("agent", "Well,"), Turn("caller", "no"))


def test_silences_in_a_row_leave_by_silent() -> None:
    call = talking().silent().says("well…").composed("Go on.").silent()
    assert call.path == []
    assert call.silent().path == ["talk.silent"]


# What a language model is given, and what comes of it

SERIAL = {"type": "digits", "length": 3, "ask": "The number on the back"}


def with_models(call: Call, **facts: Any) -> Call:
    """The same call, begun where language models can be asked."""
    known = replace(FACTS, models=True, **facts)
    again = Call.__new__(Call)
    again.flow, again.state, again.events, again.steps = call.flow, START, [], []
    return again.take(CallStarted(facts=known))


def test_a_call_that_began_before_models_were_known_composes_as_it_did() -> None:
    compose = talking().says("well…").latest(Compose)
    assert (compose.when, compose.history, compose.values, compose.grounded) == ((), (), {}, None)


def test_the_model_is_given_what_was_heard_and_what_the_flow_knows() -> None:
    call = with_models(talking()).heard("Let us").says("well…")
    compose = call.latest(Compose)
    assert compose.history == (Turn("agent", "Let us"),), "neither what was cut off, nor the words to be answered"
    assert compose.when == ("when it is settled",)
    assert compose.values["project"] == {"name": "Test", "currency": "USD"}


def test_a_grounded_talk_says_so() -> None:
    assert talking(grounded=True).says("well…").latest(Compose).grounded is True


def test_values_count_that_their_grammar_reads_and_the_caller_said() -> None:
    call = with_models(talking(slots={"serial": SERIAL})).spoke("it says one two three").means()
    assert call.latest(Compose).slots == {"serial": "The number on the back"}
    call.take(composed(call, "Thanks.", slots={"serial": "one two three"}))
    assert call.values["serial"] == "123"
    assert call.says("well…").latest(Compose).slots == {}


@pytest.mark.parametrize("words", ["four five six", "one two", "says", "", "one two three four"])
def test_other_values_do_not_count(words: str) -> None:
    call = with_models(talking(slots={"serial": SERIAL})).spoke("it says one two three four").means()
    call.take(composed(call, "Thanks.", slots={"serial": words, "other": "one two three"}))
    assert call.values.get("serial") is None and "other" not in call.values


def test_a_line_that_stops_in_mid_sentence_is_ended() -> None:
    call = talking().says("well…")
    assert call.take(composed(call, "I see, so", ended="cut_short")).lines == [
        "I see, so Sorry, could you say that again?"
    ]
    call.says("well…")
    assert call.take(composed(call, "I see.", ended="cut_short")).lines == ["I see."]


def test_a_line_nothing_supports_is_replaced_and_twice_in_a_row_fails() -> None:
    call = talking().says("well…")
    call.take(composed(call, "", ended="ungrounded"))
    assert call.lines == ["Sorry, I can't say that for certain. What else can I do for you?"] and call.path == []
    call.says("well…").composed("Go on.").says("well…")
    call.take(composed(call, "I see.", ended="ungrounded"))
    assert call.path == []
    call.says("well…")
    assert call.take(composed(call, "", ended="ungrounded")).path == ["talk.failed"]


def composed(call: Call, text: str, **more: Any) -> Composed:
    return Composed(effect=call.latest(Compose).id, text=text, **more)
