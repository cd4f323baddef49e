"""Dates and times as people say them."""

from datetime import date

from num2words import num2words  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from tollfree.flows.slots.calendar.context import MONTH_FIRST
from tollfree.flows.slots.calendar.vocabulary import MONTH_NAMES, WEEKDAY_NAMES


def say_date(day: date, region: str, with_year: bool) -> str:
    """ "Tuesday, November twenty-fourth" where the month comes first, else "Tuesday the twenty-fourth of November"."""
    weekday, month = WEEKDAY_NAMES[day.weekday()], MONTH_NAMES[day.month - 1]
    ordinal = str(num2words(day.day, to="ordinal"))
    said = f"{weekday}, {month} {ordinal}" if region in MONTH_FIRST else f"{weekday} the {ordinal} of {month}"
    return f"{said}, {num2words(day.year, to='year')}" if with_year else said


def say_time(hour: int, minute: int) -> str:
    """ "three thirty PM", "noon", "five past midnight" is "twelve oh five AM"."""
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    half = "PM" if hour >= 12 else "AM"
    on_clock = str(num2words(hour % 12 or 12))
    if minute == 0:
        return f"{on_clock} {half}"
    minutes = f"oh {num2words(minute)}" if minute < 10 else str(num2words(minute))
    return f"{on_clock} {minutes} {half}"
