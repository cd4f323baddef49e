"""Values in a text (numbers, prices, dates, times, addresses, codes) as keys that are equal when the values are,
however they are written: "twenty five" and "25", "$5" and "five dollars", "3rd of May" and 2026-05-03.

A mention has every key it may be read as; it is supported by a text that has any of them. What a text supports is read
more widely than what it claims: a price supports its bare amount, a date its day.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from tollfree.language.llm.figures import in_figures

MONTHS = {m: n for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_CURRENCIES = {
    "$": "dollar",
    "€": "euro",
    "£": "pound",
    "¥": "yen",
    "usd": "dollar",
    "eur": "euro",
    "gbp": "pound",
    "jpy": "yen",
}
_UNITS = {
    "week": ("day", 7),
    "hour": ("minute", 60),
    "hr": ("minute", 60),
    "min": ("minute", 1),
    "year": ("month", 12),
    "percent": ("percent", 1),
    "%": ("percent", 1),
    "kilometer": ("km", 1),
    "kilometre": ("km", 1),
    "kilogram": ("kg", 1),
}
"""Units that are others in a certain number."""

_N = r"\d+(?:,\d{3})*(?:\.\d+)?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)"
_YEAR = r"(?:,?\s+(?:of\s+)?(?P<year>(?:19|20)\s?\d\d)\b)?"
_HALF = r"(?P<half>[ap])\.?\s?m\b\.?"
_TLD = r"(?:com|org|net|info|io|shop|store|app|dev|biz|edu|gov|eu|co\.uk|uk|us|de|fr|ca|au)"


@dataclass(frozen=True, slots=True)
class Mention:
    """One value, as it stands in a text in figures."""

    text: str
    keys: frozenset[str]
    """What it may be read as."""
    rests_on: frozenset[str] = frozenset()
    """What supports it besides these: a price rests on a bare amount in a list."""
    supports: frozenset[str] = frozenset()
    """What a text that has it supports besides."""


Reads: TypeAlias = Callable[[re.Match[str], str], Mention | None]
"""Reads one kind of value from a match of its pattern; None: it is not what it looked like."""


def mentions(text: str, today: str = "") -> list[Mention]:
    """The values in a text, in order. `today`: YYYY-MM-DD, for days of a year that is not told."""
    figures = in_figures(text)
    taken = bytearray(len(figures))
    found: list[tuple[int, Mention]] = []
    for pattern, read in _KINDS:
        for match in pattern.finditer(figures):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            mention = read(match, today)
            if mention is not None:
                taken[start:end] = b"\1" * (end - start)
                found.append((start, mention))
    return [mention for _, mention in sorted(found, key=lambda pair: pair[0])]


def number_key(value: Decimal | int | float | str) -> str:
    """A number's digits, the same for 5, 5.0 and 5.00."""
    return format(Decimal(str(value).replace(",", "")).normalize(), "f")


def _mention(
    match: re.Match[str], keys: Iterable[str], supports: Iterable[str] = (), rests_on: Iterable[str] = ()
) -> Mention:
    return Mention(match[0].strip(), frozenset(keys), frozenset(rests_on), frozenset(supports))


# Addresses


def _email(match: re.Match[str], today: str) -> Mention:
    plain = re.sub(r"\s+dot\s+", ".", re.sub(r"\s+at\s+", "@", match[0]))
    return _mention(match, (f"email:{plain.rstrip('.')}",), (f"web:{plain.partition('@')[2]}",))


def _web(match: re.Match[str], today: str) -> Mention:
    plain = re.sub(r"\s+slash\s+", "/", re.sub(r"\s+dot\s+", ".", match[0]))
    plain = re.sub(r"^(?:https?://)?(?:www\.)?", "", plain).rstrip(".,;:!?)/")
    return _mention(match, (f"web:{plain}",), (f"web:{plain.partition('/')[0]}",))


def _phone(match: re.Match[str], today: str) -> Mention | None:
    digits = re.sub(r"\D", "", match[0])
    keys = (f"digits:{digits}", f"n:{number_key(digits)}") if match[0].isdigit() else (f"digits:{digits}",)
    return _mention(match, keys) if len(digits) >= 7 else None


def _code(match: re.Match[str], today: str) -> Mention:
    return _mention(match, (f"code:{re.sub(r'[^a-z0-9]', '', match[0])}",))


# Days and hours


def _iso(match: re.Match[str], today: str) -> Mention | None:
    return _dated(match, int(match["year"]), int(match["month"]), int(match["day"]), today)


