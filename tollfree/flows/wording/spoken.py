"""Values as people say them in English. What has no such form raises `Unspeakable`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import cast

import phonenumbers
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import get_currency_name, get_currency_precision
from num2words import (  # pyright: ignore[reportMissingTypeStubs]  # the library has none
    num2words,  # pyright: ignore[reportUnknownVariableType]
)

from tollfree.flows.expressions.arithmetic import decimal_of
from tollfree.protocol.values import Value

_in_words = cast(Callable[..., str], num2words)


class Unspeakable(ValueError):
    """A value that does not have the spoken form asked for. The message names the value."""


_UNITS: Mapping[str, tuple[str, str, str, str]] = {
    "USD": ("dollar", "dollars", "cent", "cents"),
    "CAD": ("dollar", "dollars", "cent", "cents"),
    "AUD": ("dollar", "dollars", "cent", "cents"),
    "NZD": ("dollar", "dollars", "cent", "cents"),
    "SGD": ("dollar", "dollars", "cent", "cents"),
    "HKD": ("dollar", "dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "INR": ("rupee", "rupees", "paisa", "paise"),
    "CHF": ("franc", "francs", "centime", "centimes"),
    "MXN": ("peso", "pesos", "centavo", "centavos"),
    "BRL": ("real", "reais", "centavo", "centavos"),
    "ZAR": ("rand", "rand", "cent", "cents"),
    "SEK": ("krona", "kronor", "öre", "öre"),
    "NOK": ("krone", "kroner", "øre", "øre"),
    "DKK": ("krone", "kroner", "øre", "øre"),
    "PLN": ("zloty", "zloty", "grosz", "groszy"),
    "JPY": ("yen", "yen", "", ""),
}
"""One and several of a currency and of its hundredth, as said where it is used; the rest are named by CLDR."""
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIGNS = {
    "@": "at",
    ".": "dot",
    "-": "dash",
    "_": "underscore",
    "+": "plus",
    "#": "hash",
    "*": "star",
    "/": "slash",
    "&": "and",
    ":": "colon",
}
_LONGEST = 1000
"""Characters of a code, and entries of a list, that are worth saying."""
_PLURALS = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "half": "halves",
    "loaf": "loaves",
    "knife": "knives",
    "leaf": "leaves",
    "shelf": "shelves",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "fish": "fish",
    "series": "series",
}


def text(value: Value) -> str:
    """Any value in a sentence: true is "yes", a list is listed. A record has no such form."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case int() | float():
            return plain(value)
        case Mapping():
            raise Unspeakable("A record cannot be said as a whole; name the field, as in `order.total`.")
        case _:
            return listed(value)


def plain(value: int | float) -> str:
    """A number in figures, without a needless `.0`."""
    exact = decimal_of(value)
    if exact is None:
        raise Unspeakable(f"{str(value)[:40]} is not a number anybody would say.")
    if exact == exact.to_integral_value():
        return str(int(exact))
    return f"{exact:f}"


def number(value: Value) -> str:
    """A number in words: "twenty-five", "one point five"."""
    exact = _exact(value)
    whole = exact == exact.to_integral_value()
    return _cardinal(int(exact)) if whole else _in_words(exact.normalize()).replace(",", "").replace(" and ", " ")


def money(value: Value, currency: str = "USD") -> str:
    """An amount: "twenty-two dollars and fifty cents"."""
    amount = round(_exact(value), 2)
    code = currency.upper()
    minus = "minus " if amount < 0 else ""
    whole, cents = divmod(int(abs(amount) * 100), 100)
    if code not in _UNITS or not _UNITS[code][2]:
        return minus + _unfamiliar_money(abs(amount), code)
    one, several, cent, cent_several = _UNITS[code]
    parts: list[str] = []
    if whole or not cents:
        parts.append(f"{_cardinal(whole)} {one if whole == 1 else several}")
    if cents:
        parts.append(f"{_cardinal(cents)} {cent if cents == 1 else cent_several}")
    return minus + " and ".join(parts)


def _unfamiliar_money(amount: Decimal, code: str) -> str:
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise Unspeakable(f"`{code[:20]}` is not the three-letter code of a currency, such as `USD`.")
    rounded = round(amount, min(get_currency_precision(code), 2))
    if code in _UNITS:
        name = _UNITS[code][0 if rounded == 1 else 1]
    else:
        try:
            name = get_currency_name(code, count=1 if rounded == 1 else 2, locale="en")
        except UnknownLocaleError:  # pragma: no cover - English is part of babel
            name = code
    return f"{number(plain(int(rounded)) if rounded == int(rounded) else str(rounded))} {name}"


def day(value: Value, today: Value = None) -> str:
    """A date: "Tuesday, November twenty-fourth", with the year when it is not today's."""
    found = _date(value)
    said = f"{format_date(found, 'EEEE, MMMM', locale='en')} {_in_words(found.day, to='ordinal')}"
    if isinstance(today, str) and today[:4].isdigit() and int(today[:4]) != found.year:
        return f"{said}, {_in_words(found.year, to='year')}"
    return said


