"""Dates in numbers: "3/4/2026", "2026-03-04", "oh three oh four eighty four"."""

from datetime import date

from tollfree.flows.slots.calendar.context import Context, Found, Texts, day_or_none, settle, sureness
from tollfree.flows.slots.calendar.numbers import ZERO, short_year, two_figures, year

_SPOKEN_MARKS = {"slash": "/", "dash": "-", "hyphen": "-", "stroke": "/", "point": ".", "dot": "."}


def iso(words: Texts, at: int, context: Context) -> Found | None:
    """Year, month and day in figures: `2026-03-04`, `2026/3/4`."""
    if len(words) < at + 5 or len(words[at]) != 4 or not _figures(words[at]):
        return None
    mark = words[at + 1]
    if mark not in {"-", "/", "."} or words[at + 3] != mark:
        return None
    if not _figures(words[at + 2]) or not _figures(words[at + 4]):
        return None
    day = day_or_none(int(words[at]), int(words[at + 2][:4]), int(words[at + 4][:4]))
    return Found(day, at + 5) if day is not None else None


def marked(words: Texts, at: int, context: Context) -> Found | None:
    """Numbers with marks between them, written or said: `3/4`, "three slash four slash twenty twenty six"."""
    first = two_figures(words, at)
    if first is None or (mark := _mark(words, first[1])) is None:
        return None
    second = two_figures(words, first[1] + 1)
    if second is None:
        return None
    after = second[1]
    if _mark(words, after) == mark:
        full = year(words, after + 1)
        found = full or short_year(words, after + 1, context.today.year)
        if found is not None:
            sure = 1.0 if full is not None else 0.9
            return _of(first[0], second[0], found[0], found[1], context, sure)
        return None
    if context.strict and mark != "/":
        return None
    return _of(first[0], second[0], None, after, context, 0.9)


def unmarked(words: Texts, at: int, context: Context) -> Found | None:
    """Numbers in a row: "oh three oh four nineteen eighty four", "11 24", "03042026". Only as a whole answer."""
    if context.strict or at >= len(words):
        return None
    if _figures(words[at]) and len(words[at]) == 8:
        text = words[at]
        return _of(int(text[:2]), int(text[2:4]), int(text[4:]), at + 1, context, 0.8)
    first = two_figures(words, at)
    second = two_figures(words, first[1]) if first is not None else None
    if first is None or second is None:
        return None
    full = year(words, second[1])
    if full is not None:
        return _of(first[0], second[0], full[0], full[1], context, 0.8)
    if words[at] in ZERO or words[at].startswith("0"):
        short = short_year(words, second[1], context.today.year)
        if short is not None:
            return _of(first[0], second[0], short[0], short[1], context, 0.6)
    return _of(first[0], second[0], None, second[1], context, 0.5)


def ordered(first: int, second: int, month_first: bool) -> tuple[int, int, float] | None:
    """Month and day of two numbers, and how sure the order is. None: neither can be a month."""
    month, day = (first, second) if month_first else (second, first)
    if month <= 12 and day <= 31:
        return month, day, 0.9 if day <= 12 and month != day else 1.0
    if day <= 12 and month <= 31:
        return day, month, 0.8
    return None


def _of(first: int, second: int, in_year: int | None, end: int, context: Context, sure: float) -> Found | None:
    order = ordered(first, second, context.month_first)
    if order is None:
        return None
    month, day_of_month, order_sure = order
    day: date | None
    if in_year is None:
        day = settle(lambda n: day_or_none(context.today.year + n, month, day_of_month), context)
    else:
        day = day_or_none(in_year, month, day_of_month)
    if day is None:
        return None
    settled = 1.0 if in_year is not None else sureness(day, context)
    return Found(day, end, min(sure, order_sure, settled), year=in_year is not None)


def _mark(words: Texts, at: int) -> str | None:
    if at >= len(words):
        return None
    return words[at] if words[at] in {"/", "-", "."} else _SPOKEN_MARKS.get(words[at])


def _figures(text: str) -> bool:
    return text.isascii() and text.isdecimal()
