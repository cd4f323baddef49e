"""A person changes a call, or takes it over."""

from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of, lookup, reading
from tollfree.calls.snapshot import snapshot
from tollfree.flows.engine import START, replay
from tollfree.flows.supervision import refusal
from tollfree.protocol.effects import Compose, Listen, Lookup, Say
from tollfree.protocol.events import (
    LAPSED,
    CallEnded,
    CallerSilent,
    CallerUnheard,
    CallResumed,
    EffectFailed,
    LookedUp,
    Supervised,
    TimerFired,
)
from tollfree.protocol.expectation import Patience

AGE = {"age": {"type": "number", "ask": "How old?"}}
FLOW = flow_of(
    {
        "code": ask("bye", exits={"given": "find"}),
        "find": lookup("age", save="thing"),
        "age": ask("told", slots=AGE),
        "told": {"kind": "say", "say": "That is all.", "exits": {"said": "more"}},
        "more": ask("post", slots={"note": {"type": "text", "ask": "Any note?"}}),
        "post": lookup("bye", tool="post"),
    },
    variables={"thing": "any"},
)


def called() -> Call:
    return Call(FLOW)


def supervised(call: Call, action: Any, name: str = "", value: Any = None, by: str = "ann") -> Call:
    return call.take(Supervised(action=action, by=by, name=name, value=value))


def taken_over(call: Call) -> Call:
    return supervised(call, "take_over")


def told(call: Call, action: Any, name: str = "", value: Any = None, by: str = "ann") -> str:
    """Why it is refused."""
    return refusal(call.flow, call.state, Supervised(action=action, by=by, name=name, value=value))


# Taken over


def test_whatever_the_caller_does_while_a_person_has_the_call_the_agent_says_nothing_and_counts_nothing() -> None:
    call = taken_over(called())
    for _ in range(5):
        call.silent().keys("123#").keys("0").spoke("one two three").take(CallerUnheard())
        assert [type(effect) for effect in call.last] == [Listen]
    assert (call.path, call.node, call.state.unheard) == ([], "code", 0)
    assert supervised(call, "hand_back").lines == ["Which code?"]
    assert call.says("hm").lines == Call(FLOW).says("hm").lines, "no attempt was counted"


def test_the_caller_is_heard_while_a_person_has_the_call_and_given_time() -> None:
    call = taken_over(called())
    assert call.listens and call.expectation.patience == Patience.HOLD and call.expectation.keypad is None
    assert call.spoke("Is somebody there?").listens
    assert [(turn.who, turn.text) for turn in call.state.turns] == [("caller", "Is somebody there?")]


def test_words_whose_meaning_was_being_worked_out_are_the_persons_to_answer() -> None:
    call = called().spoke("one two three")
    taken_over(call).means(reading("code", "123"))
    assert (call.path, call.lines) == ([], [])
    assert supervised(call, "hand_back").lines == ["Which code?"]


@pytest.mark.parametrize("late", [False, True])
def test_a_look_up_finishes_and_its_result_waits_for_the_hand_back(late: bool) -> None:
    call = called().says("one two three", reading("code", "123"))
    taken_over(call)
    if late:
        assert supervised(call, "hand_back").lines == ["One moment, please."]
        assert call.found({"name": "Ann"}).lines == ["How old?"]
    else:
        assert (call.found({"name": "Ann"}).last, call.node) == ((), "find")
        assert supervised(call, "hand_back").lines == ["How old?"]
    assert (call.path, call.values["thing"]) == (["code.given", "find.found"], {"name": "Ann"})


def test_a_look_up_that_fails_meanwhile_fails_at_the_hand_back() -> None:
    call = called().says("one two three", reading("code", "123"))
    taken_over(call).failed()
    assert isinstance(call.events[-1], EffectFailed) and call.path == ["code.given"]
    supervised(call, "hand_back")
    assert (call.path[-1], call.node) == ("find.failed", "age")


def test_an_answer_that_was_composed_meanwhile_is_said_at_the_hand_back() -> None:
    exits = dict.fromkeys(("done", "gave_up", "silent", "failed"), "bye")
    call = Call(
        flow_of({"chat": {"kind": "talk", "goal": "x", "outcomes": {"done": "They are done."}, "exits": exits}})
    )
    taken_over(call)
    assert call.composed("Hello, I am the assistant.").lines == []
    assert supervised(call, "hand_back").lines == ["Hello, I am the assistant."]
    assert len([one for one in call.effects if isinstance(one, Compose)]) == 1


def test_a_call_limit_holds_whoever_has_the_call() -> None:
    call = taken_over(called()).take(TimerFired(timer="call_limit_near"))
    assert call.lines == []
    call.take(TimerFired(timer="call_limit"))
    assert call.state.over and len(call.lines) == 1 and call.hung_up == "time_limit"


def test_a_call_that_is_resumed_is_still_the_persons_until_it_is_handed_back() -> None:
    call = taken_over(called()).take(CallResumed())
    assert call.lines == [] and call.listens
    assert call.silent().lines == []
    assert supervised(call, "hand_back", by=LAPSED).lines == ["Which code?"]


def test_what_is_typed_for_a_call_that_is_taken_over_is_said() -> None:
    call = supervised(taken_over(called()), "say", value="This is Ann speaking.")
    assert call.lines == ["This is Ann speaking."]
    assert call.heard().state.turns[-1].text == "This is Ann speaking."


def test_a_caller_who_hangs_up_on_a_person_has_hung_up() -> None:
    call = taken_over(called()).take(CallEnded())
    assert call.state.over and call.state.outcome == "caller_hung_up"


def test_a_call_that_a_person_has_can_be_hung_up_by_them() -> None:
    assert supervised(taken_over(called()), "hang_up").hung_up == "supervised"


