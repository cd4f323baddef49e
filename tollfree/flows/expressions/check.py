"""Whether the types in an expression fit together, told in sentences with the names the author wrote."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tollfree.flows.expressions.arithmetic import decimal_of
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
from tollfree.protocol.values import Value, ValueType


@dataclass(frozen=True, slots=True)
class TypeFault:
    """Two things that do not go together."""

    message: str
    position: int
    """Where in the source, counted in characters from 0."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression's type, and every fault found on the way to it."""

    type: ValueType
    faults: tuple[TypeFault, ...] = ()


_ANY, _TEXT, _NUMBER, _BOOLEAN = ValueType.ANY, ValueType.TEXT, ValueType.NUMBER, ValueType.BOOLEAN
_MONEY, _DATE, _TIME, _LIST, _RECORD = (
    ValueType.MONEY,
    ValueType.DATE,
    ValueType.TIME,
    ValueType.LIST,
    ValueType.RECORD,
)
_PHRASE = {
    _TEXT: "a text",
    _NUMBER: "a number",
    _BOOLEAN: "true or false",
    _MONEY: "an amount of money",
    _DATE: "a date",
    _TIME: "a time",
    _LIST: "a list",
    _RECORD: "a record",
    _ANY: "a value",
}
_FORMS = {
    _DATE: (re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"), '"2026-11-24"'),
    _TIME: (re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]"), '"15:30"'),
}
_AMOUNTS = frozenset({_NUMBER, _MONEY})
_PRESENCE = frozenset({_BOOLEAN, _ANY, _LIST, _RECORD})
_UNORDERED = frozenset({_BOOLEAN, _LIST, _RECORD})


def check(node: Node, types: Mapping[str, ValueType]) -> Checked:
    """The type of a tree, given the types of its variables (and of fields, named with their dot: `call.date`)."""
    checker = _Checker(types)
    found = checker.of(node)
    return Checked(found, tuple(checker.faults))


class _Checker:
    """Walks a tree once and gathers what is wrong with it."""

    def __init__(self, types: Mapping[str, ValueType]) -> None:
        self._types = types
        self.faults: list[TypeFault] = []

    def _fault(self, message: str, position: int) -> ValueType:
        self.faults.append(TypeFault(message, position))
        return _ANY

    def of(self, node: Node) -> ValueType:
        """The type of one node, with the faults inside it noted."""
        match node:
            case Constant():
                return _of_constant(node.value)
            case Path():
                return self._path(node)
            case Item():
                return self._item(node)
            case ListOf():
                for entry in node.entries:
                    self.of(entry)
                return _LIST
            case Call():
                return self._call(node)
            case Negative():
                return self._sum("-", Constant(0, node.position), node.of, node.position)
            case Arithmetic():
                return self._sum(node.sign, node.left, node.right, node.position)
            case _:
                self._condition(node)
                return _BOOLEAN

    def _condition(self, node: Comparison | Within | Empty | Not | Logic) -> None:
        match node:
            case Comparison():
                self._comparison(node)
            case Within():
                self._within(node)
            case Empty():
                self.of(node.of)
            case Not():
                if self.of(node.of) in _AMOUNTS:
                    self._fault(
                        f"`not` cannot turn {_shown(node.of)}, which is a number; compare it, as in `== 0`.",
                        node.position,
                    )
            case Logic():
                for part in node.parts:
                    self._part(node, part)

    def _part(self, node: Logic, part: Node) -> None:
        found = self.of(part)
        if found in _PRESENCE and not isinstance(part, ListOf):
            return
        if isinstance(part, Constant):
            self._fault(
                f"{_shown(part)} stands alone beside `{node.word}`, which is no condition; "
                f"repeat the comparison, or write `size in [...]`.",
                part.position,
            )
            return
        self._fault(
            f"`{node.word}` joins conditions, and {_shown(part)} is {_PHRASE[found]}; "
            "write a comparison, or `is not empty`.",
            part.position,
        )

    def _path(self, node: Path) -> ValueType:
        exact = self._types.get(str(node))
        if exact is not None:
            return exact
        base = self._types.get(node.name, _ANY)
        if not node.fields or base in (_RECORD, _ANY):
            return base if not node.fields else _ANY
        hint = f"; use `count({node.name})`" if base is _LIST and node.fields[0] in ("count", "length", "size") else ""
        return self._fault(f"`{node.name}` is {_PHRASE[base]}, so it has no `{node.fields[0]}`{hint}.", node.position)

    def _item(self, node: Item) -> ValueType:
        whole, index = self.of(node.of), self.of(node.index)
        if whole not in (_LIST, _RECORD, _ANY):
            return self._fault(f"{_shown(node.of)} is {_PHRASE[whole]}, so it has no entries.", node.position)
        wanted = _NUMBER if whole is _LIST else _TEXT if whole is _RECORD else index
        if index not in (wanted, _ANY):
            self._fault(f"An entry of {_PHRASE[whole]} is named by {_PHRASE[wanted]}.", node.position)
        return _ANY

    def _call(self, node: Call) -> ValueType:
        function = FUNCTIONS[node.function]
        found = [self.of(argument) for argument in node.arguments]
        for argument, has, wanted in zip(node.arguments, found, function.takes, strict=False):
            if has is _ANY or has in wanted or (len(wanted) == 1 and _fits(argument, next(iter(wanted)))):
                continue
            needed = " or ".join(sorted(_PHRASE[w] for w in wanted))
            self._fault(
                f"`{node.function}` needs {needed} and {_shown(argument)} is {_PHRASE[has]}, "
                f"as in `{function.example}`.",
                argument.position,
            )
        if node.function in ("least", "most"):
            self._related(node.function, node.arguments[0], node.arguments[1], found[0], found[1], node.position)
        return found[0] if function.gives is None else function.gives

    def _sum(self, sign: str, left: Node, right: Node, position: int) -> ValueType:
        first, second = self.of(left), self.of(right)
        if _ANY in (first, second):
            return _ANY
        kinds = {first, second}
        if kinds == {_NUMBER}:
            return _NUMBER
        if kinds <= _AMOUNTS:
            return self._money(sign, first, second, position)
        if kinds == {_TEXT} and sign == "+":
            return _TEXT
        hint = ""
        if _DATE in kinds:
            hint = "; use `days_between(...)`" if kinds == {_DATE} else "; use `add_days(date, 3)`"
        return self._fault(f"`{sign}` cannot be used with {_PHRASE[first]} and {_PHRASE[second]}{hint}.", position)

    def _money(self, sign: str, first: ValueType, second: ValueType, position: int) -> ValueType:
        if first is second:
            if sign == "*":
                return self._fault("Two amounts of money cannot be multiplied.", position)
            return _NUMBER if sign == "/" else _MONEY
        if sign == "/" and second is _MONEY:
            return self._fault("A number cannot be divided by an amount of money.", position)
        return _MONEY

    def _comparison(self, node: Comparison) -> None:
        first, second = self.of(node.left), self.of(node.right)
        if node.sign not in ("==", "!="):
            for side, found in ((node.left, first), (node.right, second)):
                if found in _UNORDERED or (isinstance(side, Constant) and side.value is None):
                    self._fault(
                        f"`{node.sign}` compares by size, and {_shown(side)} is {_PHRASE[found]}.", node.position
                    )
                    return
        self._related(f"{node.sign}", node.left, node.right, first, second, node.position)

    def _within(self, node: Within) -> None:
        value, whole = self.of(node.value), self.of(node.whole)
        if isinstance(node.whole, ListOf):
            for entry in node.whole.entries:
                self._related("in", node.value, entry, value, self._quiet(entry), entry.position)
        elif whole in (_TEXT, _RECORD):
            if value not in (_TEXT, _ANY):
                self._fault(f"Only a text can be in {_shown(node.whole)}, which is {_PHRASE[whole]}.", node.position)
        elif whole not in (_LIST, _ANY):
            self._fault(
                f'After `in` comes a list, as in `size in ["small", "large"]`; {_shown(node.whole)} is '
                f"{_PHRASE[whole]}.",
                node.position,
            )

    def _quiet(self, node: Node) -> ValueType:
        """A type whose faults are noted already."""
        return _Checker(self._types).of(node)

    def _related(self, sign: str, left: Node, right: Node, first: ValueType, second: ValueType, position: int) -> None:
        """Notes a fault unless the two types can be compared."""
        if first is second or _ANY in (first, second) or {first, second} <= _AMOUNTS:
            return
        if _fits(left, second) or _fits(right, first):
            return
        self._fault(
            f"`{sign}` compares {_shown(left)}, which is {_PHRASE[first]}, with {_shown(right)}, "
            f"which is {_PHRASE[second]}{_hint(left, right, first, second)}.",
            position,
        )


def _of_constant(value: Value) -> ValueType:
    match value:
        case bool():
            return _BOOLEAN
        case int() | float():
            return _NUMBER
        case str():
            return _TEXT
        case _:
            return _ANY


def _fits(node: Node, wanted: ValueType) -> bool:
    """Whether a text written out has the form of a date, a time or an amount."""
    if not isinstance(node, Constant) or not isinstance(node.value, str):
        return False
    if wanted is _MONEY:
        return decimal_of(node.value) is not None
    return wanted in _FORMS and _FORMS[wanted][0].fullmatch(node.value) is not None


def _hint(left: Node, right: Node, first: ValueType, second: ValueType) -> str:
    for node, other in ((left, second), (right, first)):
        if not isinstance(node, Constant):
            continue
        if other in _FORMS:
            return f"; write it as {_FORMS[other][1]}"
        if other in _AMOUNTS and decimal_of(node.value) is not None:
            return f"; write {node.value} without quotes"
        if other is _TEXT and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return f'; write "{node.value}" in quotes'
    return ""


def _shown(node: Node) -> str:
    match node:
        case Constant(value=str(text)):
            return f'"{text[:40]}"'
        case Constant(value=value):
            return "none" if value is None else str(value).lower()
        case Path():
            return f"`{node}`"
        case Call():
            return f"`{node.function}(...)`"
        case Item():
            return "the entry"
        case ListOf():
            return "the list"
        case _:
            return "the result"