def _numeric(match: re.Match[str], today: str) -> Mention | None:
    """Read both ways, as month and day stand in America and elsewhere."""
    year = int(match["year"] if len(match["year"]) == 4 else f"20{match['year']}")
    ways = ((int(match[1]), int(match[2])), (int(match[2]), int(match[1])))
    read = [one for one in (_dated(match, year, *way, today) for way in ways) if one is not None]
    if not read:
        return None
    keys, supports = (frozenset[str]().union(*sets) for sets in ([m.keys for m in read], [m.supports for m in read]))
    return _mention(match, keys, supports)


def _written(match: re.Match[str], today: str) -> Mention | None:
    year = int(match["year"].replace(" ", "")) if match["year"] else None
    return _dated(match, year, MONTHS[match["month"][:3]], int(match["day"]), today)


def _dated(match: re.Match[str], year: int | None, month: int, day: int, today: str) -> Mention | None:
    try:
        whole = date(year or _next_year(month, day, today), month, day)
    except ValueError:
        return None
    short, full = f"date:{month:02}-{day:02}", f"date:{whole.isoformat()}"
    around = {full, f"n:{day}", f"n:{whole.year}", f"month:{whole.isoformat()[:7]}", f"day:{WEEKDAYS[whole.weekday()]}"}
    return _mention(match, (full,) if year else (short, full), around | {short})


def _next_year(month: int, day: int, today: str) -> int:
    """The year in which a day comes next; a leap year where that is not known."""
    try:
        now = date.fromisoformat(today)
    except ValueError:
        return 2000
    return now.year + ((month, day) < (now.month, now.day))


def _month(match: re.Match[str], today: str) -> Mention:
    year = match["year"].replace(" ", "")
    return _mention(match, (f"month:{year}-{MONTHS[match['month'][:3]]:02}",), (f"n:{year}",))


def _weekday(match: re.Match[str], today: str) -> Mention:
    return _mention(match, (f"day:{match[1]}",))


def _near(match: re.Match[str], today: str) -> Mention:
    """ "tomorrow": itself, or the day it is."""
    keys = {f"rel:{match[0]}"}
    try:
        near = date.fromisoformat(today) + timedelta(days=1 if match[0] == "tomorrow" else -1)
        keys |= {f"date:{near.isoformat()}"}
    except ValueError:
        near = None
    return _mention(match, keys, (f"day:{WEEKDAYS[near.weekday()]}",) if near else ())


def _time(match: re.Match[str], today: str) -> Mention | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = match.groupdict().get("half")
    if hour > 24 or minute > 59:
        return None
    hours = (
        {hour % 12 + (12 if half == "p" else 0)} if half else {hour % 24, (hour + 12) % 24} if hour <= 12 else {hour}
    )
    bare = {f"bare:{hour}"} if not minute else {f"bare:{hour}.{minute:02}"}
    keys = {f"time:{one:02}:{minute:02}" for one in hours}
    return _mention(match, keys, {f"n:{hour}", f"n:{minute}"}, bare)


def _noon(match: re.Match[str], today: str) -> Mention:
    return _mention(match, ("time:12:00",) if match[0] == "noon" else ("time:00:00",))


def _half_past(match: re.Match[str], today: str) -> Mention:
    minute = {"half": 30, "quarter": 15}[match["part"]] if match["way"] == "past" else 45
    hour = int(match["hour"]) - (match["way"] == "to")
    return _mention(match, {f"time:{(hour + shift) % 24:02}:{minute:02}" for shift in (0, 12)})


# Amounts


def _money(match: re.Match[str], today: str) -> Mention:
    groups = match.groupdict()
    sign = groups.get("sign") or groups.get("code") or ""
    name = _CURRENCIES.get(sign, sign.rstrip("s"))
    amount = Decimal(match["amount"].replace(",", ""))
    amount *= {"k": 1000, "thousand": 1000, "m": 10**6, "million": 10**6}.get(groups.get("scale") or "", 1)
    if name in ("cent", "pence", "penny", "p", "¢"):
        name, amount = ("dollar" if name in ("cent", "¢") else "pound"), amount / 100
    if groups.get("part"):
        amount += Decimal(groups["part"] or 0) / 100
    key = number_key(amount)
    return _mention(match, (f"money:{name}:{key}",), (f"n:{key}",), (f"bare:{key}",))


def _unit(match: re.Match[str], today: str) -> Mention:
    unit = match["unit"]
    unit = unit if unit == "%" else unit.removesuffix("s")
    name, times = _UNITS.get(unit, (unit, 1))
    amount = Decimal(match["amount"].replace(",", ""))
    key = number_key(amount)
    return _mention(match, (f"unit:{name}:{number_key(amount * times)}",), (f"n:{key}",), (f"bare:{key}",))


