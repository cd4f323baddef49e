"""Dates and times of day."""

import re
from collections.abc import Mapping
from datetime import date

from tollfree.speech.tts.normalise.numbers import DIGITS, cardinal, ordinal, year
from tollfree.speech.tts.normalise.spoken import English, Rule, alternatives, rule

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH_OF: Mapping[str, int] = {
    **{name.lower(): number for number, name in enumerate(_MONTHS, 1)},
    **{name[:3].lower(): number for number, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_DAYS: Mapping[str, str] = {
    short: name
    for name, shorts in {
        "Monday": "Mon",
        "Tuesday": "Tue Tues",
        "Wednesday": "Wed",
        "Thursday": "Thu Thur Thurs",
        "Friday": "Fri",
        "Saturday": "Sat",
        "Sunday": "Sun",
    }.items()
    for short in shorts.split()
}
_MONTH = rf"(?P<month>(?:{alternatives(_MONTH_OF)})\b(?:\.(?=\s+\S))?)"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])"
_YEAR = r"(?P<year>1[1-9]\d\d|20\d\d)"
_HALF = r"(?P<half>[aApP])\.?\s?[mM]\b\.?"
_ANY_CASE = re.IGNORECASE


def said_date(day: int, month: int, in_year: str, english: English) -> str | None:
    """ "November twenty-fourth, twenty twenty-six"; None when there is no such day."""
    try:
        date(int(in_year) if in_year else 2000, month, day)
    except ValueError:
        return None
    nth = ordinal(str(day), english)
    said = f"{_MONTHS[month - 1]} {nth}" if english is English.US else f"the {nth} of {_MONTHS[month - 1]}"
    return f"{said}, {year(in_year, english)}" if in_year else said


def _iso(match: re.Match[str], english: English) -> str | None:
    said = said_date(int(match["day"]), int(match["month"]), match["year"], english)
    if said is None or match["hour"] is None:
        return said
    clock = said_time(int(match["hour"]), match["minute"], "", english)
    return f"{said}, {clock}" if clock is not None else None


def _numeric(match: re.Match[str], english: English) -> str | None:
    first, second = int(match["first"]), int(match["second"])
    in_year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    day_first = english is English.GB or match["sign"] == "."
    day, month = (first, second) if day_first else (second, first)
    if month > 12:
        day, month = month, day
    return said_date(day, month, in_year, english)


def _written(match: re.Match[str], english: English) -> str | None:
    """ "Nov 24, 2026", "24 November", "May 5th": in the order in which they were written."""
    month = _MONTH_OF[match["month"].rstrip(".").lower()]
    in_year = match["year"] or ""
    said = said_date(int(match["day"]), month, in_year, english)
    if said is None:
        return None
    nth = ordinal(match["day"], english)
    name = _MONTHS[month - 1]
    words = f"{name} {nth}" if match.start("month") < match.start("day") else f"the {nth} of {name}"
    before = match.string[: match.start()].rstrip().lower()
    if words.startswith("the ") and before.endswith("the"):
        words = words[4:]
    return f"{words}, {year(in_year, english)}" if in_year else words


def _month_and_year(match: re.Match[str], english: English) -> str:
    return f"{_MONTHS[_MONTH_OF[match['month'].rstrip('.').lower()] - 1]} {year(match['year'], english)}"


def _weekday(match: re.Match[str], english: English) -> str:
    return _DAYS[match["weekday"]]


def _weekdays(match: re.Match[str], english: English) -> str:
    return f"{_DAYS[match['weekday']]} to {_DAYS[match['last']]}"


