"""The slot type `number`: any decimal number, negative ones included."""

from decimal import Decimal
from typing import ClassVar, Self

from pydantic import Field, model_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.aloud import number_in_words
from tollfree.flows.slots.spoken.amounts import (
    amount_meant,
    decimal_of,
    is_amount_word,
    is_inside_amount,
    is_weak_amount,
    json_number,
    reading_of,
    typed,
)
from tollfree.flows.slots.spoken.numbers import plain
from tollfree.flows.slots.spoken.search import CONSIDERED, search
from tollfree.flows.slots.spoken.words import Tokens, tokens
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_PLACES = Decimal("0.000001")
"""Decimals kept: more are rounded away."""

_TRAIL = ("percent", "per cent", "%", "degrees")
"""Said behind a number, and understood from the question."""


class NumberOptions(SlotOptions):
    """The bounds of the number."""

    min: float | None = Field(default=None, description="The smallest allowed.")
    max: float | None = Field(default=None, description="The largest allowed.")
    integer: bool = Field(default=False, description="Whole numbers only.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}")
        return self


class NumberSlot(SlotType[NumberOptions]):
    """A number as a value: "a hundred and five", "three and a half", "minus four"."""

    name: ClassVar[str] = "number"
    options_model: ClassVar[type[SlotOptions]] = NumberOptions
    value_type: ClassVar[ValueType] = ValueType.NUMBER

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        held = tokens(said)
        return self._read(held) if len(held) <= CONSIDERED else None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        return search(said, cues, self._read, edge=is_amount_word, inner=is_inside_amount, weak=is_weak_amount)

    def check(self, value: Value) -> Value:
        number = decimal_of(value)
        if number is None:
            raise InvalidValue("I need a number.")
        number = number.quantize(_PLACES)
        options = self.options
        if options.integer and number != number.to_integral_value():
            raise InvalidValue("I need a whole number.")
        if options.min is not None and number < Decimal(str(options.min)):
            raise InvalidValue(f"It must be at least {number_in_words(Decimal(str(options.min)))}.")
        if options.max is not None and number > Decimal(str(options.max)):
            raise InvalidValue(f"It can be at most {number_in_words(Decimal(str(options.max)))}.")
        return json_number(number)

    def say(self, value: Value, facts: CallFacts) -> str:
        return number_in_words(Decimal(self.canonical(value)))

    def canonical(self, value: Value) -> str:
        return plain((decimal_of(self.check(value)) or Decimal(0)).quantize(_PLACES))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        number = typed(keys)
        if number is None:
            return None
        return reading_of(json_number(number), 1.0, tokens(keys), self.check)

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.DIGITS, keypad=Keypad(max_length=16))

    def problem(self, said: str, facts: CallFacts) -> str:
        meant = amount_meant(tokens(said)[:CONSIDERED], trail=_TRAIL)
        if meant is None:
            return ""
        try:
            self.check(json_number(meant.value))
        except InvalidValue as invalid:
            return str(invalid)
        return ""

    def _read(self, held: Tokens) -> Reading | None:
        meant = amount_meant(held, trail=_TRAIL)
        if meant is None:
            return None
        return reading_of(json_number(meant.value), meant.confidence, meant.held, self.check)
