"""A date, read as callers say it and held as `YYYY-MM-DD`."""

from datetime import date
from typing import ClassVar

from pydantic import Field, field_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.calendar.context import FIRST_YEAR, LAST_YEAR, MONTH_FIRST, Context, Prefer
from tollfree.flows.slots.calendar.dates import date_at
from tollfree.flows.slots.calendar.numbers import is_number, ordinal
from tollfree.flows.slots.calendar.sayings import say_date
from tollfree.flows.slots.calendar.words import Texts
from tollfree.flows.slots.spoken.words import tokens
from tollfree.flows.slots.utterance import MAX_CHARACTERS, Heard, Match, mentioned, whole
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

LEAD = tuple(
    """gonna be|going to be|it'll be on|be|on|for|by|it's on|it is on|it was on|it was
on or about|around|sometime|some time|i was born|i was born on|born
born on|date of birth|my date of birth is|dob|due|due on|can you do|can we do|could you do|could we do|do you have
is there anything|anything on|what about|how about|let's try|i'm free|i'm free on|i can do|i could do|any time|anytime
ideally|preferably|starting|starting on|beginning|the date is|the date was|arriving|i'm available|i'm available on
i am free on|book me for|book it for|schedule it for|please""".replace("\n", "|").split("|")
)
TRAIL = tuple(
    """works|works for me|would work|would work for me|works best|is good|is good for me|is fine|is fine with me|is best
is great|is perfect|would be great|would be best|would be perfect|would be ideal|if possible|if you can|if that works
if that's okay|if that's ok|ideally|preferably|at the latest|sometime|some time|any time|anytime|suits me|sounds good
sounds great|i was born|is when|then please|at some point|would suit me""".replace("\n", "|").split("|")
)


_PAST = frozenset(
    """was were bought purchased ordered arrived came received got happened paid delivered shipped placed booked
    returned broke""".split()
)
_TO_COME = frozenset(
    """need needs want would could can will i'll we'll i'd we'd it'll be like by wondering hoping thinking looking next
    coming upcoming if told supposed tomorrow have due""".split()
)
"""Words beside which those of the past say nothing ("I was hoping for Friday", "it was due on Monday")."""


class DateOptions(SlotOptions):
    """What an author may set about a date."""

    prefer: Prefer = "future"
    """Which way an open date falls: "Friday", "the third of March" to come or past; `any` takes the nearest."""
    min: str | None = None
    """The earliest date, `YYYY-MM-DD` or `today`."""
    max: str | None = Field(default=None)
    """The latest date, `YYYY-MM-DD` or `today`."""

    @field_validator("min", "max")
    @classmethod
    def _is_a_day(cls, bound: str | None) -> str | None:
        if bound is None or bound == "today":
            return bound
        return parse_iso(bound).isoformat()


def speaks_of_the_past(said: str) -> bool:
    """Whether the words around a date say that it has been: "I bought it on Monday", "it was the third"."""
    held = {token.word for token in tokens(said[:MAX_CHARACTERS])}
    return bool(held & _PAST) and not held & _TO_COME


def parse_iso(text: str) -> date:
    """The date of `YYYY-MM-DD`. Raises ValueError for anything else and for years outside 1800 to 2199."""
    if len(text) != 10 or not text.isascii():
        raise ValueError(f"{text!r} is not a date of the form YYYY-MM-DD.")
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text} is outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def today_of(facts: CallFacts) -> date:
    """The caller's today."""
    return date.fromisoformat(facts.date)


