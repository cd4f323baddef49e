"""The grammar of a stretch of days: "from Monday to Friday", "next week", "the first two weeks of May", "December"."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tollfree.flows.slots.calendar.context import Context, Found, day_or_none, plus_days, plus_months, settle
from tollfree.flows.slots.calendar.dates import date_at
from tollfree.flows.slots.calendar.holidays import month_end
from tollfree.flows.slots.calendar.named import month_at, year_after
from tollfree.flows.slots.calendar.numbers import count, year
from tollfree.flows.slots.calendar.vocabulary import UNIT_DAYS, UNIT_MONTHS
from tollfree.flows.slots.calendar.words import Texts

_TO = frozenset({"to", "until", "till", "til", "through", "thru", "and", "up", "-", "/"})
_FROM = frozenset(
    """from between start starting begin beginning arrive arriving leave leaving depart departing come coming go going
    check checking""".split()
)
_ENDS = frozenset(
    """end ending finish finishing leave leaving depart departing return returning check checking come coming go going
    back""".split()
)
_BEHIND_ENDS = frozenset({"on", "in", "out", "back", "home"})
"""Words between "leaving" and its date: "checking out on", "coming back on"."""
_TURN = {"this": 0, "next": 1, "last": -1, "coming": 1, "following": 1, "previous": -1, "past": -1, "current": 0}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` to `last`, both included, read from words[at:end]."""

    first: date
    last: date
    end: int
    confidence: float = 1.0


Rule = Callable[[Texts, int, Context], Stretch | None]


def stretch_at(words: Texts, at: int, context: Context) -> Stretch | None:
    """The longest stretch of days that begins at `at`."""
    best: Stretch | None = None
    for rule in _RULES:
        found = rule(words, at, context)
        if found is not None and found.first <= found.last and (best is None or found.end > best.end):
            best = found
    return best


def _pair(words: Texts, at: int, context: Context) -> Stretch | None:
    """Two dates: "from Monday to Friday", "between the third and the seventh of March", "11/24 - 11/30"."""
    start = at + 1 if words[at : at + 1] and words[at] in _FROM else at
    while start > at and words[start : start + 1] and words[start] in _BEHIND_ENDS:
        start += 1
    announced = words[at] if start > at else ""
    calm = replace(context, strict=False) if announced in {"from", "between"} else context
    first = _first_of_pair(words, start, calm)
    if first is None:
        return None
    place = _past_link(words, first.end)
    if place is None:
        return None
    found = _second(words, place, first, replace(calm, strict=False))
    if found is None or words[place - 1] != "and" or announced == "between":
        return found
    return found if found.last - found.first == timedelta(days=1) else None  # "Monday and Tuesday"


def _past_link(words: Texts, at: int) -> int | None:
    """Where the second date begins, after "to", "up to", "and leaving on" and the like."""
    after = at + 1 if words[at : at + 1] == ("and",) else at
    if words[after : after + 1] and words[after] in _ENDS:
        place = after + 1
        while words[place : place + 1] and words[place] in _BEHIND_ENDS:
            place += 1
        return place
    if words[at : at + 1] and words[at] in _TO:
        place = at + (2 if words[at : at + 2] in {("up", "to"), ("up", "until")} else 1)
        return place + (1 if words[place : place + 1] == ("including",) else 0)
    return None


def _first_of_pair(words: Texts, at: int, context: Context) -> Found | None:
    """The first date. "March third to seventh" must not be eaten by a longer rule, and a bare "3" needs the second."""
    found = date_at(words, at, context)
    if found is not None or context.strict:
        return found
    day, end = count(words, at) or (0, at)
    if not 1 <= day <= 31:
        return None
    first = day_or_none(context.today.year, context.today.month, day)
    return Found(first, end, 0.8, month=False, year=False, bare=True) if first is not None else None