# Moved while taken over


def test_a_slot_that_is_set_meanwhile_is_spoken_from_after_the_hand_back() -> None:
    call = supervised(taken_over(called()), "set_slot", "code", "123")
    assert (call.values["code"], call.path, call.last) == ("123", [], ())
    supervised(call, "hand_back")
    assert (call.path, call.latest_arguments["code"]) == (["code.given"], "123")


def test_a_correction_meanwhile_goes_back_and_is_told_after_the_hand_back() -> None:
    call = called().says("one two three", reading("code", "123")).found({"name": "Ann"})
    supervised(taken_over(call), "set_slot", "code", "456")
    assert (call.last, call.node, call.values.get("thing")) == ((), "find", None)
    supervised(call, "hand_back")
    assert call.lines == ["Okay, four five six."]
    assert call.latest_arguments == {"code": "456"}


def test_an_exit_that_is_chosen_meanwhile_moves_the_call_and_begins_nothing() -> None:
    call = supervised(taken_over(called()), "choose_exit", "given")
    assert (call.path, call.node, call.last) == (["code.given"], "find", ())
    assert not any(isinstance(one, Lookup) for one in call.effects)
    supervised(call, "choose_exit", "failed")
    assert (call.path[-1], call.node, call.last) == ("find.failed", "age", ())
    assert supervised(call, "hand_back").lines == ["How old?"]


def test_a_slot_that_is_set_for_a_node_not_yet_begun_is_found_there() -> None:
    call = supervised(taken_over(called()), "choose_exit", "given")
    supervised(supervised(call, "choose_exit", "found"), "set_slot", "age", 30)
    supervised(call, "hand_back")
    assert call.lines == ["That is all.", "Any note?"] and call.path[-2:] == ["age.given", "told.said"]


def test_an_exit_that_is_chosen_of_a_look_up_under_way_leaves_its_result_unheard() -> None:
    call = called().says("one two three", reading("code", "123"))
    old = call.latest(Lookup).id
    supervised(taken_over(call), "choose_exit", "missing").take(
        LookedUp(effect=old, found=True, result={"name": "Ann"})
    )
    supervised(call, "hand_back")
    assert (call.node, call.values.get("thing"), call.lines) == ("age", None, ["How old?"])


def test_an_end_that_is_chosen_ends_the_call_when_it_is_handed_back() -> None:
    call = supervised(taken_over(called()), "choose_exit", "refused")
    assert (call.node, call.state.over) == ("bye", False)
    assert supervised(call, "hand_back").hung_up == "bye"


# What is refused


@pytest.mark.parametrize(
    ("action", "name", "value", "says"),
    [
        ("set_slot", "colour", "red", "has no slot 'colour'; it has: age, code, note"),
        ("set_slot", "code", "12", "cannot hold this value: "),
        ("set_slot", "code", None, "cannot hold this value: "),
        ("choose_exit", "found", None, "The node code has no exit 'found'; it has: gave_up, given, refused, silent."),
        ("say", "", " ", "no words"),
        ("say", "", None, "no words"),
        ("hand_back", "", None, "Nobody has taken the call over."),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence_and_changes_nothing(
    action: Any, name: str, value: Any, says: str
) -> None:
    call = called()
    assert says in told(call, action, name, value)
    before = call.state
    assert supervised(call, action, name, value).state == before and call.last == ()


@pytest.mark.parametrize(
    ("action", "name", "value"),
    [("set_slot", "code", "123"), ("choose_exit", "given", None), ("say", "", "Hi."), ("take_over", "", None)],
)
def test_what_can_be_done_is_not_refused(action: Any, name: str, value: Any) -> None:
    assert told(called(), action, name, value) == ""


def test_a_call_that_somebody_has_is_not_taken_from_them_and_may_be_taken_over_by_them_again() -> None:
    call = taken_over(called())
    assert told(call, "take_over", by="bob") == "ann has taken the call over, and has to hand it back first."
    assert supervised(call, "take_over", by="bob").state.taken_over == "ann"
    before = call.state
    assert told(call, "take_over") == "" and taken_over(call).state == before
    assert told(call, "hand_back", by="bob") == "", "anybody may let the agent go on"


def test_a_call_that_has_not_begun_or_is_over_is_not_supervised() -> None:
    event = Supervised(action="say", by="ann", value="Hello.")
    assert refusal(called().flow, START, event) == "The call has not begun yet."
    assert told(called().take(CallEnded()), "take_over") == "The call is over."


def test_a_slot_that_was_acted_on_outside_is_too_late_to_change() -> None:
    call = called().says("one two three", reading("code", "123")).found({}).says("30", reading("age", 30))
    call.says("none", reading("note", "none"))
    assert call.node == "post" and "too late" in told(call, "set_slot", "code", "456")
    assert supervised(call, "set_slot", "code", "456").lines == []


# The state


def test_a_replay_of_a_call_that_was_taken_over_gives_the_same_and_others_states_are_as_they_were() -> None:
    call = called()
    assert not {"taken_over", "withheld"} & snapshot(call.state).keys()
    supervised(supervised(taken_over(call.spoke("x")), "choose_exit", "given"), "set_slot", "code", "456")
    assert replay(call.flow, call.events) == call.state
    supervised(call, "hand_back")
    assert replay(call.flow, call.events) == call.state
    assert not {"taken_over", "withheld"} & snapshot(call.state).keys()


def test_a_silent_caller_of_a_call_that_was_handed_back_is_asked_again() -> None:
    call = supervised(taken_over(called()), "hand_back").take(CallerSilent())
    assert len([one for one in call.last if isinstance(one, Say)]) == 1
