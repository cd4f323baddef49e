from typing import Any

import pytest

from tests.flows.driven import AGE, Call, ask, flow_of, lookup, reading


def deciding(when: list[dict[str, Any]], age: int) -> Call:
    exits = {case["exit"]: "bye" for case in when} | {"otherwise": "bye"}
    nodes = {
        "age": ask(slots={"age": AGE}, exits={"given": "sort"}),
        "sort": {"kind": "branch", "when": when, "exits": exits},
    }
    return Call(flow_of(nodes)).says("so old", reading("age", age))


CASES = [{"if": "age < 18", "exit": "young"}, {"if": "age < 65", "exit": "grown"}]


@pytest.mark.parametrize(("age", "exit"), [(5, "young"), (18, "grown"), (64, "grown"), (65, "otherwise")])
def test_the_first_condition_that_is_true_decides(age: int, exit: str) -> None:
    assert deciding(CASES, age).path == ["age.given", f"sort.{exit}"]


def test_the_token_says_which_condition_decided() -> None:
    token = deciding(CASES, 20).tokens[1]
    assert (token.decided_by, token.evidence) == ("rules", "age < 65")


def test_two_conditions_may_share_an_exit() -> None:
    when = [{"if": "age < 18", "exit": "other"}, {"if": "age > 64", "exit": "other"}]
    assert deciding(when, 70).path[-1] == "sort.other"
    assert deciding(when, 30).path[-1] == "sort.otherwise"


@pytest.mark.parametrize("result", [None, {}, {"total": "abc"}, {"total": None}, [], "text", {"total": []}])
def test_a_condition_that_cannot_be_decided_is_not_true(result: Any) -> None:
    sort = {"kind": "branch", "when": [{"if": "thing.total > 20", "exit": "much"}], "exits": {}}
    sort["exits"] = {"much": "bye", "otherwise": "bye"}
    nodes = {
        "code": ask(exits={"given": "find"}),
        "find": lookup(save="thing", exits={"found": "sort"}),
        "sort": sort,
    }
    call = Call(flow_of(nodes)).says("123", reading("code", "123")).found(result)
    assert call.path[-1] == "sort.otherwise"
