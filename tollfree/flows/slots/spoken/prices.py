"""Amounts of money as callers give them: with their currency, or as two numbers side by side."""

from decimal import Decimal

from tollfree.flows.slots.spoken.amounts import REPAIRED, Meant
from tollfree.flows.slots.spoken.currency import PARTS_OF_MONEY, QUALIFIERS, UNITS_OF_MONEY
from tollfree.flows.slots.spoken.digits import DIGITS, digit_string
from tollfree.flows.slots.spoken.numbers import SMALL, TENS, amount, amount_from, cardinal_from
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Token, Tokens

_HUNDREDTH = Decimal("0.01")
_PAIRED = 0.7
"""Confidence in "twenty two fifty" as 22.50: the caller may mean 2,250."""
_AMBIGUOUS = 0.6
"""Confidence in "one twenty" as 1.20, which may as well be 120, and in figures one by one."""
_LEAD = (
    "up to",
    "a total of",
    "it cost",
    "it costs",
    "it cost me",
    "i paid",
    "i was charged",
    "we paid",
    "it comes to",
    "for",
)
_TRAIL = ("each", "apiece", "per person", "flat", "even", "cash", "change", "in cash", "only", "a month", "total")
_COINS = {"fiver": Decimal(5), "tenner": Decimal(10)}


def price_meant(held: Tokens) -> Meant | None:
    """The amount that all the tokens mean, whatever the bounds."""
    if [token.word for token in held[-2:]] in (["no", "cents"], ["no", "pence"]):
        held = held[: -3 if len(held) > 2 and held[-3].word == "and" else -2]
    tries = attempts(held, _LEAD, _TRAIL)
    if not tries:
        return None
    meant = tries[-1]
    if meant[0].before.endswith("-"):
        return None
    found = _named(meant) or _unnamed(meant)
    if found is None:
        return None
    value, confidence = found
    return Meant(value, min(confidence, REPAIRED if len(tries) > 1 else 1.0), meant)


def _named(held: Tokens) -> tuple[Decimal, float] | None:
    """An amount with its currency: before it ("$22.50"), behind it ("five bucks"), or between ("5 pounds 20")."""
    place = 0
    while place < len(held) and (_is_unit(held[place]) or held[place].word in QUALIFIERS):
        place += 1
    signed = place > 0 and _is_unit(held[place - 1])
    if place and not signed:
        return None
    if not signed and len(held) == 2 and held[0].word == "a" and held[1].word in _COINS:
        return _COINS[held[1].word], 1.0
    unit = next((i for i in range(place, len(held)) if _is_unit(held[i]) and i > 0), None)
    if place == 1 and unit is None and held[0].word in ("dollar", "buck", "pound", "euro"):
        part = _part(held[1:]) if len(held) > 1 else None
        return None if part is None else (1 + part, 0.9)
    if unit is None:
        return _parts_only(held) if not signed else _after_sign(held[place:])
    before = held[place:unit]
    while before and before[-1].word in (*QUALIFIERS, "of"):
        before = before[:-1]
    whole = _whole(before)
    if whole is None:
        return None
    rest = held[unit + 1 :]
    while rest and (_is_unit(rest[0]) or rest[0].word == "sterling"):
        rest = rest[1:]
    if not rest:
        return whole
    part = _part(rest)
    if part is None or whole[0] != whole[0].to_integral_value():
        return None
    return whole[0] + part, whole[1]


def _whole(held: Tokens) -> tuple[Decimal, float] | None:
    """The amount before its currency."""
    if len(held) == 1 and held[0].word in ("a", "an"):
        return Decimal(1), 1.0
    if held and held[0].word == "half" and [token.word for token in held[1:]] in (["a"], []):
        return Decimal("0.5"), 0.9
    value = amount(held)
    if value is not None:
        return value, 1.0
    paired = _pair(held)
    figures = _figures(held)
    if paired is not None and figures is not None and paired[0] < 10:
        return figures, _PAIRED  # "four ninety five dollars" is 495
    return paired or (None if figures is None else (figures, _AMBIGUOUS))


