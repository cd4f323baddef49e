"""Dates with a name in them: "March third", "the twenty first", "Tuesday the fourth", "Christmas", "end of May"."""

from dataclasses import replace
from datetime import date

from tollfree.flows.slots.calendar.context import (
    Context,
    Found,
    Texts,
    day_or_none,
    plus_days,
    plus_months,
    settle,
    sureness,
)
from tollfree.flows.slots.calendar.holidays import holiday, month_end, nth_weekday
from tollfree.flows.slots.calendar.numbers import cardinal, is_number, ordinal, short_year, year
from tollfree.flows.slots.calendar.vocabulary import MONTHS, WEEKDAYS, WORDS_TOO

_TURN = {"this": 0, "next": 1, "last": -1, "previous": -1, "following": 1, "current": 0, "coming": 0, "past": -1}
_NTH = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "last": -1,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_BOUND_BY = frozenset(
    {"on", "by", "from", "until", "till", "before", "after", "since", "to", "through", "and", "for", "is"}
)
"""Words that make "the third" a date inside a longer utterance."""


def month_at(words: Texts, at: int) -> tuple[int, int] | None:
    """A month's number and the position after its name."""
    if at < len(words) and words[at] in MONTHS:
        return MONTHS[words[at]], at + 1
    return None


def year_after(words: Texts, at: int, context: Context, short: bool) -> tuple[int, int] | None:
    """The year that follows a day and month: "twenty twenty six", "next year", "of 2026", and "84" when `short`."""
    start = at + 1 if words[at : at + 1] in {("of",), ("in",)} else at
    if words[start + 1 : start + 2] == ("year",) and words[start] in _TURN:
        return context.today.year + _TURN[words[start]], start + 2
    found = year(words, start)
    if found is None and short and start == at:
        found = short_year(words, at, context.today.year)
        if found is not None and is_number(words[found[1]] if found[1] < len(words) else ""):
            return None
    return found


def month_then_day(words: Texts, at: int, context: Context) -> Found | None:
    """ "March third", "March 3 2026", "next March the third"."""
    month = month_at(words, at)
    if month is None:
        return None
    place = month[1] + 1 if words[month[1] : month[1] + 1] == ("the",) else month[1]
    return _day_of(words, place, month[0], context)


def _day_of(words: Texts, at: int, month: int, context: Context) -> Found | None:
    """The day and perhaps the year, with the month known."""
    by_order = ordinal(words, at)
    day = by_order or cardinal(words, at)
    if day is None or not 1 <= day[0] <= 31:
        return None
    figures = words[at].isdecimal() and len(words[day[1]] if day[1] < len(words) else "") == 2
    in_year = year_after(words, day[1], context, short=by_order is not None or figures)
    if in_year is None and is_number(words[day[1]] if day[1] < len(words) else "") and by_order is None:
        return _teen_year(words, at, month)
    return _settled(month, day[0], day[1], in_year, context)


def _teen_year(words: Texts, at: int, month: int) -> Found | None:
    """ "March twenty one twenty twenty six": the day ends where a year begins, though "twenty one" fits too."""
    for length in (1, 2):
        day = cardinal(words[: at + length], at)
        in_year = year(words, at + length)
        if day is not None and day[1] == at + length and in_year is not None:
            found = day_or_none(in_year[0], month, day[0])
            return Found(found, in_year[1], 0.8) if found is not None else None
    return None


def _settled(month: int, day: int, end: int, in_year: tuple[int, int] | None, context: Context) -> Found | None:
    if in_year is not None:
        found = day_or_none(in_year[0], month, day)
        return Found(found, in_year[1]) if found is not None else None
    found = settle(lambda n: day_or_none(context.today.year + n, month, day), context)
    return Found(found, end, sureness(found, context), year=False) if found is not None else None


