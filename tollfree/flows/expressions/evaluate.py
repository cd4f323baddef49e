"""Turns a tree into one function of the call's values.

What is not known stays not known: a comparison with nothing is None, and `not` of it is None too, so a missing
look-up never makes a condition true by accident. A variable on its own is asked for its presence: `not customer`
is true when there is no customer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from tollfree.flows.expressions.arithmetic import negative, operate
from tollfree.flows.expressions.compare import compare, is_empty, within
from tollfree.flows.expressions.functions import FUNCTIONS
from tollfree.flows.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Empty,
    Item,
    ListOf,
    Logic,
    Negative,
    Node,
    Not,
    Path,
    Within,
)
from tollfree.protocol.values import Value, Values, ValueType

Evaluate: TypeAlias = Callable[[Values], Value]
_Condition: TypeAlias = Callable[[Values], bool | None]


def compiled(node: Node) -> Evaluate:
    """The function that computes a node."""
    match node:
        case Constant():
            return _constant(node.value)
        case Path():
            return _path(node)
        case Item():
            return _item(node)
        case ListOf():
            entries = tuple(compiled(entry) for entry in node.entries)
            if all(isinstance(entry, Constant) for entry in node.entries):
                return _constant([entry({}) for entry in entries])
            return lambda values: [entry(values) for entry in entries]
        case Call():
            return _call(node)
        case Negative():
            inner = compiled(node.of)
            return lambda values: negative(inner(values))
        case Arithmetic():
            sign, left, right = node.sign, compiled(node.left), compiled(node.right)
            return lambda values: operate(sign, left(values), right(values))
        case _:
            return _condition(node)


def _condition(node: Node) -> _Condition:
    """The function that decides a node: True, False, or None when that cannot be known."""
    match node:
        case Comparison():
            return _comparison(node)
        case Within():
            return _within(node)
        case Empty():
            inner, negated = compiled(node.of), node.negated
            return lambda values: is_empty(inner(values)) is not negated
        case Not():
            return _not(_condition(node.of))
        case Logic():
            parts = tuple(_condition(part) for part in node.parts)
            return _every(parts) if node.word == "and" else _some(parts)
        case Call() if FUNCTIONS[node.function].gives is ValueType.BOOLEAN:
            answer = compiled(node)
            return lambda values: None if (found := answer(values)) is None else bool(found)
        case _:
            value = compiled(node)
            return lambda values: bool(value(values))


def _constant(value: Value) -> Evaluate:
    return lambda values: value


def _path(node: Path) -> Evaluate:
    name, fields = node.name, node.fields
    if not fields:
        return lambda values: values.get(name)
    if len(fields) == 1:
        field = fields[0]

        def read_field(values: Values) -> Value:
            record = values.get(name)
            return record.get(field) if isinstance(record, Mapping) else None

        return read_field
    return lambda values: _walk(values.get(name), fields)


def _walk(value: Value, fields: Sequence[str]) -> Value:
    for field in fields:
        if not isinstance(value, Mapping):
            return None
        value = value.get(field)
    return value


def _item(node: Item) -> Evaluate:
    of, index, fields = compiled(node.of), compiled(node.index), node.fields
    return lambda values: _walk(_entry(of(values), index(values)), fields)


def _entry(whole: Value, index: Value) -> Value:
    if isinstance(whole, Mapping):
        return whole.get(index) if isinstance(index, str) else None
    if isinstance(whole, Sequence) and not isinstance(whole, str) and type(index) is int:
        return whole[index] if -len(whole) <= index < len(whole) else None
    return None


def _call(node: Call) -> Evaluate:
    apply = FUNCTIONS[node.function].apply
    arguments = tuple(compiled(argument) for argument in node.arguments)
    if len(arguments) == 1:
        only = arguments[0]
        return lambda values: apply(only(values))
    return lambda values: apply(*(argument(values) for argument in arguments))


def _comparison(node: Comparison) -> _Condition:
    sign, left, right = node.sign, compiled(node.left), compiled(node.right)
    for side, other in ((node.left, right), (node.right, left)):
        if isinstance(side, Constant) and side.value is None and sign in ("==", "!="):
            return _is_nothing(other, sign == "!=")
    return lambda values: compare(sign, left(values), right(values))


def _is_nothing(value: Evaluate, negated: bool) -> _Condition:
    return lambda values: (value(values) is None) is not negated


def _within(node: Within) -> _Condition:
    value, whole, negated = compiled(node.value), compiled(node.whole), node.negated

    def decide(values: Values) -> bool | None:
        found = within(value(values), whole(values))
        return None if found is None else found is not negated

    return decide


def _not(inner: _Condition) -> _Condition:
    def decide(values: Values) -> bool | None:
        found = inner(values)
        return None if found is None else not found

    return decide


def _every(parts: tuple[_Condition, ...]) -> _Condition:
    def decide(values: Values) -> bool | None:
        result: bool | None = True
        for part in parts:
            found = part(values)
            if found is False:
                return False
            if found is None:
                result = None
        return result

    return decide


def _some(parts: tuple[_Condition, ...]) -> _Condition:
    def decide(values: Values) -> bool | None:
        result: bool | None = False
        for part in parts:
            found = part(values)
            if found:
                return True
            if found is None:
                result = None
        return result

    return decide