def _second(words: Texts, at: int, first: Found, context: Context) -> Stretch | None:
    """The second date, which lends the first what it left open and takes what it leaves open itself."""
    second = date_at(words, at, replace(context, since=first.day))
    if second is None:
        second = _bare_number(words, at, first, context)
    if second is None or (first.bare and not second.month):
        return None
    sure = min(first.confidence, second.confidence)
    if not first.month and second.month and not second.weekday:
        alone = date_at(words, at, context)
        last = second.day if second.year else (alone.day if alone is not None else second.day)
        begin = day_or_none(last.year, last.month, first.day.day)
        if begin is None or begin > last:
            return None
        return Stretch(begin, last, second.end, max(sure, 0.9))
    if second.year and not first.year and not second.weekday and first.month:
        begin = day_or_none(second.day.year, first.day.month, first.day.day)
        if begin is not None and begin > second.day:
            begin = day_or_none(second.day.year - 1, first.day.month, first.day.day)
        if begin is not None and (first.day > second.day or _said_year(words, at, second.end)):
            return Stretch(begin, second.day, second.end, sure)
    return Stretch(first.day, second.day, second.end, sure)


def _said_year(words: Texts, at: int, end: int) -> bool:
    """Whether the words name a year: only then does the second date move the first."""
    found = (year(words, place) for place in range(at, end))
    return any(one is not None and one[1] == end for one in found)


def _bare_number(words: Texts, at: int, first: Found, context: Context) -> Found | None:
    """ "March third to seven", "from 3 to 7"."""
    day, end = count(words, at) or (0, at)
    if not 1 <= day <= 31 or first.weekday:
        return None
    found = day_or_none(first.day.year, first.day.month, day)
    return Found(found, end, 0.8, month=first.month, year=False) if found is not None else None


def _turned(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "this week", "next month", "last year", "this weekend", "the coming weekend"."""
    place = at + 1 if words[at : at + 1] == ("the",) else at
    twice = words[place : place + 2] in {("this", "coming"), ("this", "past"), ("this", "upcoming")}
    word = words[place + 1] if twice else words[place] if place < len(words) else ""
    if word not in _TURN and word != "upcoming":
        if words[place : place + 1] == ("weekend",):
            return _weekend(context, 0, place + 1)
        if words[place : place + 2] == ("rest", "of"):
            rest = _turned(words, place + 2, context) or _whole_unit(words, place + 2, context)
            return replace(rest, first=max(rest.first, context.today)) if rest is not None else None
        return None
    turn = 0 if twice and word != "past" else _TURN.get(word, 1)
    place += 2 if twice else 1
    if words[place : place + 1] == ("weekend",):
        return _weekend(context, 0 if word in {"coming", "upcoming"} else turn, place + 1)
    return _unit(words, place, turn, context)


def _whole_unit(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "the week", "the month": the running one."""
    return _unit(words, at + 1, 0, context) if words[at : at + 1] == ("the",) else None


def _unit(words: Texts, at: int, turn: int, context: Context) -> Stretch | None:
    unit = words[at] if at < len(words) else ""
    today = context.today
    if unit == "week":
        monday = plus_days(today, 7 * turn - today.weekday())
        return Stretch(monday, monday + timedelta(days=6), at + 1) if monday is not None else None
    if unit == "month":
        first = plus_months(today.replace(day=1), turn)
        return Stretch(first, month_end(first.year, first.month), at + 1) if first is not None else None
    if unit == "quarter":
        first = plus_months(today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1), 3 * turn)
        last = plus_months(first, 2) if first is not None else None
        if first is None or last is None:
            return None
        return Stretch(first, month_end(last.year, last.month), at + 1)
    return _year(today.year + turn, at + 1) if unit == "year" else None


def _year(number: int, end: int) -> Stretch | None:
    first, last = day_or_none(number, 1, 1), day_or_none(number, 12, 31)
    return Stretch(first, last, end) if first is not None and last is not None else None


def _weekend(context: Context, turn: int, end: int) -> Stretch | None:
    """Saturday and Sunday of the running week, the next or the last. On a weekend, "this weekend" is that one."""
    saturday = plus_days(context.today, 5 - context.today.weekday() + 7 * turn)
    return Stretch(saturday, saturday + timedelta(days=1), end) if saturday is not None else None