def day_then_month(words: Texts, at: int, context: Context) -> Found | None:
    """ "the third of March", "3 March 2026", "the fifth of next month", "the third of the month"."""
    start = at + 1 if words[at : at + 1] == ("the",) else at
    day = ordinal(words, start)
    if day is None:
        plain = cardinal(words, start)
        day = plain if plain is not None and 1 <= plain[0] <= 31 else None
    if day is None:
        return None
    place = day[1] + 1 if words[day[1] : day[1] + 1] == ("of",) else day[1]
    month = month_at(words, place)
    if month is not None:
        if context.strict and words[place] in WORDS_TOO:
            return None
        return _settled(month[0], day[0], month[1], year_after(words, month[1], context, short=True), context)
    if place == day[1]:
        return None
    if words[place : place + 2] == ("the", "month"):
        found = _numbered(day[0], context)
        return Found(found, place + 2) if found is not None else None
    turned = _turned_month(words, place, context)
    if turned is None:
        return None
    first, end = turned
    found = day_or_none(first.year, first.month, day[0])
    return Found(found, end) if found is not None else None


def _turned_month(words: Texts, at: int, context: Context) -> tuple[date, int] | None:
    """The first day of "the month", "this month", "next month", "the following month"."""
    place = at + 1 if words[at : at + 1] == ("the",) else at
    turn = 0
    if place < len(words) and words[place] in _TURN:
        turn = _TURN[words[place]]
        place += 1
    elif place == at:
        return None
    if words[place : place + 1] != ("month",):
        return None
    first = plus_months(context.today.replace(day=1), turn)
    return (first, place + 1) if first is not None else None


def bare_day(words: Texts, at: int, context: Context) -> Found | None:
    """ "the third", and as a whole answer "third". Inside other words only after "on" or the like."""
    start = at + 1 if words[at : at + 1] == ("the",) else at
    day = ordinal(words, start)
    if day is None:
        return None
    if context.strict:
        bound = start > at and at > 0 and words[at - 1] in _BOUND_BY
        next_word = words[day[1]] if day[1] < len(words) else ""
        if not bound or next_word not in {
            "",
            "please",
            "if",
            "and",
            "to",
            "or",
            "at",
            "would",
            "works",
            "is",
            "instead",
        }:
            return None
    found = _numbered(day[0], context)
    sure = 1.0 if start > at else 0.9
    return Found(found, day[1], sure, month=False, year=False) if found is not None else None


def _numbered(day: int, context: Context) -> date | None:
    """The day of that number in the month it falls in best."""
    first = context.today.replace(day=1)

    def candidate(n: int) -> date | None:
        month = plus_months(first, n)
        return day_or_none(month.year, month.month, day) if month is not None else None

    return settle(candidate, context)


def weekday_and_day(words: Texts, at: int, context: Context) -> Found | None:
    """ "Tuesday the twenty fourth", "Tuesday, November 24th 2026". Where they contradict, the number counts."""
    start = at + 1 if words[at : at + 1] in {("next",), ("this",), ("on",)} else at
    if start >= len(words) or words[start] not in WEEKDAYS:
        return None
    calm = replace(context, strict=False)
    rules = (month_then_day, day_then_month, bare_day)
    read = [found for rule in rules if (found := rule(words, start + 1, calm)) is not None]
    if not read:
        return None
    found = max(read, key=lambda found: found.end)
    weekday = WEEKDAYS[words[start]]
    return found if found.day.weekday() == weekday else _on_weekday(found, weekday, context)


def _on_weekday(found: Found, weekday: int, context: Context) -> Found:
    """The nearest date with that number that falls on the weekday, else the date as it stands, unsurely."""
    if found.year:
        return replace(found, confidence=0.5)

    def candidate(n: int) -> date | None:
        if found.month:
            day = day_or_none(found.day.year + n, found.day.month, found.day.day)
        else:
            month = plus_months(context.today.replace(day=1), n)
            day = day_or_none(month.year, month.month, found.day.day) if month is not None else None
        return day if day is not None and day.weekday() == weekday else None

    other = None if found.month else settle(candidate, context)
    if other is None:
        return replace(found, confidence=0.5)
    near = abs((other - context.today).days) <= 100
    return replace(found, day=other, confidence=0.8 if near else 0.5)