class DateSlot(SlotType[DateOptions]):
    """ "next Tuesday", "the third of March", "3/4/2026", "in three days", "a week from Friday", "Christmas".

    An open weekday or date falls on the nearest to come (`prefer`): a weekday after today, a numbered day today
    included. A date that passed within a month is meant rather than the same one in a year, and any that the caller
    tells of as past ("I bought it on Monday"). Weeks begin on Monday: on a Wednesday "next Friday" is nine days
    ahead, and less sure.
    """

    name: ClassVar[str] = "date"
    options_model: ClassVar[type[SlotOptions]] = DateOptions
    value_type: ClassVar[ValueType] = ValueType.DATE
    volunteered: ClassVar[bool] = True

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        for prefer, recent in self._preferences(said):
            context = Context(today_of(facts), facts.region, prefer, recent=recent)
            heard = whole(said, lambda words, at, context=context: _match(words, at, context), LEAD, TRAIL)
            if heard is None:
                return None
            if self._fits(heard.value, facts):
                return _reading(heard)
        return None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        for prefer, recent in self._preferences(said):
            context = Context(today_of(facts), facts.region, prefer, recent=recent, strict=True)
            heard = mentioned(said, lambda words, at, context=context: _alone(words, at, context), cues)
            if heard is None:
                return None
            if self._fits(heard.value, facts):
                return _reading(heard)
        return None

    def check(self, value: Value) -> Value:
        if not isinstance(value, str):
            raise InvalidValue("I need a date.")
        try:
            day = parse_iso(value)
        except ValueError as error:
            raise InvalidValue("That is not a date in the calendar.") from error
        for bound, least in ((self.options.min, True), (self.options.max, False)):
            if bound is not None and bound != "today" and (value < bound if least else value > bound):
                raise InvalidValue(f"I need a date on or {'after' if least else 'before'} {_plain(bound)}.")
        return day.isoformat()

    def say(self, value: Value, facts: CallFacts) -> str:
        day = parse_iso(str(self.check(value)))
        short = say_date(day, facts.region, with_year=False)
        heard = self.read(short, facts)
        return short if heard is not None and heard.value == value else say_date(day, facts.region, with_year=True)

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        digits = keys.replace("*", "")
        if not digits.isascii() or not digits.isdecimal() or len(digits) not in (4, 6, 8):
            return None
        first, second, rest = digits[:2], digits[2:4], digits[4:]
        month, day = (first, second) if facts.region in MONTH_FIRST else (second, first)
        return self._typed(month, day, rest, facts)

    def _typed(self, month: str, day: str, year: str, facts: CallFacts) -> Reading | None:
        for prefer, recent in self._preferences(""):
            context = Context(today_of(facts), "US", prefer, recent=recent)
            words = (month, "/", day, *(("/", year) if year else ()))
            found = date_at(words, 0, context)
            if found is not None and found.end == len(words) and self._fits(found.day, facts):
                return Reading(value=found.day.isoformat())
        return None

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.NORMAL, keypad=Keypad(min_length=4, max_length=8))

    def problem(self, said: str, facts: CallFacts) -> str:
        context = Context(today_of(facts), facts.region, self.options.prefer)
        heard = whole(said, lambda words, at: _match(words, at, context), LEAD, TRAIL)
        if heard is None:
            return ""
        for bound, word in ((self.options.min, "after"), (self.options.max, "before")):
            limit = self._bound(bound, facts)
            if limit is not None and (heard.value < limit if word == "after" else heard.value > limit):
                return f"I need a date on or {word} {_plain(limit.isoformat())}."
        return ""

    def _preferences(self, said: str) -> tuple[tuple[Prefer, bool], ...]:
        """The author's preference, or the past where the caller tells of it ("I bought it on Monday"); whether a date
        that just passed may be meant; and the other ways an open date may fall when a bound excludes the first."""
        told = self.options.prefer == "future" and speaks_of_the_past(said)
        first: tuple[Prefer, bool] = ("past" if told else self.options.prefer, True)
        if self.options.min is None and self.options.max is None:
            return (first,)
        return (first, ("future", False), ("past", False))

    def _fits(self, day: date, facts: CallFacts) -> bool:
        least, most = self._bound(self.options.min, facts), self._bound(self.options.max, facts)
        return (least is None or day >= least) and (most is None or day <= most)

    def _bound(self, bound: str | None, facts: CallFacts) -> date | None:
        if bound is None:
            return None
        return today_of(facts) if bound == "today" else date.fromisoformat(bound)


def _plain(iso: str) -> str:
    day = date.fromisoformat(iso)
    return say_date(day, "US", with_year=True).partition(", ")[2]


def _match(words: Texts, at: int, context: Context) -> Match[date] | None:
    found = date_at(words, at, context)
    if found is None:
        return None
    return Match(found.day, found.end, found.confidence, partial=found.weekday or not found.month)


def _alone(words: Texts, at: int, context: Context) -> Match[date] | None:
    """A date that does not run on into another number, as "March twenty twenty six" does, nor out of one, as "thirty
    second of March" does."""
    match = _match(words, at, context)
    if match is None or (match.end < len(words) and is_number(words[match.end])):
        return None
    cut_off = at > 0 and is_number(words[at - 1]) and ordinal(words, at) is not None
    return None if cut_off else match


def _reading(heard: Heard[date]) -> Reading:
    return Reading(value=heard.value.isoformat(), confidence=heard.confidence, start=heard.start, end=heard.end)
