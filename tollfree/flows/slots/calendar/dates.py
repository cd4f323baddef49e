"""The grammar of one date: tries every rule at a place and keeps the one that explains the most words."""

from collections.abc import Callable

from tollfree.flows.slots.calendar import named, numeric, relative
from tollfree.flows.slots.calendar.context import Context, Found, Texts

Rule = Callable[[Texts, int, Context], Found | None]

_RULES: tuple[Rule, ...] = (
    relative.simple,
    relative.weekday,
    relative.weekday_of_week,
    named.month_then_day,
    named.day_then_month,
    named.bare_day,
    named.weekday_and_day,
    named.holiday_of_year,
    named.nth_weekday_of_month,
    named.edge_of_month,
    numeric.iso,
    numeric.marked,
    numeric.unmarked,
)


def date_at(words: Texts, at: int, context: Context) -> Found | None:
    """The longest date that begins at `at`."""
    best = _longest(words, at, context)
    moved = relative.moved(words, at, context, _longest)
    if moved is not None and (best is None or moved.end > best.end):
        best = moved
    return best


def _longest(words: Texts, at: int, context: Context) -> Found | None:
    best: Found | None = None
    if at >= len(words):
        return None
    for rule in _RULES:
        found = rule(words, at, context)
        if found is not None and (best is None or found.end > best.end):
            best = found
    return best