def _last_or_next(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "the last three days" (today is the last of them), "the next two weeks" (from tomorrow)."""
    place = at
    while words[place : place + 1] in {("the",), ("over",), ("in",), ("within",), ("during",)}:
        place += 1
    word = words[place] if place < len(words) else ""
    if word not in {"last", "past", "previous", "next", "coming", "following"}:
        return None
    number = count(words, place + 1)
    if number is None or number[1] >= len(words):
        return None
    amount, unit, end = number[0], words[number[1]], number[1] + 1
    back = word in {"last", "past", "previous"}
    edge = _shifted(context.today, unit, -amount if back else amount)
    if edge is None:
        return None
    if back:
        return Stretch(edge + timedelta(days=1), context.today, end, 0.8)
    return Stretch(context.today + timedelta(days=1), edge, end, 0.8)


def _shifted(day: date, unit: str, amount: int) -> date | None:
    if unit in UNIT_DAYS:
        return plus_days(day, amount * UNIT_DAYS[unit])
    if unit in UNIT_MONTHS:
        return plus_months(day, amount * UNIT_MONTHS[unit])
    return None


def _month(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "December", "March 2026", "the month of May", "next March", "mid December", "late May"."""
    place = at + 1 if words[at : at + 1] in {("in",), ("during",)} else at
    place += 1 if words[place : place + 1] == ("the",) else 0
    place += 2 if words[place : place + 2] in {("month", "of"), ("whole", "of"), ("all", "of")} else 0
    part = words[place] if place < len(words) and words[place] in {"early", "mid", "late"} else ""
    place += 1 if part or words[place : place + 1] in {("all",), ("whole",)} else 0
    turn = _TURN.get(words[place]) if place < len(words) else None
    found = _named_month(words, place + 1 if turn is not None else place, context, turn or 0)
    if found is None or (
        context.strict and words[found.end - 1] in {"may", "march", "mar", "sep", "dec"} and place == at
    ):
        return None
    days = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}.get(part)
    if days is None:
        return found
    first = found.first.replace(day=days[0])
    return Stretch(first, min(found.last, first + timedelta(days=days[1] - days[0])), found.end, 0.6)


def _named_month(words: Texts, at: int, context: Context, turn: int) -> Stretch | None:
    month = month_at(words, at)
    if month is None:
        return None
    in_year = year_after(words, month[1], context, short=False)
    if in_year is not None:
        first = day_or_none(in_year[0], month[0], 1)
        end = in_year[1]
    else:
        toward = replace(context, prefer="past") if turn < 0 else context
        last = settle(lambda n: _end_of(context.today.year + n, month[0]), toward)
        first = last.replace(day=1) if last is not None else None
        end = month[1]
    return Stretch(first, month_end(first.year, first.month), end) if first is not None else None


def _end_of(number: int, month: int) -> date | None:
    first = day_or_none(number, month, 1)
    return month_end(number, month) if first is not None else None


