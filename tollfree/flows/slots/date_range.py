"""A stretch of days, both ends included, held as `{"from": "YYYY-MM-DD", "to": "YYYY-MM-DD"}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.calendar.context import Context, Prefer
from tollfree.flows.slots.calendar.dates import date_at
from tollfree.flows.slots.calendar.numbers import is_number, ordinal
from tollfree.flows.slots.calendar.ranges import stretch_at
from tollfree.flows.slots.calendar.sayings import say_date
from tollfree.flows.slots.calendar.words import Texts
from tollfree.flows.slots.date import LEAD, TRAIL, parse_iso, today_of
from tollfree.flows.slots.utterance import Heard, Match, mentioned, whole
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_ONE_DAY = 0.6
_ALSO_LEAD = """any time in|sometime in|some time in|just|only|any day|i|we|i'm|we're|i'll|we'll|i'd|we'd|i'll be
we'll be|staying|be staying|i want it|i need it|we want it|we need it|i'm away|we're away|i'll be away"""
_LEAD = tuple(
    phrase
    for phrase in (*LEAD, *_ALSO_LEAD.replace("\n", "|").split("|"))
    if phrase not in ("starting", "beginning", "arriving")
)


class DateRangeOptions(SlotOptions):
    """What an author may set about a stretch of days."""

    prefer: Prefer = "future"
    """Which way an open date falls: "Monday to Friday" to come or past; `any` takes the nearest."""


@dataclass(frozen=True, slots=True)
class _Days:
    first: date
    last: date


class DateRangeSlot(SlotType[DateRangeOptions]):
    """ "from Monday to Friday", "next week", "this weekend", "the first two weeks of May", "December".

    Weeks run from Monday to Sunday. "The last three days" end today, "the next three days" begin tomorrow. One day
    alone is a stretch of one, unsurely.
    """

    name: ClassVar[str] = "date_range"
    options_model: ClassVar[type[SlotOptions]] = DateRangeOptions
    value_type: ClassVar[ValueType] = ValueType.RECORD

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        context = Context(today_of(facts), facts.region, self.options.prefer)

        def grammar(words: Texts, at: int) -> Match[_Days] | None:
            return _days(words, at, context)

        return _reading(whole(said, grammar, _LEAD, TRAIL) or whole(said, grammar, _LEAD, TRAIL, dashes=True))

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        context = Context(today_of(facts), facts.region, self.options.prefer, strict=True)

        def grammar(words: Texts, at: int) -> Match[_Days] | None:
            found = stretch_at(words, at, context)
            if found is None or is_number(words[found.end] if found.end < len(words) else ""):
                return None
            if ordinal(words, found.end) is not None:
                return None  # "from December tenth" is no December
            return Match(_Days(found.first, found.last), found.end, found.confidence)

        return _reading(mentioned(said, grammar, cues))

    def check(self, value: Value) -> Value:
        if isinstance(value, str) and value.count("/") == 1:
            first, _, last = value.partition("/")
        elif isinstance(value, Mapping) and set(value) == {"from", "to"}:
            first, last = str(value["from"]), str(value["to"])
        else:
            raise InvalidValue("I need a first and a last day.")
        try:
            begin, end = parse_iso(first), parse_iso(last)
        except ValueError as error:
            raise InvalidValue("Those are not dates in the calendar.") from error
        if begin > end:
            raise InvalidValue("The first day must not be after the last.")
        return {"from": begin.isoformat(), "to": end.isoformat()}

    def say(self, value: Value, facts: CallFacts) -> str:
        first, last = (parse_iso(part) for part in self.canonical(value).split("/"))
        for first_year, last_year in ((False, False), (False, True)):
            said = _from_to(first, last, facts.region, first_year, last_year)
            heard = self.read(said, facts)
            if heard is not None and heard.value == {"from": first.isoformat(), "to": last.isoformat()}:
                return said
        return _from_to(first, last, facts.region, True, True)

    def canonical(self, value: Value) -> str:
        checked = self.check(value)
        assert isinstance(checked, Mapping)
        return f"{checked['from']}/{checked['to']}"

    def problem(self, said: str, facts: CallFacts) -> str:
        return ""


def _days(words: Texts, at: int, context: Context) -> Match[_Days] | None:
    found = stretch_at(words, at, context)
    single = date_at(words, at, context)
    if single is not None and (found is None or single.end > found.end):
        return Match(_Days(single.day, single.day), single.end, min(_ONE_DAY, single.confidence), partial=True)
    return Match(_Days(found.first, found.last), found.end, found.confidence) if found is not None else None


def _from_to(first: date, last: date, region: str, first_year: bool, last_year: bool) -> str:
    return f"from {say_date(first, region, first_year)} to {say_date(last, region, last_year)}"


def _reading(heard: Heard[_Days] | None) -> Reading | None:
    if heard is None:
        return None
    value: Value = {"from": heard.value.first.isoformat(), "to": heard.value.last.isoformat()}
    return Reading(value=value, confidence=heard.confidence, start=heard.start, end=heard.end)
