"""Days that callers name instead of dating them."""

from collections.abc import Callable
from datetime import date, timedelta

Texts = tuple[str, ...]


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    line = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * line) // 433
    month = (h + line - 7 * m + 90) // 25
    return date(year, month, (h + line - 7 * m + 33 * month + 19) % 32)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth Monday (0) … Sunday (6) of a month; -1 is the last. None: the month has no such day."""
    if nth > 0:
        first = date(year, month, 1)
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
        return day if day.month == month else None
    last = month_end(year, month)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


Day = Callable[[int], date]


def _fixed(month: int, day: int) -> Day:
    return lambda year: date(year, month, day)


def _floating(month: int, weekday: int, nth: int, plus: int = 0) -> Day:
    def on(year: int) -> date:
        found = nth_weekday(year, month, weekday, nth)
        return (found or date(year, month, 28)) + timedelta(days=plus)

    return on


def _around_easter(days: int) -> Day:
    return lambda year: easter(year) + timedelta(days=days)


_EVERYWHERE: dict[str, Day] = {
    "christmas|christmas day|xmas|xmas day": _fixed(12, 25),
    "christmas eve|xmas eve": _fixed(12, 24),
    "boxing day": _fixed(12, 26),
    "new years eve|new year eve": _fixed(12, 31),
    "new years day|new year day|new years|new year": _fixed(1, 1),
    "valentines day|valentines|valentine day": _fixed(2, 14),
    "saint patricks day|st patricks day|saint paddys day|st paddys day": _fixed(3, 17),
    "halloween": _fixed(10, 31),
    "april fools day|april fools": _fixed(4, 1),
    "good friday": _around_easter(-2),
    "easter|easter sunday|easter day": _around_easter(0),
    "easter monday": _around_easter(1),
    "ash wednesday": _around_easter(-46),
    "palm sunday": _around_easter(-7),
    "black friday": _floating(11, 3, 4, plus=1),
    "cyber monday": _floating(11, 3, 4, plus=4),
}
_BY_REGION: dict[str, dict[str, Day]] = {
    "US": {
        "independence day": _fixed(7, 4),
        "juneteenth": _fixed(6, 19),
        "veterans day": _fixed(11, 11),
        "cinco de mayo": _fixed(5, 5),
        "groundhog day": _fixed(2, 2),
        "thanksgiving|thanksgiving day": _floating(11, 3, 4),
        "labor day|labour day": _floating(9, 0, 1),
        "memorial day": _floating(5, 0, -1),
        "presidents day": _floating(2, 0, 3),
        "martin luther king day|martin luther king junior day|mlk day": _floating(1, 0, 3),
        "columbus day|indigenous peoples day": _floating(10, 0, 2),
        "mothers day": _floating(5, 6, 2),
        "fathers day": _floating(6, 6, 3),
    },
    "CA": {
        "canada day": _fixed(7, 1),
        "remembrance day": _fixed(11, 11),
        "thanksgiving|thanksgiving day": _floating(10, 0, 2),
        "labour day|labor day": _floating(9, 0, 1),
        "mothers day": _floating(5, 6, 2),
        "fathers day": _floating(6, 6, 3),
    },
    "GB": {
        "bonfire night|guy fawkes night": _fixed(11, 5),
        "remembrance day": _fixed(11, 11),
        "burns night": _fixed(1, 25),
        "saint georges day|st georges day": _fixed(4, 23),
        "saint andrews day|st andrews day": _fixed(11, 30),
        "may day": _fixed(5, 1),
        "mothers day|mothering sunday": _around_easter(-21),
        "fathers day": _floating(6, 6, 3),
    },
    "AU": {
        "australia day": _fixed(1, 26),
        "anzac day": _fixed(4, 25),
        "mothers day": _floating(5, 6, 2),
        "fathers day": _floating(9, 6, 1),
    },
}


def _table(region: str) -> dict[Texts, Day]:
    named = _EVERYWHERE | _BY_REGION.get(region, {})
    return {tuple(name.split()): day for names, day in named.items() for name in names.split("|")}


_TABLES = {region: _table(region) for region in (*_BY_REGION, "")}
_LONGEST = 5


def holiday(words: Texts, at: int, region: str) -> tuple[Day, int] | None:
    """The holiday named from `at`, as a function of the year, and the position after its name."""
    table = _TABLES.get(region, _TABLES[""])
    for length in range(_LONGEST, 0, -1):
        day = table.get(words[at : at + length])
        if day is not None and at + length <= len(words):
            return day, at + length
    return None
