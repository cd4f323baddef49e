"""Dates counted from today: "tomorrow", "next Tuesday", "in three days", "a week from Friday", "two weeks ago".

Weeks begin on Monday (ISO 8601). "Tuesday" is the next one after today; "this Tuesday" the next, today included;
"next Tuesday" is the Tuesday of the week after this one, less surely where it is not the nearest; "last Tuesday" is
the latest one before today.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tollfree.flows.slots.calendar.context import Context, Found, Texts, plus_days, plus_months
from tollfree.flows.slots.calendar.numbers import count
from tollfree.flows.slots.calendar.vocabulary import PARTS_OF_DAY, UNIT_DAYS, UNIT_MONTHS, WEEKDAYS, WORDS_TOO

Longest = Callable[[Texts, int, Context], Found | None]

_SIMPLE: dict[Texts, int] = {
    ("today",): 0,
    ("todays", "date"): 0,
    ("tonight",): 0,
    ("this", "morning"): 0,
    ("this", "afternoon"): 0,
    ("this", "evening"): 0,
    ("same", "day"): 0,
    ("later", "today"): 0,
    ("tomorrow",): 1,
    ("tomorow",): 1,
    ("tommorow",): 1,
    ("tommorrow",): 1,
    ("yesterday",): -1,
    ("last", "night"): -1,
    ("next", "day"): 1,
    ("following", "day"): 1,
    ("day", "after", "tomorrow"): 2,
    ("day", "before", "yesterday"): -2,
    ("this", "day", "next", "week"): 7,
    ("this", "time", "next", "week"): 7,
    ("same", "day", "next", "week"): 7,
    ("a", "week", "today"): 7,
    ("today", "week"): 7,
    ("a", "week", "tomorrow"): 8,
    ("tomorrow", "week"): 8,
}
_WEEK_TURN = {"this": 0, "next": 1, "last": -1, "following": 1, "coming": 1, "previous": -1}


def simple(words: Texts, at: int, context: Context) -> Found | None:
    """ "today", "tomorrow morning", "the day after tomorrow"."""
    start = at + 1 if words[at : at + 1] == ("the",) else at
    for length in range(4, 0, -1):
        days = _SIMPLE.get(words[start : start + length])
        if days is not None and start + length <= len(words):
            if words[start] in {"next", "following", "same"} and start == at and length == 2:
                return None
            if context.strict and words[start] == "todays":
                return None  # "what's today's date"
            day = plus_days(context.today, days)
            return Found(day, _part_of_day(words, start + length)) if day is not None else None
    return None


def _part_of_day(words: Texts, at: int) -> int:
    """Past "morning", "in the morning", "night", which say nothing about the date."""
    place = at + 2 if words[at : at + 2] == ("in", "the") else at
    return place + 1 if place < len(words) and words[place] in PARTS_OF_DAY else at


def weekday(words: Texts, at: int, context: Context) -> Found | None:
    """ "Tuesday", "this Friday", "next Tuesday", "last Monday", "Tuesday week", "a week on Friday"."""
    place = at
    weeks = 0
    if words[at : at + 3] in {("a", "week", "on"), ("1", "week", "on"), ("one", "week", "on")}:
        place, weeks = at + 3, 1
    start = place + 1 if words[place : place + 1] == ("the",) else place
    turn, start = _turn(words, start)
    if start >= len(words) or words[start] not in WEEKDAYS:
        return None
    if context.strict and words[start] in WORDS_TOO:
        return None
    ahead = (WEEKDAYS[words[start]] - context.today.weekday()) % 7
    end = start + 1
    if words[end : end + 1] == ("week",):
        end, weeks = end + 1, weeks + 1
    elif words[end : end + 2] == ("after", "next"):
        end, weeks = end + 2, weeks + 1
        turn = "next"
    elif words[end : end + 1] == ("gone",):
        end, turn = end + 1, "last"
    elif words[end : end + 2] == ("just", "gone"):
        end, turn = end + 2, "last"
    elif words[end : end + 1] == ("coming",):
        end += 1
    days, sure = _ahead(turn, ahead, context)
    day = plus_days(context.today, days + 7 * weeks)
    if day is None:
        return None
    opened = turn == "" and weeks == 0
    if opened and context.since is not None:
        day = context.since + timedelta(days=(WEEKDAYS[words[start]] - context.since.weekday()) % 7)
    return Found(day, _part_of_day(words, end), sure, weekday=opened)


def _turn(words: Texts, at: int) -> tuple[str, int]:
    """ "this", "next" or "last" before a weekday, in their variants, and the position after."""
    if words[at : at + 2] in {("this", "coming"), ("this", "upcoming"), ("this", "next")}:
        return "this", at + 2
    if words[at : at + 2] in {("this", "past"), ("this", "last")}:
        return "last", at + 2
    variants = {"this": "this", "next": "next", "following": "next", "last": "last", "past": "last", "previous": "last"}
    variants |= {"coming": "this", "upcoming": "this", "every": "", "on": ""}
    if at < len(words) and words[at] in variants and words[at] != "every":
        return variants[words[at]], at + 1
    return "", at


def _ahead(turn: str, ahead: int, context: Context) -> tuple[int, float]:
    """Days from today to the weekday meant, and how sure that is. `ahead`: to the nearest, today included."""
    if turn == "last":
        return (ahead - 7 if ahead else -7), 1.0
    if turn == "this":
        return ahead, 1.0
    if turn == "next":
        monday = 7 - context.today.weekday()
        days = monday + (context.today.weekday() + ahead) % 7
        return days, 1.0 if days == (ahead or 7) else 0.7
    if context.prefer == "past":
        return (ahead - 7 if ahead else -7), 1.0
    return ahead or 7, 1.0


def weekday_of_week(words: Texts, at: int, context: Context) -> Found | None:
    """ "Tuesday next week", "next week on Tuesday", "Tuesday of this week"."""
    if at >= len(words):
        return None
    if words[at] in WEEKDAYS:
        place = at + 1
        while place < len(words) and words[place] in {"of", "the", "in", "on"}:
            place += 1
        if words[place + 1 : place + 2] != ("week",) or words[place] not in _WEEK_TURN:
            return None
        day = _of_week(words[at], _WEEK_TURN[words[place]], context)
        return Found(day, place + 2) if day is not None else None
    if words[at] in _WEEK_TURN and words[at + 1 : at + 2] == ("week",):
        place = at + 2
        while place < len(words) and words[place] in {"on", "the"}:
            place += 1
        if place < len(words) and words[place] in WEEKDAYS:
            day = _of_week(words[place], _WEEK_TURN[words[at]], context)
            return Found(day, _part_of_day(words, place + 1)) if day is not None else None
    return None


def _of_week(name: str, turn: int, context: Context) -> date | None:
    return plus_days(context.today, 7 * turn + WEEKDAYS[name] - context.today.weekday())


def moved(words: Texts, at: int, context: Context, longest: Longest) -> Found | None:
    """A count of days, weeks, months or years from today or from another date, before or after."""
    return _in_a_while(words, at, context) or _from_a_date(words, at, context, longest)


def _span(words: Texts, at: int) -> tuple[str, int, int] | None:
    """A length of time as (kind, amount, position after): kind `days`, `months` or `workdays`."""
    if words[at : at + 1] == ("the",) and words[at + 1 : at + 2] in {("day",), ("week",), ("month",), ("year",)}:
        number = (1, at + 1)
    else:
        number = count(words, at)
    if number is None:
        return None
    amount, place = number
    half = words[place : place + 3] == ("and", "a", "half")
    if place < len(words) and words[place] in {"full", "whole", "more"}:
        place += 1
    if words[place : place + 1] in {("business",), ("working",), ("work",)} and words[place + 1 : place + 2] in {
        ("day",),
        ("days",),
    }:
        return "workdays", amount, place + 2
    if half or place >= len(words):
        return None
    unit = words[place]
    place += 1
    if words[place : place + 1] in {("time",), ("times",)}:
        place += 1
    if unit in UNIT_DAYS and unit not in {"night", "nights"}:
        return "days", amount * UNIT_DAYS[unit], place
    if unit in UNIT_MONTHS:
        return "months", amount * UNIT_MONTHS[unit], place
    return None


def _shift(day: date, kind: str, amount: int) -> date | None:
    if kind == "months":
        return plus_months(day, amount)
    if kind == "days":
        return plus_days(day, amount)
    step = 1 if amount > 0 else -1
    moved_day: date | None = day
    for _ in range(min(abs(amount), 260)):
        moved_day = plus_days(moved_day, step) if moved_day is not None else None
        while moved_day is not None and moved_day.weekday() > 4:
            moved_day = plus_days(moved_day, step)
    return moved_day


def _in_a_while(words: Texts, at: int, context: Context) -> Found | None:
    """ "in three days", "within a week", "two weeks from now", "three weeks ago", "a fortnight's time"."""
    start = at + 1 if words[at : at + 1] in {("in",), ("within",), ("after",)} else at
    span = _span(words, start)
    if span is None:
        return None
    kind, amount, end = span
    day: date | None = None
    if words[end : end + 1] in {("ago",), ("back",), ("earlier",)}:
        day, end = _shift(context.today, kind, -amount), end + 1
        end += 1 if words[end : end + 1] == ("today",) else 0
    elif words[end : end + 2] in {("from", "now"), ("from", "today"), ("after", "today")}:
        day, end = _shift(context.today, kind, amount), end + 2
    elif words[end : end + 1] == ("hence",):
        day, end = _shift(context.today, kind, amount), end + 1
    elif start > at or words[end - 1] == "time":
        day = _shift(context.today, kind, amount)
        if start > at and context.strict and words[at] != "in":
            return None
    return Found(day, end) if day is not None else None


def _from_a_date(words: Texts, at: int, context: Context, longest: Longest) -> Found | None:
    """ "two weeks after Christmas", "the day before Thanksgiving", "a week from Tuesday", "the Friday after Easter"."""
    place = at + 1 if words[at : at + 1] == ("the",) else at
    named = WEEKDAYS.get(words[place]) if place < len(words) else None
    span = _span(words, at) if named is None else None
    if span is None and named is None:
        return None
    end = span[2] if span is not None else place + 1
    back = words[end : end + 1] == ("before",)
    if not back and words[end : end + 1] not in {("after",), ("from",), ("following",), ("past",)}:
        # "a fortnight today", "two weeks on Friday"
        weeks = span is not None and words[end - 1] in {"week", "weeks", "fortnight", "fortnights"}
        if not weeks or words[end : end + 1] not in {("on",), ("today",), ("tomorrow",)}:
            return None
        end -= 0 if words[end] == "on" else 1
    found = longest(words, end + 1, replace(context, since=None))
    if found is None:
        return None
    if span is not None:
        day = _shift(found.day, span[0], -span[1] if back else span[1])
    else:
        assert named is not None
        away = (found.day.weekday() - named if back else named - found.day.weekday()) % 7 or 7
        day = plus_days(found.day, -away if back else away)
    return Found(day, found.end, found.confidence) if day is not None else None
