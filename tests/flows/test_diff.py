from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.flows.diff import Change, diff

names = st.sampled_from(["a", "b", "c"])
values: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.text("xy", max_size=2)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)
documents = st.dictionaries(names, values, max_size=3)


def patched(before: dict[str, Any], changes: tuple[Change, ...]) -> dict[str, Any]:
    """The older document with every change made."""
    document: dict[str, Any] = {name: patched(v, ()) if isinstance(v, dict) else v for name, v in before.items()}
    for change in changes:
        holder = document
        for name in change.place[:-1]:
            holder = holder[name]
        if change.kind == "removed":
            del holder[change.place[-1]]
        else:
            holder[change.place[-1]] = change.after
    return document


def plain(value: Any) -> Any:
    """Lists and tuples alike; true is not 1."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return (type(value), value)


@settings(max_examples=100, deadline=None)
@given(documents, documents)
def test_the_changes_turn_the_one_into_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert plain(patched(before, diff(before, after))) == plain(after)


@given(documents)
def test_a_document_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert diff(document, document) == ()


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({"a": {}}, {"a": {"b": 1}}, Change("added", ("a", "b"), None, 1)),
        ({"a": {"b": 1}}, {"a": {}}, Change("removed", ("a", "b"), 1, None)),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, Change("changed", ("a", "b"), 1, 2)),
        ({"a": {"b": 1}}, {"a": [1]}, Change("changed", ("a",), {"b": 1}, [1])),
        ({"a": 1}, {"a": True}, Change("changed", ("a",), 1, True)),
        ({"a": "bool:True"}, {"a": True}, Change("changed", ("a",), "bool:True", True)),
        ({"a": None}, {}, Change("removed", ("a",), None, None)),
    ],
)
def test_each_kind_of_change_is_told_with_its_place(before: Any, after: Any, change: Change) -> None:
    assert diff(before, after) == (change,)


def test_a_change_inside_a_node_names_the_node() -> None:
    changes = diff({"nodes": {"x": {"say": "a"}}, "title": "t"}, {"nodes": {"x": {"say": "b"}}, "title": "u"})
    assert [change.node for change in changes] == ["x", ""]


def test_lists_and_tuples_with_the_same_values_are_the_same() -> None:
    assert diff({"a": [1, (2,)]}, {"a": (1, [2])}) == ()
