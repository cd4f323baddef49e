"""The slot type `digits`: a string of figures such as an order number, leading zeros and all."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.aloud import grouped_in_words, whole_in_words
from tollfree.flows.slots.spoken.digits import DIGITS, HOMOPHONES, REPEATS, SEPARATORS, digit_readings, digit_string
from tollfree.flows.slots.spoken.lattice import best
from tollfree.flows.slots.spoken.numbers import SCALES, SMALL
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.search import CONSIDERED, search
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_REPAIRED = 0.8
"""Confidence in a number the caller corrected while saying it."""
_MENDED = 0.5
"""Confidence in a number put together from a first try and the part that was corrected."""
_UNLIKELY = 0.6
"""Confidence in a reading chosen for its length although another is likelier by its words."""
_TELLING = 3
"""Digits that are hardly a count of something."""
_GOES_ON = frozenset("and or but please thanks thank is was on from for because so with if that which it i".split())
_LONGEST = 64


class DigitsOptions(SlotOptions):
    """How many digits there are."""

    length: int | None = Field(default=None, ge=1, le=_LONGEST, description="Exactly this many digits.")
    min_length: int = Field(default=1, ge=1, le=_LONGEST, description="At least this many, when `length` is not set.")
    max_length: int = Field(default=32, ge=1, le=_LONGEST, description="At most this many, when `length` is not set.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_length > self.max_length:
            raise ValueError(f"min_length {self.min_length} is more than max_length {self.max_length}")
        return self

    @property
    def shortest(self) -> int:
        """The fewest digits allowed."""
        return self.length if self.length is not None else self.min_length

    @property
    def longest(self) -> int:
        """The most digits allowed."""
        return self.length if self.length is not None else self.max_length

    def fits(self, length: int) -> bool:
        """Whether so many digits are allowed."""
        return self.shortest <= length <= self.longest

    def wanted(self, noun: str) -> str:
        """How many there must be: "five digits", "between four and six digits"."""
        if self.shortest == self.longest:
            return f"{whole_in_words(self.shortest)} {noun}{'' if self.shortest == 1 else 's'}"
        if self.shortest == 1:
            return f"at most {whole_in_words(self.longest)} {noun}s"
        return f"between {whole_in_words(self.shortest)} and {whole_in_words(self.longest)} {noun}s"


class DigitsSlot(SlotType[DigitsOptions]):
    """Digits spoken one by one, in pairs, as numbers, or written by a recogniser in any grouping."""

    name: ClassVar[str] = "digits"
    options_model: ClassVar[type[SlotOptions]] = DigitsOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        held = tokens(said)
        return self._read(held) if len(held) <= CONSIDERED else None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        reading = search(said, cues, self._read, edge=_is_digit, inner=_is_between, weak=self._is_weak)
        if reading is None or self.options.shortest >= _TELLING or len(str(reading.value)) >= _TELLING:
            return reading
        after = next((token for token in tokens(said) if token.start >= reading.end), None)
        # a few digits before a noun count it, whatever is said before them: "I'd like to order two pizzas"
        return reading if after is None or after.breaks or after.word in _GOES_ON else None

    def check(self, value: Value) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise InvalidValue(f"I need {self.options.wanted('digit')}.")
        figures = "".join(str(value).replace("-", " ").split())
        if not (figures.isascii() and figures.isdigit()):
            raise InvalidValue(f"I need {self.options.wanted('digit')}, nothing but digits.")
        if not self.options.fits(len(figures)):
            raise InvalidValue(f"I need {self.options.wanted('digit')} and got {whole_in_words(len(figures))}.")
        return figures

    def say(self, value: Value, facts: CallFacts) -> str:
        return grouped_in_words(self.canonical(value))

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        if not (keys.isascii() and keys.isdigit() and self.options.fits(len(keys))):
            return None
        return Reading(value=keys, confidence=1.0, start=0, end=len(keys))

    def expectation(self) -> Expectation:
        keypad = Keypad(min_length=self.options.shortest, max_length=self.options.longest)
        return Expectation(patience=Patience.DIGITS, keypad=keypad)

    def problem(self, said: str, facts: CallFacts) -> str:
        held = tokens(said)
        if len(held) > CONSIDERED:
            return ""
        tries = attempts(held)
        heard = digit_string(tries[-1]) if tries else None
        if not heard or self.options.fits(len(heard)):
            return ""
        return f"I need {self.options.wanted('digit')} and heard {whole_in_words(len(heard))}."

    def _read(self, held: Tokens) -> Reading | None:
        tries = attempts(held)
        if not tries:
            return None
        last = tries[-1]
        figures, confidence = self._fitting(last)
        if figures and len(tries) > 1:
            confidence = min(confidence, _REPAIRED)
        if not figures and len(tries) > 1:
            figures, confidence = self._mended(tries[-2], last), _MENDED
        if not figures:
            last = _said_again(last)
            figures, confidence = self._fitting(last)[0] if last else "", _REPAIRED
        if not figures:
            return None
        return Reading(value=figures, confidence=confidence, start=last[0].start, end=last[-1].end)

    def _fitting(self, held: Tokens) -> tuple[str, float]:
        """The likeliest digits of an allowed length, and how sure they are; empty when there are none."""
        if all(token.word in ("oh", "o", "ohh") for token in held) and len(held) < max(2, self.options.shortest):
            return "", 0.0
        held, restarted = _restarted(held)
        found = digit_readings(held, 2 * self.options.longest)
        allowed = {length: paths for length, paths in found.items() if length and self.options.fits(length)}
        path, likeliest = best(allowed), best(found)
        if path is not None and likeliest is not None:
            sure = _UNLIKELY if path.cost > likeliest.cost + 0.5 else 1.0
            return path.text, min(sure, 1.0 - path.doubt, _REPAIRED if restarted else 1.0)
        if likeliest is not None:
            return self._without_repeat(likeliest.text), _MENDED
        return "", 0.0

    def _is_weak(self, held: Tokens) -> bool:
        """ "one", "oh" and the like mean too many other things, and so do one or two digits when any number of them
        will do ("I called three times")."""
        if all(token.word in ("one", "oh", "o", "nil", "null", "ought", "fine") for token in held):
            return True
        return self.options.shortest < _TELLING and len(digit_string(held) or "") < _TELLING

    def _without_repeat(self, figures: str) -> str:
        """What remains of a number that was begun twice ("41 41755"), when that is of an allowed length."""
        for begun in range(min(2, self.options.shortest), len(figures) // 2 + 1):
            again = figures[begun:]
            if again.startswith(figures[:begun]) and self.options.fits(len(again)):
                return again
        return ""

    def _mended(self, before: Tokens, after: Tokens) -> str:
        """A fixed-length number whose end was corrected ("four one seven double five, no, double six")."""
        first, end = digit_string(before), digit_string(after)
        if not first or not end or self.options.shortest != self.options.longest:
            return ""
        kept = self.options.longest - len(end)
        if not 0 < kept <= len(first) or (end[0] == first[0] and len(first) < self.options.longest):
            return ""
        return first[:kept] + end


def _said_again(held: Tokens) -> Tokens:
    """What follows the last "that's" of "four one seven, that's four one seven"; nothing when there is none."""
    for place in range(len(held) - 2, 0, -1):
        if held[place].word in ("that's", "it's", "again"):
            return held[place + 1 :] if digit_string(held[:place]) else ()
    return ()


def _restarted(held: Tokens) -> tuple[Tokens, bool]:
    """The last beginning of a number that breaks off and begins again ("four one — four one seven")."""
    for place in range(len(held) - 1, 0, -1):
        before = held[place].before
        if " -" in before or "--" in before or "..." in before or "…" in before:
            first, again = digit_string(held[:place]), digit_string(held[place:])
            if first and again and len(again) > len(first) and again.startswith(first):
                return held[place:], True
    return held, False


def _is_digit(token: Token) -> bool:
    word = token.word
    return token.is_figure or word in DIGITS or word in SMALL or word in REPEATS or word in ("hundred", "thousand")


def _is_between(token: Token) -> bool:
    word = token.word
    return word in HOMOPHONES or word in SEPARATORS or word in SCALES or (word[-1] == "s" and word[:-1] in DIGITS)
