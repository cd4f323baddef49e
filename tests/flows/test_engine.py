"""The engine itself: stale and stray events, words spoken at odd moments, the control tower, limits."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.driven import AGE, FACTS, Call, ask, flow_of, lookup, reading
from tests.flows.generated import compiled, documents, stray
from tollfree.flows.engine import START, step
from tollfree.protocol.effects import HangUp, Lookup, Say, Understand
from tollfree.protocol.events import (
    Answered,
    CallEnded,
    CallerSpoke,
    CallStarted,
    EffectFailed,
    LookedUp,
    Supervised,
    TimerFired,
)
from tollfree.protocol.question import Answer


def calling() -> Call:
    """A code, a look-up, an age."""
    nodes = {
        "code": ask(exits={"given": "find"}),
        "find": lookup(save="thing", exits={"found": "age"}),
        "age": ask(slots={"age": AGE}),
    }
    return Call(flow_of(nodes))


# Beginning and ending


def test_nothing_happens_before_the_call_begins() -> None:
    call = calling()
    assert step(call.flow, START, CallerSpoke(text="hello")).state == START


def test_a_call_begins_once() -> None:
    call = calling().says("123", reading("code", "123"))
    before = call.state
    call.take(CallStarted(facts=FACTS))
    assert (call.state, call.last) == (before, ())


@pytest.mark.parametrize("reason", ["caller_hung_up", "line_lost", "error"])
def test_a_line_that_is_gone_ends_the_call_with_its_reason_and_asks_for_nothing_more(reason: Any) -> None:
    call = calling().take(CallEnded(reason=reason))
    assert (call.state.over, call.state.outcome, call.last, call.path) == (True, reason, (), ["code.left"])


def test_the_outcome_of_an_ended_call_is_not_overwritten_by_the_hanging_up() -> None:
    call = calling().says("no", choice="refuse")
    call.take(CallEnded(reason="hung_up"))
    assert call.state.outcome == "bye"


def test_a_call_that_reaches_its_limit_says_so_and_hangs_up() -> None:
    call = calling().take(TimerFired(timer="call_limit"))
    assert call.lines == ["I'm sorry, we've reached the time limit for this call."]
    assert (call.hung_up, call.path) == ("time_limit", ["code.left"])


def test_a_caller_who_hangs_up_during_a_look_up_leaves_a_token_for_it() -> None:
    call = calling().says("123", reading("code", "123")).take(CallEnded())
    assert call.path == ["code.given", "find.left"]


# Words at odd moments


def test_words_are_put_to_the_node_that_follows_when_the_call_moved_on_meanwhile() -> None:
    call = calling().says("123", reading("code", "123")).spoke("I'm thirty")
    call.found({})
    assert call.lines == ["How old?"]
    call.take(Answered(effect=call.latest(Understand).id, answer=Answer()))
    assert (call.question.node, call.latest(Understand).said.text) == ("age", "I'm thirty")
    assert call.means(reading("age", 30)).path[-1] == "age.given"


def test_a_value_given_while_a_tool_works_is_kept_and_not_asked_for() -> None:
    call = calling().says("123", reading("code", "123")).says("and I'm thirty", reading("age", 30))
    assert call.lines == []
    assert call.found({}).path == ["code.given", "find.found", "age.given"]


def test_two_turns_before_the_first_is_understood_are_understood_together() -> None:
    call = calling().spoke("one two").spoke("three")
    assert call.latest(Understand).said.text == "one two three"
    assert call.means(reading("code", "123")).path == ["code.given"]


def test_an_answer_to_an_earlier_question_is_ignored() -> None:
    call = calling().spoke("one two")
    stale = call.latest(Understand).id
    call.spoke("three")
    call.take(Answered(effect=stale, answer=Answer(choice="refuse", confidence=1.0)))
    assert call.path == []


def test_a_result_nobody_waits_for_is_ignored() -> None:
    call = calling().says("123", reading("code", "123"))
    old = call.latest(Lookup).id
    call.found({"name": "Ann"}).take(LookedUp(effect=old, found=True, result={"name": "Bob"}))
    call.take(EffectFailed(effect=old, code="late"))
    assert call.values["thing"] == {"name": "Ann"}
    assert call.node == "age"


def test_words_that_cannot_be_understood_for_a_fault_are_asked_for_again() -> None:
    call = calling().spoke("one two three")
    call.take(EffectFailed(effect=call.latest(Understand).id, code="internal", message="RuntimeError"))
    assert (call.node, len(call.lines)) == ("code", 1)


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_words_that_are_only_space_are_no_turn(text: str) -> None:
    call = calling().spoke(text)
    assert call.state.turns == ()
    assert call.listens


def test_silence_while_a_tool_works_or_words_are_understood_is_no_silence() -> None:
    call = calling().spoke("hm").silent().silent().silent()
    assert call.path == []
    call = calling().says("123", reading("code", "123")).silent().silent().silent()
    assert call.path == ["code.given"]


def test_history_holds_only_what_was_heard() -> None:
    call = calling().heard("Which")
    assert [(turn.who, turn.text) for turn in call.state.turns] == [("agent", "Which")]
    call.says("123", reading("code", "123"))
    assert call.state.turns[-1].text == "123"


# The control tower


def supervised(call: Call, action: Any, name: str = "", value: Any = None) -> Call:
    return call.take(Supervised(action=action, by="anna", name=name, value=value))


def test_a_supervisor_may_set_the_awaited_slot_and_the_call_goes_on() -> None:
    call = supervised(calling(), "set_slot", "code", "123")
    token = call.tokens[0]
    assert (token.step, token.slots, token.decided_by) == ("code.given", {"code": "123"}, "supervisor")


def test_a_supervisor_may_set_a_slot_ahead() -> None:
    call = supervised(calling(), "set_slot", "age", 30)
    assert (call.node, call.values) == ("code", {"age": 30})
    assert call.says("123", reading("code", "123")).found({}).path[-1] == "age.given"


def test_a_supervisor_may_correct_an_earlier_slot() -> None:
    call = supervised(calling().says("123", reading("code", "123")).found({}), "set_slot", "code", "456")
    assert call.latest_arguments == {"code": "456"}


@pytest.mark.parametrize(("name", "value"), [("code", "12"), ("code", None), ("nothing", "123"), ("", "")])
def test_a_slot_that_is_not_there_or_a_value_it_cannot_hold_changes_nothing(name: str, value: Any) -> None:
    call = calling()
    before = call.state
    assert supervised(call, "set_slot", name, value).state == before


def test_a_supervisor_may_choose_one_of_the_nodes_exits() -> None:
    call = supervised(calling(), "choose_exit", "refused")
    assert (call.tokens[0].step, call.tokens[0].evidence) == ("code.refused", "chosen by anna")


def test_a_supervisor_may_leave_a_look_up_that_hangs_and_its_result_is_ignored() -> None:
    call = supervised(calling().says("123", reading("code", "123")), "choose_exit", "found")
    assert call.lines == ["How old?"]
    assert call.found({"name": "Ann"}).node == "age"
    assert "thing" not in call.values


def test_an_exit_the_node_has_not_changes_nothing() -> None:
    assert supervised(calling(), "choose_exit", "found").path == []


def test_a_supervisor_may_speak_and_hang_up() -> None:
    call = supervised(calling(), "say", value="One moment.")
    assert (call.lines, call.node) == (["One moment."], "code")
    assert supervised(call, "hang_up").hung_up == "supervised"


# Flows that the checks would refuse


def test_a_flow_of_a_hundred_lines_in_a_row_is_stopped_and_the_caller_brought_to_a_person() -> None:
    nodes: dict[str, Any] = {
        f"s{n}": {"kind": "say", "say": f"{n}", "exits": {"said": f"s{n + 1}" if n < 149 else "bye"}}
        for n in range(150)
    }
    call = Call(flow_of(nodes))
    assert call.node == "person"
    assert call.lines[-1] == "I'm sorry, something went wrong on our side."
    assert call.transferred(False).hung_up == "bye"


def test_a_call_that_fails_twice_hangs_up_explained() -> None:
    nodes: dict[str, Any] = {
        f"s{n}": {"kind": "say", "say": f"{n}", "exits": {"said": f"s{n + 1}" if n < 149 else "bye"}}
        for n in range(150)
    }
    document = flow_of(nodes, {"again": {"examples": ["again"], "go": "s0"}})
    document["nodes"]["person"]["exits"]["failed"] = "s0"
    call = Call(document).failed()
    assert call.hung_up == "failed"
    assert isinstance(call.last[-1], HangUp)
    assert [effect.text for effect in call.last if isinstance(effect, Say)][-1].startswith("I'm sorry")


@settings(max_examples=60, deadline=None)
@given(document=documents(checked=True), data=st.data())
def test_a_flow_with_any_wiring_whatever_never_makes_a_step_raise(
    document: dict[str, Any], data: st.DataObject
) -> None:
    flow = compiled(document).flow
    assert flow is not None
    targets = st.sampled_from([*flow.main.nodes, "resume", "nowhere"])
    edges = {
        node: {exit: data.draw(targets) for exit in exits if data.draw(st.booleans())}
        for node, exits in flow.main.edges.items()
    }
    main = replace(flow.main, edges=edges)
    flow = replace(flow, main=main, graphs={**flow.graphs, main.id: main})
    state = step(flow, START, CallStarted(facts=FACTS)).state
    for _ in range(data.draw(st.integers(0, 15))):
        state = step(flow, state, data.draw(stray())).state
    assert step(flow, state, CallEnded()).state.over


def test_a_person_who_was_called_for_trouble_and_did_not_answer_leaves_nothing_to_resume() -> None:
    nodes: dict[str, Any] = {
        f"s{n}": {"kind": "say", "say": f"{n}", "exits": {"said": f"s{n + 1}" if n < 149 else "bye"}}
        for n in range(150)
    }
    document = flow_of(nodes)
    document["nodes"]["person"]["exits"]["nobody"] = "resume"
    assert Call(document).transferred(False).hung_up == "failed"
