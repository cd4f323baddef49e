"""A call that another process takes up: the caller hears that we are back, and is where they were."""

from typing import Any

from tests.flows.driven import Call, ask, flow_of, lookup, reading
from tollfree.flows.engine import replay
from tollfree.flows.state import CallState
from tollfree.protocol.effects import HangUp, Lookup, Understand
from tollfree.protocol.events import CallEvent, CallResumed, CallStarted, EffectFailed, Spoken

BACK = "Sorry, we were cut off for a moment."
FLOW = flow_of(
    {
        "hello": {"kind": "say", "say": "Hello.", "exits": {"said": "code"}},
        "code": ask(exits={"given": "find"}),
        "find": lookup("bye", save="thing"),
    }
)


def all_heard(call: Call) -> Call:
    """Every line so far reached the caller."""
    for effect, text in call.state.speaking:
        call.take(Spoken(effect=effect, heard=text))
    return call


def resumed(call: Call) -> Call:
    return call.take(CallResumed())


def test_a_caller_who_heard_everything_is_asked_again() -> None:
    call = resumed(all_heard(Call(FLOW)))
    assert call.lines == [BACK, "Which code?"]
    assert call.listens and call.node == "code"


def test_what_was_not_heard_is_said_again_and_asked_once() -> None:
    call = resumed(Call(FLOW))
    assert call.lines == [BACK, "Hello.", "Which code?"]
    assert call.listens
    assert [text for _, text in call.state.speaking] == [BACK, "Hello.", "Which code?"]


def test_a_second_interruption_apologises_once_and_loses_nothing() -> None:
    assert resumed(resumed(Call(FLOW))).lines == [BACK, "Hello.", "Which code?"]


def test_news_that_was_heard_is_not_repeated_with_the_question_that_was_not() -> None:
    call = Call(FLOW)
    effect, text = call.state.speaking[0]
    call.take(Spoken(effect=effect, heard=text))
    assert resumed(call).lines == [BACK, "Which code?"]


def test_that_again_still_means_the_line_before_the_interruption() -> None:
    call = resumed(Call(FLOW))
    call.says("what?", choice="repeat")
    assert call.lines == ["Which code?"]


def test_what_the_caller_gave_is_kept() -> None:
    pair = {"slots": {"code": {"type": "digits", "length": 3, "ask": "Which code?"}}}
    age: dict[str, Any] = {"type": "number", "ask": "How old?"}
    call = Call(flow_of({"both": ask(slots={**pair["slots"], "age": age}, exits={"given": "bye"})}))
    all_heard(call.says("one two three", reading("code", "123")))
    assert resumed(call).lines == [BACK, "How old?"]
    assert call.says("nine", reading("age", 9)).path == ["both.given"]
    assert (call.values["code"], call.values["age"]) == ("123", 9)


def test_words_that_are_being_understood_are_answered_and_not_asked_for_again() -> None:
    call = resumed(Call(FLOW).spoke("one two three"))
    assert (call.lines, call.listens) == ([BACK], False)
    call.means(reading("code", "123"))
    assert call.path[-1] == "code.given" and isinstance(call.last[-1], Lookup)


def test_a_look_up_that_is_awaited_stays_awaited() -> None:
    call = Call(FLOW).says("one two three", reading("code", "123"))
    waiting = call.waiting
    resumed(all_heard(call))
    assert (call.lines, call.listens, call.waiting) == ([BACK], False, waiting)
    assert not any(isinstance(effect, Lookup | Understand) for effect in call.last)
    assert waiting is not None
    assert call.take(EffectFailed(effect=waiting, code="interrupted")).path[-1] == "find.failed"


def test_a_caller_who_asked_for_a_moment_still_has_it() -> None:
    call = all_heard(Call(FLOW)).says("hold on", choice="hold_on")
    resumed(all_heard(call))
    assert call.lines == [BACK, "Which code?"] and call.state.holding
    assert call.expectation.patience == "hold"


def test_a_call_that_was_being_hung_up_stays_so() -> None:
    call = Call(FLOW).says("bye", choice="goodbye")
    state = call.state
    assert isinstance(call.last[-1], HangUp)
    assert resumed(call).state == state and not call.last


def test_nothing_is_resumed_before_it_began() -> None:
    events: list[CallEvent] = [CallResumed()]
    assert replay(Call(FLOW).flow, events) == CallState()
    began = Call(FLOW)
    assert isinstance(began.events[0], CallStarted)


def test_a_flow_may_word_the_return_itself() -> None:
    call = Call({**FLOW, "wording": {"resumed": "Here we are again."}})
    assert resumed(all_heard(call)).lines == ["Here we are again.", "Which code?"]