def _pair(match: re.Match[str], today: str) -> Mention:
    """ "20 26", "12 50", "5 30": a year, a price, a time, or two numbers."""
    first, second = match[1], match[2]
    price = number_key(f"{first}.{second}")
    joined = {f"n:{first}{second}", f"n:{price}", f"digits:{first}{second}"}
    joined |= {f"money:{currency}:{price}" for currency in ("dollar", "euro", "pound")}
    if int(first) <= 12 and int(second) < 60:
        joined |= {f"time:{int(first) % 12 + shift:02}:{second}" for shift in (0, 12)}
    return _mention(match, joined, {f"n:{first}", f"n:{second}", f"bare:{price}", f"bare:{first}{second}"})


def _number(match: re.Match[str], today: str) -> Mention:
    key = number_key(match["amount"])
    digits = re.sub(r"\D", "", match["amount"])
    return _mention(match, (f"n:{key}", f"digits:{digits}"), (f"bare:{key}",))


def _kind(pattern: str, read: Reads) -> tuple[re.Pattern[str], Reads]:
    return re.compile(pattern), read


_AMOUNT = rf"(?P<amount>{_N})"
_COIN = r"(?P<sign>dollars?|cents?|euros?|pounds?|pence|penny|yen|¢|usd|eur|gbp|€|£)(?![a-z])"
_UNIT = (
    r"(?P<unit>%|percent|(?:day|week|month|year|hour|hr|minute|min|mile|kilomet(?:er|re)|km|kilogram|kg|pound|ounce|inch|"
    r"meter|metre|liter|litre|star|point)s?)(?![a-z])"
)
_KINDS = (
    _kind(rf"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w.-]+ at [\w-]+(?: dot \w+)* dot {_TLD}\b", _email),
    _kind(rf"\bhttps?://\S+|\bwww\.\S+|\b[\w-]+(?:(?:\.| dot )[\w-]+)*(?:\.| dot ){_TLD}\b(?:(?:/| slash )\S+)?", _web),
    _kind(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)", _iso),
    _kind(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](?P<year>(?:19|20)\d\d|\d\d)(?![\d/-])", _numeric),
    _kind(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}{_YEAR}", _written),
    _kind(rf"(?<![\d.:/-]){_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}", _written),
    _kind(rf"\b{_MONTH}\s+(?P<year>(?:19|20)\s?\d\d)\b", _month),
    _kind(r"(?<![\w.$€£¥])\+?\(?\d[\d ().-]{5,18}\d(?![\w]|\.\d)", _phone),
    _kind(r"\b(?P<part>half|quarter) (?P<way>past|to) (?P<hour>\d{1,2})\b", _half_past),
    _kind(rf"(?<![\d:.])(?P<hour>\d{{1,2}})(?:[:. ](?P<minute>[0-5]\d))?\s?{_HALF}", _time),
    _kind(r"(?<![\d:.])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?!\d)", _time),
    _kind(r"(?<![\d:.])(?P<hour>\d{1,2})(?P<minute>)\s?o'clock", _time),
    _kind(r"\b(?:noon|midnight)\b", _noon),
    _kind(rf"(?P<sign>[$€£¥])\s?{_AMOUNT}(?:\s?(?P<scale>k|m|thousand|million)\b)?", _money),
    _kind(
        rf"{_AMOUNT}\s?(?P<code>dollars?|euros?|pounds?) and (?P<part>\d{{1,2}})(?:\s(?:cents?|pence))?(?!\d)", _money
    ),
    _kind(rf"(?<![\w.]){_AMOUNT}\s?{_COIN}", _money),
    _kind(rf"\b(?P<sign>usd|eur|gbp|jpy)\s?{_AMOUNT}", _money),
    _kind(rf"(?<![\w.]){_AMOUNT}[\s-]?{_UNIT}", _unit),
    _kind(r"\b(?=[a-z-]*\d)(?=[\d-]*[a-z])(?!\d+(?:st|nd|rd|th)\b)[a-z\d]+(?:-[a-z\d]+)*\b", _code),
    _kind(rf"\b({'|'.join(WEEKDAYS)})s?\b", _weekday),
    _kind(r"\b(?:tomorrow|yesterday)\b", _near),
    _kind(r"(?<![\d.,])([1-9]\d?) ([0-5]\d|[6-9]\d)(?![\d.,]*\d)", _pair),
    _kind(rf"(?<![\w.]){_AMOUNT}(?:st|nd|rd|th)?", _number),
)
"""The earlier claims its words before the later."""