def _part_of_month(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "the first two weeks of May", "the last week of the month", "the second half of December"."""
    place = at + 1 if words[at : at + 1] == ("the",) else at
    which = words[place] if place < len(words) else ""
    nth = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "final": -1}.get(which)
    if nth is None:
        return None
    half = words[place + 1 : place + 2] == ("half",)
    number = (1, place + 1) if words[place + 1 : place + 2] in {("week",), ("day",)} else count(words, place + 1)
    if half:
        number = (1, place + 1)
    if number is None or words[number[1] + 1 : number[1] + 2] not in {("of",), ("in",)}:
        return None
    whole = _named_month(words, number[1] + 2, context, 0) or _running_month(words, number[1] + 2, context)
    if whole is None:
        return None
    if half:
        middle = whole.first.replace(day=15)
        if which == "first":
            return Stretch(whole.first, middle, whole.end)
        return Stretch(middle + timedelta(days=1), whole.last, whole.end) if which in {"second", "last"} else None
    length = number[0] * UNIT_DAYS.get(words[number[1]], 0)
    if length == 0 or length > 31 or (nth not in (1, -1) and number[0] > 1):
        return None
    if nth < 0:
        return Stretch(whole.last - timedelta(days=length - 1), whole.last, whole.end)
    first = whole.first + timedelta(days=length * (nth - 1))
    return Stretch(first, min(first + timedelta(days=length - 1), whole.last), whole.end)


def _running_month(words: Texts, at: int, context: Context) -> Stretch | None:
    if words[at : at + 2] == ("the", "month"):
        return _unit(words, at + 1, 0, context)
    place = at + 1 if words[at : at + 1] == ("the",) else at
    turn = _TURN.get(words[place]) if place < len(words) else None
    return _unit(words, place + 1, turn, context) if turn is not None and words[place + 1 :][:1] == ("month",) else None


def _year_alone(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "2025", "in twenty twenty five", "the year 2025"."""
    place = at
    while words[place : place + 1] in {("in",), ("the",), ("year",), ("during",), ("of",)}:
        place += 1
    found = year(words, place)
    if found is None or (context.strict and place == at):
        return None
    return _year(found[0], found[1])


def _open_ended(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "since Monday" (to today), "until Friday" (from today)."""
    word = words[at] if at < len(words) else ""
    if word == "since":
        found = date_at(words, at + 1, replace(context, prefer="past", strict=False))
        return Stretch(found.day, context.today, found.end, 0.9) if found is not None else None
    if word in {"until", "till", "til", "through"}:
        found = date_at(words, at + 1, replace(context, prefer="future", strict=False))
        return Stretch(context.today, found.day, found.end, 0.8) if found is not None else None
    return None


def _from_for(words: Texts, at: int, context: Context) -> Stretch | None:
    """ "a week starting Monday", "three days from Friday", "from Monday for a week", "the week of December seventh"."""
    place = at + 1 if words[at : at + 1] in {("the",), ("for",)} else at
    week_of = words[place : place + 2] in {("week", "of"), ("week", "commencing"), ("week", "beginning")}
    if week_of:
        found = date_at(words, place + 2, replace(context, strict=False))
        if found is None:
            return None
        monday = found.day - timedelta(days=found.day.weekday())
        return Stretch(monday, monday + timedelta(days=6), found.end)
    if words[place : place + 2] == ("weekend", "of"):
        found = date_at(words, place + 2, replace(context, strict=False))
        saturday = plus_days(found.day, 5 - found.day.weekday()) if found is not None else None
        return Stretch(saturday, saturday + timedelta(days=1), found.end) if found and saturday else None
    number = count(words, place)
    if number is not None and words[number[1] + 1 : number[1] + 2] in {("starting",), ("beginning",), ("commencing",)}:
        start = number[1] + 2 + (1 if words[number[1] + 2 : number[1] + 3] in {("on",), ("from",)} else 0)
        found = date_at(words, start, replace(context, strict=False))
        return _lasting(found, number[0], words[number[1]], found.end) if found is not None else None
    nights = number is not None and words[number[1] : number[1] + 1] in {("night",), ("nights",)}
    if number is not None and (nights or words[at : at + 1] == ("for",)) and words[number[1] + 1 :][:1] == ("from",):
        found = date_at(words, number[1] + 2, replace(context, strict=False))
        return _lasting(found, number[0], words[number[1]], found.end) if found is not None else None
    start = at + 1 if words[at : at + 1] in {("from",), ("starting",)} else at
    found = date_at(words, start, context)
    if found is None or words[found.end : found.end + 1] != ("for",):
        return None
    number = count(words, found.end + 1)
    if number is None or number[1] >= len(words):
        return None
    return _lasting(found, number[0], words[number[1]], number[1] + 1)


def _lasting(found: Found, amount: int, unit: str, end: int) -> Stretch | None:
    beyond = _shifted(found.day, unit, amount)
    if beyond is None or unit in {"night", "nights"}:
        return Stretch(found.day, beyond, end) if beyond is not None else None
    return Stretch(found.day, beyond - timedelta(days=1), end, found.confidence)


_RULES: tuple[Rule, ...] = (
    _pair,
    _turned,
    _last_or_next,
    _month,
    _part_of_month,
    _year_alone,
    _open_ended,
    _from_for,
)
