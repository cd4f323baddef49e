"""Values compared as people mean it: amounts by amount, times by the clock, dates by the calendar, the rest as text.

The canonical forms of money, dates and times cannot be mistaken for anything else, so the values are enough and no
declared types are needed. A comparison that makes no sense, or with nothing, is None.
"""

import re
from collections.abc import Mapping, Sequence

from tollfree.flows.expressions.arithmetic import as_number, decimal_of, is_money
from tollfree.flows.expressions.tree import ComparisonSign
from tollfree.protocol.values import Value

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?", re.DOTALL)
_FIGURES = (str, int, float)
_FIGURE = frozenset("0123456789-")


def compare(sign: ComparisonSign, left: Value, right: Value) -> bool | None:
    """Whether the comparison holds; None when it cannot be made."""
    if sign == "==":
        return equal(left, right)
    if sign == "!=":
        same = equal(left, right)
        return None if same is None else not same
    return ordered(sign, left, right)


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are the same; None when they cannot be."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right or _same_figure(left, right)
    if left is None or right is None:
        return None
    if type(left) is int and type(right) is int:
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right if isinstance(left, bool) and isinstance(right, bool) else None
    if isinstance(left, _FIGURES) and isinstance(right, _FIGURES):
        order = _order(left, right)
        return None if order is None else order == 0
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left == right
    if isinstance(left, Sequence) and isinstance(right, Sequence) and not isinstance(left, str | Mapping):
        return None if isinstance(right, str | Mapping) else list(left) == list(right)
    return None


def ordered(sign: ComparisonSign, left: Value, right: Value) -> bool | None:
    """Whether `left sign right` holds for `<`, `<=`, `>`, `>=`; None when the two have no order."""
    order = _order(left, right)
    if order is None:
        return None
    match sign:
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
        case _:
            return order >= 0


def within(value: Value, whole: Value) -> bool | None:
    """Whether a value is one of a list, a piece of a text or a field of a record."""
    if value is None or whole is None:
        return None
    if isinstance(whole, str):
        return value in whole if isinstance(value, str) else None
    if isinstance(whole, Mapping):
        return value in whole if isinstance(value, str) else None
    if isinstance(whole, Sequence):
        return any(equal(value, entry) for entry in whole)
    return None


def is_empty(value: Value) -> bool:
    """No value, or a text, list or record with nothing in it. Zero and false are values."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sequence | Mapping) and not value)


def _same_figure(left: str, right: str) -> bool:
    """`22.5` is `22.50` and `9:00` is `09:00`, but the code `0417` is not `417`."""
    if left[:1] not in _FIGURE or right[:1] not in _FIGURE:
        return False
    if is_money(left) or is_money(right):
        first, second = decimal_of(left), decimal_of(right)
        return first is not None and first == second
    return _moments(left, right) == 0


def _order(left: Value, right: Value) -> int | None:
    """Below zero when left comes first, zero when neither does, above zero when right does; None without an order."""
    if isinstance(left, str) and isinstance(right, str):
        return _texts(left, right)
    if isinstance(left, str) or isinstance(right, str):
        first, second = decimal_of(left), decimal_of(right)
        return None if first is None or second is None else (first > second) - (first < second)
    number, other = as_number(left), as_number(right)
    return None if number is None or other is None else (number > other) - (number < other)


def _texts(left: str, right: str) -> int | None:
    if left[:1] not in _FIGURE and right[:1] not in _FIGURE:
        return (left > right) - (left < right)
    moments = _moments(left, right)
    if moments is not None:
        return moments
    first, second = decimal_of(left), decimal_of(right)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    mixed = any(decimal_of(t) is not None or _TIME.fullmatch(t) or _DATE.fullmatch(t) for t in (left, right))
    return None if mixed else (left > right) - (left < right)


def _moments(left: str, right: str) -> int | None:
    """The order of two times or two dates; a date against a moment is compared by its day."""
    if left[4:5] == "-":
        if not _DATE.fullmatch(left) or not _DATE.fullmatch(right):
            return None
        days = len(left) == 10 or len(right) == 10
        first, second = (left[:10], right[:10]) if days else (left, right)
        return (first > second) - (first < second)
    if ":" not in left or ":" not in right:
        return None
    clock, other = _TIME.fullmatch(left), _TIME.fullmatch(right)
    if clock is None or other is None:
        return None
    return int(clock[1]) * 60 + int(clock[2]) - int(other[1]) * 60 - int(other[2])