def _part(held: Tokens) -> Decimal | None:
    """What follows a whole amount: "and fifty cents", "fifty", "and a half", "oh five"."""
    if held[0].word == "and":
        held = held[1:]
    if held and held[-1].word in PARTS_OF_MONEY:
        held = held[:-1]
    elif [token.word for token in held] in (["a", "half"], ["half"]):
        return Decimal("0.5")
    elif [token.word for token in held] in (["a", "quarter"], ["one", "quarter"]):
        return Decimal("0.25")
    if [token.word for token in held] in (["a"], ["one"]):
        return _HUNDREDTH
    if len(held) == 2 and held[0].word in ("oh", "o", "zero"):
        figure = digit_string(held)
        return int(figure) * _HUNDREDTH if figure is not None and len(figure) == 2 else None
    value = amount(held) if held else None
    if value is None or value != value.to_integral_value() or not 0 <= value < 100:
        return None
    return value * _HUNDREDTH


def _parts_only(held: Tokens) -> tuple[Decimal, float] | None:
    """ "fifty cents", "50p", "twenty two and fifty cents"."""
    if len(held) < 2 or held[-1].word not in PARTS_OF_MONEY:
        return None
    if len(held) == 2 and held[0].word in ("a", "one"):
        return _HUNDREDTH, 1.0
    value = amount(held[:-1])
    if value is not None and 0 <= value == value.to_integral_value():
        return value * _HUNDREDTH, 1.0
    first = amount_from(held, 0)
    part = _part(held[first[0] :]) if first is not None and first[0] < len(held) else None
    if first is None or part is None or first[1] != first[1].to_integral_value():
        return None
    return first[1] + part, 0.9


def _after_sign(held: Tokens) -> tuple[Decimal, float] | None:
    """What follows a currency sign: "22.50", "22 and 50 cents", "22 50", "1.2 million"."""
    if not held:
        return None
    value = amount(held)
    if value is not None:
        return value, 1.0
    return _parts_only(held) or _pair(held)


def _unnamed(held: Tokens) -> tuple[Decimal, float] | None:
    """An amount without its currency: "22.50", "a hundred", "twenty two fifty"."""
    value = amount(held)
    if value is not None:
        return (value, 1.0) if held[0].word not in ("minus", "negative") else None
    pair = _pair(held)
    if pair is not None:
        return pair
    figures = _figures(held)
    return None if figures is None else (figures, _AMBIGUOUS)


def _pair(held: Tokens) -> tuple[Decimal, float] | None:
    """Units and hundredths side by side: "twenty two fifty", "four ninety five", "five oh five", "22 50"."""
    for cut in (len(held) - 1, len(held) - 2):
        if cut < 1:
            continue
        part = _two_figures(held[cut:])
        if part is None:
            continue
        whole = cardinal_from(held, 0)
        if whole is not None and whole[0] == cut:
            if _one_composed(held, cut):
                continue
            sure = _AMBIGUOUS if whole[1] < 10 and held[-1].word in TENS else _PAIRED
            return whole[1] + part * _HUNDREDTH, sure
        figures = _figures(held[:cut])
        if figures is not None and figures >= 100:
            return figures + part * _HUNDREDTH, _AMBIGUOUS
    return None


def _two_figures(held: Tokens) -> Decimal | None:
    """Ten to ninety-nine, or "oh five"."""
    if len(held) == 2 and held[0].word in ("oh", "o", "zero"):
        figures = digit_string(held)
        return Decimal(figures) if figures is not None and len(figures) == 2 else None
    found = cardinal_from(held, 0)
    if found is None or found[0] != len(held) or not 10 <= found[1] <= 99:
        return None
    return Decimal(found[1]) if len(held) == 1 or held[0].word in TENS else None


def _one_composed(held: Tokens, cut: int) -> bool:
    """Whether the cut falls inside "twenty two" (twenty and two make no pair)."""
    return held[cut - 1].word in TENS and len(held) - cut == 1 and held[cut].word in DIGITS


def _figures(held: Tokens) -> Decimal | None:
    """ "four one seven" as 417."""
    if not held or not all(token.is_figure or token.word in DIGITS or token.word in SMALL for token in held):
        return None
    if any("." in token.word or "," in token.before for token in held):
        return None
    figures = digit_string(held)
    return Decimal(figures) if figures and len(figures) <= 9 and not figures.startswith("0") else None


def _is_unit(token: Token) -> bool:
    return token.word in UNITS_OF_MONEY
