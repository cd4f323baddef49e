"""A field that is wrong is named in plain words, and hides nothing else that is wrong."""

from typing import Any

import pytest

from tollfree.flows.compile import compile_flow
from tollfree.flows.errors import Fault
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.values import ValueType

GIVEN_ALL = {"given": "test", "refused": "person", "gave_up": "person", "silent": "person"}


def faults(node: dict[str, Any], **more: dict[str, Any]) -> list[Fault]:
    """What is wrong with a flow that asks for a number and then comes to `node`."""
    nodes = {
        "count": {"kind": "ask", "slots": {"n": {"type": "number", "ask": "How many?"}}, "exits": GIVEN_ALL},
        "test": node,
        "person": {
            "kind": "transfer",
            "to": "staff",
            "exits": {"connected": "bye", "nobody": "bye", "failed": "bye"},
        },
        "bye": {"kind": "end"},
    }
    library = Library(tools={"orders.get": ToolInfo(name="orders.get", result=ValueType.RECORD)})
    flow = {"flow": "test", "start": "count", "nodes": nodes | more, "variables": {"order": "number"}}
    return list(compile_flow(flow, library).faults)


def branch(when: Any, **fields: Any) -> dict[str, Any]:
    return {"kind": "branch", "when": when, "exits": {"many": "person", "otherwise": "bye"}, **fields}


def codes(found: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.node, fault.code) for fault in found]


@pytest.mark.parametrize("when", [{"many": "n > 5"}, [{"exit": "many", "if": "n > 5"}]])
def test_conditions_are_pairs_or_a_list(when: Any) -> None:
    assert faults(branch(when)) == []


def test_of_conditions_written_as_pairs_the_first_that_is_true_decides() -> None:
    compiled = compile_flow(
        {"flow": "f", "start": "b", "nodes": {"b": branch({"many": "1 == 1", "never": "1 == 1"})}}, Library()
    )
    assert "`never`" in next(fault.message for fault in compiled.faults if fault.code == "unwired_exit")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"notes": "x"}, "`notes` is not a field here. Did you mean `note`?"),
        ({"zzz": "x"}, "`zzz` is not a field here. The fields are at, exits, kind, note, title, when."),
        ({"title": ["x"]}, "`title` should be text."),
        ({"exits": ["bye"]}, "`exits` should be a mapping of names to values."),
        ({"when": "n > 5"}, "`when` should be a list."),
        ({"when": [{"exit": "many"}]}, "`when.0.if` is missing: An expression, such as `order.total > 20`."),
    ],
)
def test_a_wrong_field_is_named_with_what_it_should_be(fields: dict[str, Any], said: str) -> None:
    assert said in [fault.message for fault in faults(branch({"many": "n > 5"}) | fields)]


def test_a_wrong_field_hides_nothing_else() -> None:
    found = codes(faults(branch({"many": "n >", "otherwise": "n > 'five'"}, zzz=1, title=5)))
    expected = [("test", "unknown_field"), ("test", "bad_field"), ("test", "bad_expression"), ("test", "type_mismatch")]
    assert sorted(found) == sorted(expected)


def test_a_slot_without_a_type_hides_no_other_slot() -> None:
    slots = {"a": {"ask": "A?"}, "b": {"type": "numbr", "ask": "B {{ }}?"}}
    ask = {"kind": "ask", "slots": slots, "exits": GIVEN_ALL | {"given": "then"}}
    then = {"kind": "say", "say": "{{ a }} and {{ b }}.", "exits": {"said": "person"}}
    assert codes(faults(ask, then=then)) == [
        ("test", "missing_field"),
        ("test", "unknown_slot_type"),
        ("test", "bad_template"),
    ]


def test_an_option_that_a_slot_type_lacks_is_answered_with_those_it_has() -> None:
    ask = {"kind": "ask", "slots": {"a": {"type": "digits", "min": 5, "ask": "A?"}}, "exits": GIVEN_ALL}
    ask["exits"] = GIVEN_ALL | {"given": "bye"}
    (fault,) = faults(ask)
    assert fault.message == (
        "Slot `a` (digits): `min` is not a field here. The fields are length, max_length, min_length."
    )


def test_what_a_node_of_no_kind_would_set_is_not_missed_besides() -> None:
    node = {"kind": "aks", "slots": {"a": {"type": "name"}}, "exits": {"given": "then"}}
    then = {"kind": "say", "say": "{{ a }}.", "exits": {"said": "person"}}
    assert codes(faults(node, then=then)) == [("test", "unknown_kind")]


def test_a_template_that_reads_what_nothing_sets_is_told_so_once() -> None:
    found = faults({"kind": "say", "say": "{{ nn }}.", "exits": {"said": "person"}})
    assert codes(found) == [("test", "variable_unset")]


@pytest.mark.parametrize(
    ("node", "near"),
    [
        ({"kind": "say", "say": "Hm.", "exits": {"said": "peson"}}, "Did you mean `person`?"),
        ({"kind": "lookup", "tool": "order.get", "exits": {}}, "Did you mean `orders.get`?"),
        ({"kind": "lokup", "tool": "order.get", "exits": {}}, "Did you mean `lookup`?"),
    ],
)
def test_a_slip_of_a_name_is_answered_with_the_name(node: dict[str, Any], near: str) -> None:
    assert any(near in fault.message for fault in faults(node))


def test_a_result_kept_under_another_type_is_told() -> None:
    exits = {"found": "bye", "missing": "person", "failed": "person"}
    found = faults({"kind": "lookup", "tool": "orders.get", "save": "order", "exits": exits})
    assert codes(found) == [("test", "type_mismatch")]


def test_the_examples_of_a_faulty_flow_can_be_compared() -> None:
    exits = {"a": "nowhere", "unclear": "bye", "silent": "bye"}
    node = {"kind": "intent", "ask": "?", "intents": {"a": {"examples": ["buy it"]}}, "exits": exits}
    compiled = compile_flow({"flow": "f", "start": "i", "nodes": {"i": node}}, Library())
    assert compiled.errors
    (choices,) = compiled.choice_sets
    assert "a" in [option.name for option in choices.options]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("size is not empty and size == 'large'", []),
        ("size == 'large'", [("test", "variable_unset")]),
    ],
)
def test_a_branch_may_ask_whether_an_optional_value_was_given(when: str, expected: list[tuple[str, str]]) -> None:
    optional = {"type": "choice", "choices": ["small", "large"], "optional": True}
    slots = {"n": {"type": "number", "ask": "How many?"}, "size": optional}
    count = {"kind": "ask", "slots": slots, "exits": GIVEN_ALL}
    assert codes(faults(branch({"many": when}), count=count)) == expected
