"""What a date is read against, and what reading one yields."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Texts = tuple[str, ...]
Prefer = Literal["future", "past", "any"]

MONTH_FIRST = frozenset({"US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "VI"})
"""Regions that write 3/4 for the fourth of March (Unicode CLDR short date patterns)."""
FIRST_YEAR = 1800
LAST_YEAR = 2199
_RECENT_DAYS = 31
_FAR_DAYS = 300
JUST_PASSED = 0.6
"""Confidence in an open date that has just passed where one to come is preferred."""


@dataclass(frozen=True, slots=True)
class Context:
    """The ground a date is read on."""

    today: date
    region: str = "US"
    prefer: Prefer = "future"
    """Which way an open date ("Friday", "the third of March") falls."""
    since: date | None = None
    """An open date falls on this day or the first after it: the end of a range, after its beginning."""
    recent: bool = True
    """With `future`: a date that passed within a month is meant rather than the same one next year."""
    strict: bool = False
    """Inside a longer utterance: only forms that cannot be other words."""

    @property
    def month_first(self) -> bool:
        return self.region in MONTH_FIRST


@dataclass(frozen=True, slots=True)
class Found:
    """A date read from words[at:end]."""

    day: date
    end: int
    confidence: float = 1.0
    month: bool = True
    """The month was said, or follows from what was said; else a range's other end may give it."""
    year: bool = True
    """The year was said, or follows from what was said ("tomorrow")."""
    weekday: bool = False
    """An open weekday: "Friday"."""
    bare: bool = False
    """Only a number: "3", a day of a month at best."""


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The date, or None when the calendar has no such day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def plus_days(day: date, days: int) -> date | None:
    """The date so many days later, or None beyond the calendar we keep."""
    try:
        moved = day + timedelta(days=days)
    except OverflowError:
        return None
    return moved if FIRST_YEAR <= moved.year <= LAST_YEAR else None


def plus_months(day: date, months: int) -> date | None:
    """The same day so many months later, or the month's last day when it has no such day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    for shorter in range(4):
        found = day_or_none(year, month + 1, day.day - shorter)
        if found is not None:
            return found
    return None


def settle(candidates: Callable[[int], date | None], context: Context) -> date | None:
    """The candidate that an open date means. `candidates(n)` is the n-th in order of time, 0 the one in the running
    year (or month), negative before it. Today counts as both future and past. Nobody who says "the
    fifteenth of November" a week later means the one in a year: see `Context.recent`."""
    days = [day for n in range(-9, 10) if (day := candidates(n)) is not None]
    if context.since is not None:
        return min((day for day in days if day >= context.since), default=None)
    if context.prefer == "past":
        return max((day for day in days if day <= context.today), default=None)
    if context.prefer == "any":
        return min(days, key=lambda day: abs((day - context.today).days), default=None)
    coming = min((day for day in days if day >= context.today), default=None)
    passed = max((day for day in days if day < context.today), default=None)
    if not context.recent or coming is None or passed is None:
        return coming
    far = (coming - context.today).days > _FAR_DAYS
    return passed if far and (context.today - passed).days <= _RECENT_DAYS else coming


def sureness(day: date, context: Context) -> float:
    """The confidence in what `settle` chose."""
    passed = context.since is None and context.prefer == "future" and day < context.today
    return JUST_PASSED if passed else 1.0
