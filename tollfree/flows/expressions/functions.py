"""The functions an expression may call: each takes and gives plain values, and gives None when it cannot answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from tollfree.flows.expressions.arithmetic import as_number, decimal_of, number_from, rounded
from tollfree.flows.expressions.compare import ordered
from tollfree.protocol.values import Value, ValueType

Types: TypeAlias = frozenset[ValueType]

_TEXT = frozenset({ValueType.TEXT})
_NUMBER = frozenset({ValueType.NUMBER})
_AMOUNT = frozenset({ValueType.NUMBER, ValueType.MONEY})
_DATE = frozenset({ValueType.DATE})
_ORDERED = frozenset({ValueType.NUMBER, ValueType.MONEY, ValueType.DATE, ValueType.TIME, ValueType.TEXT})


@dataclass(frozen=True, slots=True)
class Function:
    """One function: what it takes, what it gives."""

    name: str
    takes: tuple[Types, ...]
    """The types each argument may have."""
    gives: ValueType | None
    """None: the type of its first argument."""
    apply: Callable[..., Value]
    example: str
    required: int = -1
    """How many arguments cannot be left out; -1 means all."""

    @property
    def least(self) -> int:
        """The fewest arguments it takes."""
        return len(self.takes) if self.required < 0 else self.required


def _count(value: Value) -> Value:
    if value is None:
        return 0
    return len(value) if isinstance(value, str | Sequence | Mapping) else None


def _lower(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else None


def _upper(value: Value) -> Value:
    return value.upper() if isinstance(value, str) else None


def _number(value: Value) -> Value:
    found = decimal_of(value)
    return None if found is None else number_from(found)


def _round(value: Value, places: Value = 0) -> Value:
    digits = as_number(places)
    return rounded(value, int(digits)) if digits is not None and 0 <= digits <= 6 else None


def _least(left: Value, right: Value) -> Value:
    smaller = ordered("<=", left, right)
    return None if smaller is None else left if smaller else right


def _most(left: Value, right: Value) -> Value:
    larger = ordered(">=", left, right)
    return None if larger is None else left if larger else right


def _date(value: Value) -> date | None:
    """The day of a date or of a moment in ISO 8601."""
    if not isinstance(value, str) or len(value) < 10 or value[10:11] not in ("", "T", " "):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _days_between(start: Value, end: Value) -> Value:
    first, last = _date(start), _date(end)
    return None if first is None or last is None else (last - first).days


def _add_days(start: Value, days: Value) -> Value:
    first, number = _date(start), as_number(days)
    if first is None or number is None or number != int(number) or abs(number) > 400_000:
        return None
    try:
        return (first + timedelta(days=int(number))).isoformat()
    except OverflowError:
        return None


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _weekday(value: Value) -> Value:
    day = _date(value)
    return None if day is None else _DAYS[day.weekday()]


def _starts_with(value: Value, beginning: Value) -> Value:
    return value.startswith(beginning) if isinstance(value, str) and isinstance(beginning, str) else None


_ALL = (
    Function(
        "count",
        (frozenset({ValueType.LIST, ValueType.TEXT, ValueType.RECORD}),),
        ValueType.NUMBER,
        _count,
        "count(order.items) > 3",
    ),
    Function("lower", (_TEXT,), ValueType.TEXT, _lower, 'lower(name) == "smith"'),
    Function("upper", (_TEXT,), ValueType.TEXT, _upper, 'upper(code) == "AB12"'),
    Function("number", (_TEXT | _AMOUNT,), ValueType.NUMBER, _number, "number(order.quantity) > 3"),
    Function("round", (_AMOUNT, _NUMBER), None, _round, "round(total / 3, 2)", required=1),
    Function("least", (_ORDERED, _ORDERED), None, _least, "least(order.total, 50)"),
    Function("most", (_ORDERED, _ORDERED), None, _most, "most(order.total, 50)"),
    Function(
        "days_between",
        (_DATE, _DATE),
        ValueType.NUMBER,
        _days_between,
        "days_between(order.delivered, call.date) <= 30",
    ),
    Function("add_days", (_DATE, _NUMBER), ValueType.DATE, _add_days, "add_days(order.delivered, 30) >= call.date"),
    Function("weekday", (_DATE,), ValueType.TEXT, _weekday, 'weekday(call.date) in ["saturday", "sunday"]'),
    Function("starts_with", (_TEXT, _TEXT), ValueType.BOOLEAN, _starts_with, 'starts_with(phone, "+1")'),
)
FUNCTIONS: Mapping[str, Function] = {function.name: function for function in _ALL}
"""Every function by name. `days_between` and `count` are counted from the first to the second, and signed."""
