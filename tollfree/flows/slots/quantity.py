"""The slot type `quantity`: how many of something."""

from decimal import Decimal
from typing import ClassVar, Self

from pydantic import Field, model_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.aloud import whole_in_words
from tollfree.flows.slots.spoken.amounts import (
    Meant,
    amount_meant,
    decimal_of,
    is_amount_word,
    is_inside_amount,
    is_weak_amount,
    json_number,
    reading_of,
    typed,
)
from tollfree.flows.slots.spoken.repairs import after_false_start
from tollfree.flows.slots.spoken.search import CONSIDERED, search
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_LEAD = tuple(
    """another|a further|a quantity of|times|x|of those|make that|order|add|plus|send me|a party of|party of|a table for
table for|a group of|group of|there will be|there'll be|we'll be|we will be|it's for|a total of""".replace(
        "\n", "|"
    ).split("|")
)
_TRAIL = tuple(
    """of them|of those|of these|of each|of it|of that|of 'em|more|more of those|more of them|more please|pieces|piece
pcs|items|item|units|unit|copies|x|times|only|each|people|persons|guests|a piece|of the same|is enough|is plenty
is all|of both|of the|ones|in number|would do|is what i want|is what i need|of us|boxes|bottles|packs|pack
packets|bags|bag|cans|cartons|cups|jars|slices|slice|orders|order|tickets|ticket|pairs|sets|rolls|portions
servings|bottle|box|nights""".replace("\n", "|").split("|")
)
_WORDS = {
    "a": (1, 0.7),
    "an": (1, 0.7),
    "another": (1, 0.9),
    "another one": (1, 1.0),
    "one more": (1, 1.0),
    "single": (1, 0.9),
    "a single": (1, 0.9),
    "a single one": (1, 1.0),
    "one single": (1, 0.9),
    "once": (1, 0.7),
    "twice": (2, 0.7),
    "both": (2, 0.7),
    "the pair": (2, 0.8),
    "a few": (3, 0.4),
    "few": (3, 0.4),
    "none": (0, 1.0),
    "nothing": (0, 0.8),
    "none of them": (0, 1.0),
    "none of those": (0, 1.0),
    "not any": (0, 0.8),
}
"""Whole answers in words, with the confidence in each: "a few" is three only for want of better, and is read back."""
_MOST = 10**9


class QuantityOptions(SlotOptions):
    """The bounds of the quantity."""

    min: int = Field(default=1, ge=0, le=_MOST, description='The fewest allowed; 0 makes "none" an answer.')
    max: int = Field(default=_MOST, ge=0, le=_MOST, description="The most allowed.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}")
        return self


class QuantitySlot(SlotType[QuantityOptions]):
    """A count: "two", "a couple", "half a dozen", "just the one"."""

    name: ClassVar[str] = "quantity"
    options_model: ClassVar[type[SlotOptions]] = QuantityOptions
    value_type: ClassVar[ValueType] = ValueType.NUMBER

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        held = tokens(said)
        return self._read(held) if len(held) <= CONSIDERED else None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        return search(said, cues, self._read, edge=_is_count, inner=is_inside_amount, weak=is_weak_amount)

    def check(self, value: Value) -> Value:
        number = decimal_of(value)
        if number is None:
            raise InvalidValue("I need to know how many.")
        if number != number.to_integral_value():
            raise InvalidValue("I need a whole number.")
        if number < self.options.min:
            raise InvalidValue(f"It must be at least {whole_in_words(self.options.min)}.")
        if number > self.options.max:
            raise InvalidValue(f"It can be at most {whole_in_words(self.options.max)}.")
        return int(number)

    def say(self, value: Value, facts: CallFacts) -> str:
        return whole_in_words(int(self.canonical(value)))

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        number = typed(keys) if "*" not in keys else None
        if number is None:
            return None
        return reading_of(json_number(number), 1.0, tokens(keys), self.check)

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.SHORT, keypad=Keypad(max_length=len(str(self.options.max))))

    def problem(self, said: str, facts: CallFacts) -> str:
        meant = _meant(tokens(said)[:CONSIDERED])
        if meant is None:
            return ""
        try:
            self.check(json_number(meant.value))
        except InvalidValue as invalid:
            return str(invalid)
        return ""

    def _read(self, held: Tokens) -> Reading | None:
        meant = _meant(held)
        if meant is None:
            return None
        return reading_of(json_number(meant.value), meant.confidence, meant.held, self.check)


def _meant(held: Tokens) -> Meant | None:
    """How many the words mean, whatever the bounds."""
    for lead, trail in (((), ()), (_LEAD, _TRAIL)):
        left = after_false_start(held, ("just", "only", "the", *lead), trail)
        known = _WORDS.get(" ".join(token.word for token in left)) if len(left) <= 4 else None
        if known is not None:
            return Meant(Decimal(known[0]), known[1], left)
    if after_false_start(held)[:1] and after_false_start(held)[0].before.endswith("-"):
        return None
    return amount_meant(held, _LEAD, _TRAIL)


def _is_count(token: Token) -> bool:
    return is_amount_word(token) or token.word in ("single", "another", "none", "both")
