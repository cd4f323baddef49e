from typing import Any

import pytest

from tests.flows.driven import Call, ask, flow_of, lookup, reading
from tollfree.protocol.effects import Lookup
from tollfree.protocol.events import LookedUp
from tollfree.protocol.ids import EffectId


def finding(**fields: Any) -> Call:
    nodes = {"code": ask(exits={"given": "find"}), "find": lookup(save="thing", **fields)}
    return Call(flow_of(nodes)).says("123", reading("code", "123"))


def test_it_calls_the_tool_with_its_arguments_and_waits() -> None:
    call = finding(while_waiting="One moment, {{ code }}.")
    lookup = call.latest(Lookup)
    assert (lookup.tool, lookup.arguments, lookup.waiting, lookup.world) == (
        "find",
        {"code": "123"},
        "One moment, 123.",
        False,
    )
    assert call.waiting == lookup.id
    assert not call.listens


def test_what_the_tool_found_is_kept() -> None:
    call = finding().found({"name": "Ann"})
    token = call.tokens[-2]
    assert (token.step, token.slots, token.decided_by) == ("find.found", {"thing": {"name": "Ann"}}, "tool")
    assert call.values["thing"] == {"name": "Ann"}


def test_nothing_found_leaves_by_missing_and_sets_nothing() -> None:
    call = finding().missing()
    assert call.path[-1] == "find.missing"
    assert "thing" not in call.values


def test_a_tool_that_fails_leaves_by_failed_and_says_why() -> None:
    token = finding().failed("http_500").tokens[-2]
    assert (token.step, token.evidence) == ("find.failed", "http_500: too slow")


def test_a_tool_that_may_change_something_outside_is_marked_so() -> None:
    assert finding(tool="post").latest(Lookup).world


@pytest.mark.parametrize("result", [None, {}, [], "text", 5, {"deep": {"er": [1, 2]}}])
def test_any_result_is_kept_as_it_is(result: Any) -> None:
    assert finding().found(result).values["thing"] == result


def test_only_its_own_result_moves_it() -> None:
    call = finding()
    call.take(LookedUp(effect=EffectId("e1"), found=True)).silent().keys("1")
    assert call.node == "find"
    assert call.path == ["code.given"]
    assert call.found().path[-1] == "find.found"


def test_arguments_keep_the_types_of_their_values() -> None:
    nodes = {
        "age": ask(slots={"age": {"type": "number", "ask": "How old?"}}, exits={"given": "find"}),
        "find": {**lookup(), "with": {"code": "{{ age }}", "name": ["fixed", 1]}},
    }
    call = Call(flow_of(nodes)).says("thirty", reading("age", 30))
    assert call.latest_arguments == {"code": 30, "name": ["fixed", 1]}
