"""A time of day, read as callers say it and held as `HH:MM` on a clock of 24 hours."""

import re
from dataclasses import dataclass
from typing import ClassVar

from pydantic import field_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.calendar.clock import DAY, ClockTime, time_at
from tollfree.flows.slots.calendar.numbers import is_number
from tollfree.flows.slots.calendar.sayings import say_time
from tollfree.flows.slots.calendar.vocabulary import UNIT_DAYS, UNIT_MONTHS
from tollfree.flows.slots.calendar.words import Texts
from tollfree.flows.slots.utterance import Match, mentioned, whole
from tollfree.protocol.expectation import Expectation, Keypad
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

LEAD = tuple(
    """at|by|around|about|for|from|approximately|roughly|exactly|at around|at about|say|it's at|make it|let's say
can you do|could you do|can we do|could we do|do you have|what about|how about|today at|tomorrow at|the time is|it's
i'm free at|i can do|i could do|some time around|sometime around|closer to|nearer to|just|right at""".replace(
        "\n", "|"
    ).split("|")
)
TRAIL = tuple(
    """sharp|on the dot|exactly|or so|or thereabouts|ish|is good|is fine|is best|is great|works|works for me|would work
would be good|would be great|would be fine|would be best|would be perfect|if possible|if you can|if that works
if that's okay|sounds good|suits me|local time|today|please""".replace("\n", "|").split("|")
)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ANNOUNCED_BY = frozenset("at by around about until till before after from since".split())
_MORNING_FROM = 7 * 60
"""An open hour from seven to noon is a morning's, any other an afternoon's: the hours in which people deal with
businesses."""
_OPEN = 0.7
_BOUNDED = 0.9


def _minutes(clock: str) -> int:
    """Minutes since midnight of `HH:MM`."""
    return int(clock[:2]) * 60 + int(clock[3:])


class TimeOptions(SlotOptions):
    """What an author may set about a time."""

    min: str | None = None
    """The earliest time, `HH:MM`: opening. It also settles whether "nine" is in the morning."""
    max: str | None = None
    """The latest time, `HH:MM`: closing."""

    @field_validator("min", "max")
    @classmethod
    def _is_a_time(cls, bound: str | None) -> str | None:
        if bound is not None and not _CLOCK.fullmatch(bound):
            raise ValueError(f"{bound!r} is not a time of the form HH:MM.")
        return bound


@dataclass(frozen=True, slots=True)
class _Settled:
    minutes: int
    confidence: float


class TimeSlot(SlotType[TimeOptions]):
    """ "half past three", "3:30 pm", "fifteen hundred", "ten to six", "noon", "eight tonight".

    Where morning or afternoon is not said, the opening hours (`min`, `max`) decide if they allow only one; else seven
    to eleven are in the morning and twelve to six in the afternoon, with a confidence that has it read back.
    """

    name: ClassVar[str] = "time"
    options_model: ClassVar[type[SlotOptions]] = TimeOptions
    value_type: ClassVar[ValueType] = ValueType.TIME

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        now = _minutes(facts.time)

        def grammar(words: Texts, at: int) -> Match[int] | None:
            return self._match(words, at, now)

        heard = whole(said, grammar, LEAD, TRAIL)
        if heard is None or not self._fits(heard.value):
            return None
        return Reading(value=_text(heard.value), confidence=heard.confidence, start=heard.start, end=heard.end)

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        now = _minutes(facts.time)

        def grammar(words: Texts, at: int) -> Match[int] | None:
            return self._match(words, at, now) if _is_clear(words, at, time_at(words, at, now)) else None

        heard = mentioned(said, grammar, cues)
        if heard is None or not self._fits(heard.value):
            return None
        return Reading(value=_text(heard.value), confidence=heard.confidence, start=heard.start, end=heard.end)

    def check(self, value: Value) -> Value:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise InvalidValue("I need a time of day.")
        if not self._fits(_minutes(value)):
            raise InvalidValue(self._limits())
        return value

    def say(self, value: Value, facts: CallFacts) -> str:
        minutes = _minutes(str(self.check(value)))
        return say_time(minutes // 60, minutes % 60)

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        digits = keys.replace("*", "")
        if not digits.isascii() or not digits.isdecimal() or len(digits) not in (3, 4):
            return None
        clock = f"{digits[:-2]:0>2}:{digits[-2:]}"
        if not _CLOCK.fullmatch(clock) or not self._fits(_minutes(clock)):
            return None
        return Reading(value=clock)

    def expectation(self) -> Expectation:
        return Expectation(keypad=Keypad(min_length=3, max_length=4))

    def problem(self, said: str, facts: CallFacts) -> str:
        now = _minutes(facts.time)
        heard = whole(said, lambda words, at: self._match(words, at, now), LEAD, TRAIL)
        return self._limits() if heard is not None and not self._fits(heard.value) else ""

    def _limits(self) -> str:
        least, most = (
            say_time(int(bound[:2]), int(bound[3:])) if bound is not None else ""
            for bound in (self.options.min, self.options.max)
        )
        if least and most:
            return f"I need a time between {least} and {most}."
        return f"I need a time from {least} on." if least else f"I need a time no later than {most}."

    def _match(self, words: Texts, at: int, now: int) -> Match[int] | None:
        found = time_at(words, at, now)
        if found is None:
            return None
        settled = self._settle(found)
        return Match(settled.minutes, found.end, settled.confidence, partial=found.open)

    def _settle(self, found: ClockTime) -> _Settled:
        """Morning or afternoon, where neither was said."""
        if not found.open:
            return _Settled(found.minutes, found.confidence)
        both = (found.minutes, found.minutes + DAY // 2)
        fitting = [minutes for minutes in both if self._fits(minutes)]
        if len(fitting) == 1:
            return _Settled(fitting[0], min(found.confidence, _BOUNDED))
        morning = _MORNING_FROM <= found.minutes < DAY // 2
        return _Settled(both[0] if morning else both[1], min(found.confidence, _OPEN))

    def _fits(self, minutes: int) -> bool:
        least, most = self.options.min, self.options.max
        opens, closes = _minutes(least) if least else 0, _minutes(most) if most else DAY
        if opens > closes:
            return minutes >= opens or minutes <= closes
        return opens <= minutes <= closes


def _text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _is_clear(words: Texts, at: int, found: ClockTime | None) -> bool:
    """Whether a time inside other words is one: not bare numbers, unless "at" or the like stands before them."""
    if found is None:
        return False
    after = words[found.end] if found.end < len(words) else ""
    if is_number(after) or after in UNIT_DAYS or after in UNIT_MONTHS or (at > 0 and is_number(words[at - 1])):
        return False
    if not found.bare:
        return True
    return at > 0 and words[at - 1] in _ANNOUNCED_BY and after in _FREE_AFTER


_FREE_AFTER = frozenset(("", *"please if and to or on would works tomorrow today next this sharp then but".split()))