def clock(value: Value) -> str:
    """A time of day: "three thirty PM", "nine oh five AM", "noon"."""
    found = _time(value)
    if found.minute == 0 and found.hour in (0, 12):
        return "noon" if found.hour else "midnight"
    half = "AM" if found.hour < 12 else "PM"
    hour = _cardinal(found.hour % 12 or 12)
    if found.minute == 0:
        return f"{hour} {half}"
    return f"{hour} {'oh ' if found.minute < 10 else ''}{_cardinal(found.minute)} {half}"


def digits(value: Value) -> str:
    """One figure after another, in groups a listener can write down: "four one seven, five five"."""
    figures = _characters(value)
    return ", ".join(" ".join(_character(c) for c in group) for group in _groups(figures))


def spell(value: Value) -> str:
    """One letter after another: "A B one, two"; signs by their names."""
    return digits(value)


def phone(value: Value, region: str = "US") -> str:
    """A phone number in the groups of its country; the country's code only when it is not this region's."""
    written = _characters(value)
    try:
        found = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return digits(value)
    at_home = phonenumbers.country_code_for_region(region) == found.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    shown = phonenumbers.format_number(found, form)
    groups = "".join(c if c.isdigit() or c == "+" else " " for c in shown).split()
    return ", ".join(" ".join(_character(c) for c in group) for group in groups)


def counted(value: Value, noun: str, plural: str = "") -> str:
    """How many of something: "three items", "one item", "no items". A list counts its entries."""
    amount: Value = len(value) if isinstance(value, Sequence | Mapping) and not isinstance(value, str) else value
    exact = _exact(amount)
    if exact == 1:
        return f"one {noun}"
    several = plural or pluralised(noun)
    return f"no {several}" if exact == 0 else f"{number(amount)} {several}"


def pluralised(noun: str) -> str:
    """Several of a noun, by its last word: "large pizza" becomes "large pizzas"."""
    head, _, last = noun.rpartition(" ")
    lower = last.lower()
    if lower in _PLURALS:
        several = _PLURALS[lower]
    elif lower.endswith(("s", "x", "z", "ch", "sh")):
        several = last + "es"
    elif lower.endswith("y") and lower[-2:-1] not in ("", *"aeiou"):
        several = last[:-1] + "ies"
    else:
        several = last + "s" if last else last
    return f"{head} {several}" if head else several


def listed(value: Value, field: str = "", last: str = "and") -> str:
    """Entries as a sentence lists them: "a, b and c"; of records, the named field."""
    entries = [entry for entry in (text(part) for part in parts(value, field)) if entry]
    if len(entries) < 2:
        return "".join(entries)
    return f"{', '.join(entries[:-1])} {last} {entries[-1]}"


def parts(value: Value, field: str = "") -> list[Value]:
    """The entries of a list (one value is a list of one), or the named field of each."""
    entries: list[Value] = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if len(entries) > _LONGEST:
        raise Unspeakable(f"A list of {len(entries)} entries is too long to say.")
    if not field:
        return entries
    return [entry.get(field) if isinstance(entry, Mapping) else None for entry in entries]


@lru_cache(maxsize=1024)
def _cardinal(value: int) -> str:
    return _in_words(value).replace(",", "").replace(" and ", " ")


def _exact(value: Value) -> Decimal:
    exact = decimal_of(value.strip() if isinstance(value, str) else value)
    if exact is None:
        raise Unspeakable(f"{_quoted(value)} is not a number.")
    return exact


def _date(value: Value) -> date:
    if isinstance(value, str) and value[10:11] in ("", "T", " "):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            pass
    raise Unspeakable(f"{_quoted(value)} is not a date such as 2026-11-24.")


def _time(value: Value) -> time:
    if isinstance(value, str):
        written = value[11:16] if value[10:11] in ("T", " ") and len(value) > 15 else value
        try:
            return time.fromisoformat(written.zfill(5))
        except ValueError:
            pass
    raise Unspeakable(f"{_quoted(value)} is not a time such as 15:30.")


def _quoted(value: Value) -> str:
    return f"“{value[:40]}”" if isinstance(value, str) else str(value)[:40]


def _characters(value: Value) -> str:
    written = text(value).strip()
    if len(written) > _LONGEST:
        raise Unspeakable(f"A code of {len(written)} characters is too long to say.")
    return written


def _character(sign: str) -> str:
    if sign in "0123456789":
        return _DIGITS[int(sign)]
    return _SIGNS.get(sign, sign.upper())


def _groups(written: str) -> list[str]:
    """Threes, with no figure left alone; long ones that come out even in fours, as on cards."""
    joined = "".join(written.split())
    if len(joined) >= 8 and len(joined) % 4 == 0:
        return [joined[i : i + 4] for i in range(0, len(joined), 4)]
    if len(joined) <= 4:
        return [joined] if joined else []
    cut = len(joined) - 4 if len(joined) % 3 == 1 else len(joined)
    groups = [joined[i : i + 3] for i in range(0, cut, 3)]
    return groups if cut == len(joined) else [*groups, joined[cut:]]
