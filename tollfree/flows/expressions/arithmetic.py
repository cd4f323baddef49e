"""Sums of numbers and money, exact in decimal; whatever cannot be computed is None."""

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias

from tollfree.flows.expressions.tree import ArithmeticSign
from tollfree.protocol.values import Value

Number: TypeAlias = int | float

LONGEST_TEXT = 10_000
"""Characters a joined text may have."""
_LARGEST = 10**15
"""Beyond this a double loses whole units."""
_EXACT = Context(prec=40, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")
_MONEY = re.compile(r"-?[0-9]{1,15}\.[0-9]{2}")
_NUMERIC = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


def is_money(value: Value) -> bool:
    """Whether a value has the canonical form of money: `22.50`."""
    return isinstance(value, str) and _MONEY.fullmatch(value) is not None


def as_number(value: Value) -> Number | None:
    """The value, if it is a finite number (true and false are none)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    return None


def decimal_of(value: Value) -> Decimal | None:
    """A number, or a text that is one written plainly, exactly as written."""
    if isinstance(value, str):
        return Decimal(value) if _NUMERIC.fullmatch(value) else None
    number = as_number(value)
    if number is None or not math.isfinite(number):
        return None
    return Decimal(number) if isinstance(number, int) else Decimal(repr(number))


def number_from(value: Decimal) -> Number | None:
    """A decimal as a plain number: whole when it is whole."""
    if abs(value) > _LARGEST:
        return None
    return int(value) if value == value.to_integral_value(context=_EXACT) else float(value)


def money_from(value: Decimal) -> str | None:
    """A decimal in money's canonical form, half a cent rounded up."""
    if abs(value) > _LARGEST - 1:
        return None
    cents = _EXACT.quantize(value, _CENT)
    return f"{abs(cents) if not cents else cents:.2f}"


def rounded(value: Value, places: int) -> Value:
    """A number or amount to so many decimals, half rounded up; money stays money."""
    exact = decimal_of(value)
    if exact is None:
        return None
    result = _EXACT.quantize(exact, Decimal(1).scaleb(-places))
    return money_from(result) if is_money(value) else number_from(result)


def negative(value: Value) -> Value:
    """The value with its sign turned."""
    return operate("-", 0, value)


def operate(sign: ArithmeticSign, left: Value, right: Value) -> Value:
    """The sum, difference, product or quotient. Texts are joined by `+`; money with a number stays money."""
    if type(left) is int and type(right) is int and sign != "/":
        return _whole(sign, left, right)
    money = is_money(left) + is_money(right)
    if isinstance(left, str) and isinstance(right, str) and not money:
        return left + right if sign == "+" and len(left) + len(right) <= LONGEST_TEXT else None
    first, second = decimal_of(left), decimal_of(right)
    if first is None or second is None:
        if sign == "+" and isinstance(left, str) and isinstance(right, str):
            return left + right if len(left) + len(right) <= LONGEST_TEXT else None
        return None
    if _senseless(sign, left, right, money):
        return None
    result = _exact(sign, first, second)
    if result is None:
        return None
    return money_from(result) if money == 1 or (money == 2 and sign != "/") else number_from(result)


def _senseless(sign: ArithmeticSign, left: Value, right: Value, money: int) -> bool:
    """Money times money, and a number divided by money, are no amounts."""
    return (sign == "*" and money == 2) or (sign == "/" and money == 1 and is_money(right))


def _whole(sign: ArithmeticSign, left: int, right: int) -> int | None:
    if abs(left) > _LARGEST or abs(right) > _LARGEST:
        return None
    result = left + right if sign == "+" else left - right if sign == "-" else left * right
    return result if abs(result) <= _LARGEST else None


def _exact(sign: ArithmeticSign, left: Decimal, right: Decimal) -> Decimal | None:
    match sign:
        case "+":
            return _EXACT.add(left, right)
        case "-":
            return _EXACT.subtract(left, right)
        case "*":
            return _EXACT.multiply(left, right)
        case "/":
            return _EXACT.divide(left, right) if right else None
