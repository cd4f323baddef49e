"""Words beside a number that make it another kind of value: "five PM", "March 3", "twenty minutes", "$22.50"."""

from tollfree.flows.slots.calendar.vocabulary import MONTHS, UNIT_DAYS, UNIT_MONTHS
from tollfree.flows.slots.spoken.currency import PARTS_OF_MONEY, UNITS_OF_MONEY
from tollfree.flows.slots.spoken.numbers import ordinal_from
from tollfree.flows.slots.spoken.words import Tokens, words

_HOURS = frozenset({("am",), ("pm",), ("a", "m"), ("p", "m"), ("o'clock",), ("oclock",), ("o", "clock")})
_COUNTED = frozenset(
    """percent % times minute minutes mins hour hours seconds feet foot inch inches mile miles kilometers kilometres km
    kg kilo kilos lbs grams ounces""".split()
)
_LETTERS = frozenset({"c", "p"})
"""Abbreviated hundredths, which are letters in anything but an amount of money."""


def is_date_or_time(held: Tokens, first: int, last: int) -> bool:
    """Whether the number held[first:last] is part of a date or a time: "five" of "five PM", "past five", "May 5"."""
    after = words(held[last : last + 2])
    before = held[first - 1].word if first else ""
    of_month = len(after) == 2 and after[0] == "of" and after[1] in MONTHS
    written = before == "/" or after[:1] == ("/",)
    return after[:1] in _HOURS or after in _HOURS or of_month or written or before == "past" or before in MONTHS


def is_measure(held: Tokens, first: int, last: int, money: bool) -> bool:
    """Whether the number counts something else than is asked for: "twenty minutes", "three times", "size ten", and
    unless `money` is asked for "ten dollars"."""
    after = held[last].word if last < len(held) else ""
    before = held[first - 1].word if first else ""
    if after in _COUNTED or after in UNIT_DAYS or after in UNIT_MONTHS or before == "size":
        return True
    if first > 1 and held[first - 2].word in MONTHS and ordinal_from(held, first - 1) is not None:
        return True  # the year of "March third twenty twenty six"
    return not money and (
        before in UNITS_OF_MONEY or after in UNITS_OF_MONEY or (after in PARTS_OF_MONEY and after not in _LETTERS)
    )