def said_time(hour: int, minute: str, half: str, english: English) -> str | None:
    """ "two thirty PM", "nine oh five", "noon"; `half` is `AM`, `PM` or not told. None: there is no such time."""
    minutes = int(minute or 0)
    if hour > 24 or minutes > 59 or (half and not 0 < hour < 13):
        return None
    if not half and minute and minutes == 0 and hour in (0, 12, 24):
        return "noon" if hour == 12 else "midnight"
    if not half and (hour > 12 or hour == 0):
        half, hour = ("PM" if 12 < hour < 24 else "AM"), hour % 12 or 12
    said = cardinal(str(hour), english)
    if minutes:
        said += f" oh {DIGITS[minutes]}" if minutes < 10 else f" {cardinal(str(minutes), english)}"
    if half:
        return f"{said} {half}"
    return said if minutes or not minute else f"{said} o'clock"


def _half(letter: str | None) -> str:
    return f"{letter.upper()}M" if letter else ""


def _time(match: re.Match[str], english: English) -> str | None:
    said = said_time(int(match["hour"]), match["minute"] or "", _half(match["half"]), english)
    return f"{said}{_stop(match)}" if said else None


def _stop(match: re.Match[str]) -> str:
    """The stop of "p.m." is that of the sentence too, where the text ends with it."""
    return "." if match[0].endswith(".") and not match.string[match.end() :].strip() else ""


def _hours(match: re.Match[str], english: English) -> str | None:
    """ "9am-5pm", "10-11 am", "14:00–16:30"."""
    first = said_time(int(match["hour"]), match["minute"] or "", _half(match["half"]), english)
    last = said_time(int(match["hour2"]), match["minute2"] or "", _half(match["half2"]), english)
    return f"{first} to {last}{_stop(match)}" if first and last else None


_CLOCK_END = r"(?P<hour2>\d{1,2})(?:[:.](?P<minute2>[0-5]\d))?"
_HALF_END = r"\s?(?P<half2>[aApP])\.?\s?[mM]\b\.?"
_NO_NUMBER = r"(?<![\d:.,/-])"

RULES: tuple[Rule, ...] = (
    rule(
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
        r"(?:[T ](?P<hour>[01]\d|2[0-4]):(?P<minute>[0-5]\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])",
        _iso,
    ),
    rule(
        r"(?<![\d/.-])(?P<first>\d{1,2})(?P<sign>[/.-])(?P<second>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d\d|\d\d)(?![\d/-])",
        _numeric,
    ),
    rule(rf"\b{_MONTH}\s{{1,3}}{_DAY}(?:st|nd|rd|th)?\b(?![:.]\d)(?:,?\s{{1,3}}{_YEAR}(?!\d))?", _written, _ANY_CASE),
    rule(
        rf"(?<![\d.:/-]){_DAY}(?:st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?{_MONTH}(?:,?\s{{1,3}}{_YEAR}(?!\d))?",
        _written,
        _ANY_CASE,
    ),
    rule(rf"\b{_MONTH}\s{{1,3}}{_YEAR}(?!\d)", _month_and_year, _ANY_CASE),
    rule(rf"\b(?P<weekday>{alternatives(_DAYS)})\.?\s?[-–—]\s?(?P<last>{alternatives(_DAYS)})\b", _weekdays),
    rule(rf"\b(?P<weekday>(?:{alternatives(_DAYS)})\b)(?:\.(?=\s+[\da-z])|(?=,?\s+(?:\d|[A-Z][a-z]{{2}})))", _weekday),
    rule(
        rf"{_NO_NUMBER}(?P<hour>\d{{1,2}})(?:[:.](?P<minute>[0-5]\d))?(?:\s?(?P<half>[aApP])\.?[mM]\b\.?)?"
        rf"\s?[-–—]\s?{_CLOCK_END}{_HALF_END}",
        _hours,
    ),
    rule(
        rf"{_NO_NUMBER}(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?P<half>)?\s?[-–—]\s?"
        r"(?P<hour2>\d{1,2}):(?P<minute2>[0-5]\d)(?P<half2>)?(?!\d)",
        _hours,
    ),
    rule(rf"{_NO_NUMBER}(?P<hour>\d{{1,2}})(?:[:.](?P<minute>[0-5]\d))?\s?{_HALF}", _time),
    rule(rf"{_NO_NUMBER}(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?::\d\d)?(?P<half>)?(?![\d:])", _time),
)
