from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of, lookup, reading
from tollfree.flows.errors import FlowFaulty
from tollfree.flows.transition import FLOWS_DEEP

ACCOUNT = {
    "flow": "account",
    "start": "code",
    "arguments": {"who": "text"},
    "nodes": {
        "code": {**ask("none", exits={"given": "find"}), "say": "Hello {{ who }}."},
        "find": lookup("none", save="record", exits={"found": "known"}),
        "known": {"kind": "end", "say": "There you are."},
        "none": {"kind": "end", "outcome": "unknown"},
    },
}


def running(part: dict[str, Any] = ACCOUNT, handlers: dict[str, Any] | None = None, **fields: Any) -> Call:
    run = {
        "kind": "run",
        "flow": "account",
        "with": {"who": "{{ project.name }}"},
        "save": {"customer": "record", "number": "code"},
        "exits": {"known": "after", "unknown": "bye"},
        **fields,
    }
    after = ask(slots={"code": {"type": "digits", "length": 5, "ask": "And the order?"}})
    return Call(flow_of({"account": run, "after": after}, handlers), others={"account": part})


def test_it_runs_the_other_flow_with_its_arguments() -> None:
    call = running()
    assert call.lines == ["Hello Test.", "Which code?"]
    assert call.values == {"who": "Test"}
    assert call.spoke("hm").question.flow == "account"


def test_the_other_flows_ends_are_its_exits() -> None:
    call = running().says("123", reading("code", "123")).found({"name": "Ann"})
    assert call.path == ["code.given", "find.found", "account.known"]
    assert call.lines == ["There you are.", "And the order?"]
    assert running().says("no", choice="refuse").path == ["code.refused", "account.unknown"]


def test_it_takes_over_the_values_it_names_and_no_others() -> None:
    call = running().says("123", reading("code", "123")).found({"name": "Ann"})
    assert call.values == {"customer": {"name": "Ann"}, "number": "123"}
    assert call.tokens[-1].slots == {"customer": {"name": "Ann"}, "number": "123"}


def test_what_the_other_flow_never_set_is_taken_over_as_nothing() -> None:
    call = running(exits={"known": "bye", "unknown": "after"}).says("no", choice="refuse")
    assert call.values == {"customer": None, "number": None}
    assert call.lines == ["And the order?"]


def test_slots_of_the_same_name_do_not_meet() -> None:
    call = running(save={}).says("123", reading("code", "123")).found({})
    assert call.lines == ["There you are.", "And the order?"]
    assert call.values == {}


def test_a_failing_look_up_inside_takes_the_way_out_its_author_gave_it() -> None:
    call = running().says("123", reading("code", "123")).failed()
    assert call.path == ["code.given", "find.failed", "account.unknown"]


def test_handlers_of_the_flow_around_it_work_inside_it() -> None:
    call = running().says("a person", choice="person")
    assert call.node == "person"
    call.transferred(True)
    assert call.hung_up == "bye"
    assert call.path == ["person.connected", "code.left", "account.left"]


def test_a_digression_of_the_flow_around_it_comes_back_into_it() -> None:
    aside = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
    handlers = {"aside": {"examples": ["by the way"], "go": "aside"}}
    document = flow_of(
        {"account": {**_RUN}, "aside": aside},
        handlers,
    )
    call = Call(document, others={"account": ACCOUNT}).says("by the way", choice="aside")
    assert call.lines == ["By the way.", "Which code?"]
    assert call.says("123", reading("code", "123")).latest_arguments == {"code": "123"}


def test_its_own_handler_may_end_the_other_flow() -> None:
    part = {
        **ACCOUNT,
        "handlers": {"skip": {"examples": ["skip this"], "go": "none"}},
    }
    call = running(part).says("skip this", choice="skip")
    assert call.path == ["code.left", "account.unknown"]
    assert call.hung_up == "bye"


def test_a_handler_deep_inside_a_handler_may_end_the_other_flow() -> None:
    part = {
        **ACCOUNT,
        "handlers": {
            "skip": {"examples": ["skip this"], "go": "none"},
            "note": {"examples": ["make a note"], "go": "note"},
        },
        "nodes": {
            **ACCOUNT["nodes"],
            "note": ask("resume", slots={"remark": {"type": "text", "ask": "What should I note?"}}),
        },
    }
    call = running(part).says("make a note", choice="note").says("skip this", choice="skip")
    assert call.path == ["note.left", "code.left", "account.unknown"]


_RUN = {"kind": "run", "flow": "account", "with": {"who": "x"}, "exits": {"known": "bye", "unknown": "bye"}}


def test_starting_over_inside_it_begins_the_flow_around_it_anew() -> None:
    call = running().says("123", reading("code", "123")).spoke("start over")
    call.means(choice="start_over")
    assert call.path == ["code.given", "find.left", "account.left"]
    assert (call.node, call.values) == ("code", {"who": "Test"})


def nested(depth: int) -> Call:
    """A chain of flows, each running the next."""
    others: dict[str, dict[str, Any]] = {}
    for level in range(1, depth + 1):
        last = level == depth
        step = ask("done") if last else {"kind": "run", "flow": f"f{level + 1}", "exits": {"done": "done"}}
        others[f"f{level}"] = {"flow": f"f{level}", "start": "go", "nodes": {"go": step, "done": {"kind": "end"}}}
    run = {"kind": "run", "flow": "f1", "exits": {"done": "bye"}}
    return Call(flow_of({"go": run}), others=others)


def test_flows_run_flows() -> None:
    call = nested(4).says("no", choice="refuse")
    assert call.path == ["go.refused", *["go.done"] * 4]
    assert call.hung_up == "bye"


def test_flows_that_run_too_deep_bring_the_caller_to_a_person() -> None:
    call = nested(FLOWS_DEEP + 1)
    assert call.node == "person"
    assert call.lines == ["I'm sorry, something went wrong on our side."]


def test_a_flow_that_runs_itself_is_refused() -> None:
    with pytest.raises(FlowFaulty, match="circle"):
        Call(flow_of({"go": {"kind": "run", "flow": "made", "exits": {"bye": "bye"}}}))