def holiday_of_year(words: Texts, at: int, context: Context) -> Found | None:
    """ "Christmas", "next Thanksgiving", "New Year's Eve 2027", "Easter next year"."""
    start = at + 1 if words[at : at + 1] == ("the",) else at
    turn = _TURN.get(words[start]) if start < len(words) else None
    named = holiday(words, start + 1 if turn is not None else start, context.region)
    if named is None:
        return None
    day_of, end = named
    in_year = year_after(words, end, context, short=False)
    if in_year is not None:
        if not 1800 <= in_year[0] <= 2199:
            return None
        return Found(day_of(in_year[0]), in_year[1])
    toward = replace(context, recent=False)
    if turn is not None and context.since is None:
        toward = replace(context, prefer="past" if turn < 0 else "future", recent=False)
    found = settle(lambda n: day_of(context.today.year + n) if 1 < context.today.year + n < 9999 else None, toward)
    if found is None or turn != 1 or context.strict:
        return Found(found, end, year=False) if found is not None else None
    return Found(found, end, 0.8)


def nth_weekday_of_month(words: Texts, at: int, context: Context) -> Found | None:
    """ "the first Monday of December", "the last Friday of the month", "second Tuesday in March 2027"."""
    start = at + 1 if words[at : at + 1] == ("the",) else at
    if len(words) < start + 4 or words[start] not in _NTH or words[start + 1] not in WEEKDAYS:
        return None
    nth, weekday = _NTH[words[start]], WEEKDAYS[words[start + 1]]
    if words[start + 2] not in {"of", "in"}:
        return None
    place = start + 3
    month = month_at(words, place)
    if month is None:
        turned = _turned_month(words, place, context)
        if turned is None:
            return None
        day = nth_weekday(turned[0].year, turned[0].month, weekday, nth)
        return Found(day, turned[1]) if day is not None else None
    in_year = year_after(words, month[1], context, short=False)
    if in_year is not None:
        day = nth_weekday(in_year[0], month[0], weekday, nth)
        return Found(day, in_year[1]) if day is not None else None
    day = settle(lambda n: nth_weekday(context.today.year + n, month[0], weekday, nth), context)
    return Found(day, month[1], sureness(day, context), year=False) if day is not None else None


def edge_of_month(words: Texts, at: int, context: Context) -> Found | None:
    """ "the end of the month", "the last day of March", "the first day of next month", "the end of the year"."""
    place = at + 1 if words[at : at + 1] == ("the",) else at
    if words[place : place + 2] in {("last", "day"), ("very", "last"), ("final", "day")}:
        last, place = True, place + (3 if words[place] == "very" else 2)
    elif words[place : place + 2] == ("first", "day"):
        last, place = False, place + 2
    elif words[place : place + 1] in {("end",), ("beginning",), ("start",)}:
        last, place = words[place] == "end", place + 1
    elif words[place : place + 2] == ("month", "end"):
        return Found(month_end(context.today.year, context.today.month), place + 2)
    else:
        return None
    if words[place : place + 1] != ("of",):
        return None
    place += 1
    return _edge(words, place, last, context)


def _edge(words: Texts, at: int, last: bool, context: Context) -> Found | None:
    month = month_at(words, at)
    if month is not None:
        in_year = year_after(words, month[1], context, short=False)
        if in_year is not None:
            first = day_or_none(in_year[0], month[0], 1)
            return _first_or_last(first, last, in_year[1])
        day = settle(lambda n: _edge_day(day_or_none(context.today.year + n, month[0], 1), last), context)
        return Found(day, month[1], sureness(day, context), year=False) if day is not None else None
    turned = _turned_month(words, at, context)
    if turned is not None:
        return _first_or_last(turned[0], last, turned[1])
    place = at + 1 if words[at : at + 1] == ("the",) else at
    turn = _TURN.get(words[place], 0) if place < len(words) else 0
    if place < len(words) and words[place] in _TURN:
        place += 1
    if place == at or place >= len(words):
        return None
    if words[place] == "year":
        in_turn = context.today.year + turn
        day = day_or_none(in_turn, 12, 31) if last else day_or_none(in_turn, 1, 1)
        return Found(day, place + 1) if day is not None else None
    if words[place] == "week":
        monday = plus_days(context.today, 7 * turn - context.today.weekday())
        day = plus_days(monday, 4 if last else 0) if monday is not None else None
        return Found(day, place + 1, 0.6) if day is not None else None
    return None


def _edge_day(first: date | None, last: bool) -> date | None:
    if first is None:
        return None
    return month_end(first.year, first.month) if last else first


def _first_or_last(first: date | None, last: bool, end: int) -> Found | None:
    day = _edge_day(first, last)
    return Found(day, end) if day is not None else None
