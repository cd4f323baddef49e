"""The slot type `money`: an amount in the project's currency, exact to the hundredth."""

from decimal import Decimal
from typing import ClassVar, Self

from pydantic import Field, model_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.amounts import decimal_of, is_amount_word, is_inside_amount, reading_of, typed
from tollfree.flows.slots.spoken.currency import PARTS_OF_MONEY, QUALIFIERS, UNITS_OF_MONEY, is_foreign, money_in_words
from tollfree.flows.slots.spoken.prices import price_meant
from tollfree.flows.slots.spoken.search import CONSIDERED, search
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_HUNDREDTH = Decimal("0.01")
_LARGEST = Decimal(10) ** 12
_FOREIGN = 0.4
"""Confidence in an amount of another currency than the project's: it is read back in the project's own."""


class MoneyOptions(SlotOptions):
    """The bounds of the amount."""

    min: Decimal | None = Field(default=None, ge=0, description="The smallest allowed.")
    max: Decimal | None = Field(default=None, ge=0, description="The largest allowed.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}")
        return self


class MoneySlot(SlotType[MoneyOptions]):
    """A price or a sum: "twenty two fifty", "$22.50", "five bucks"."""

    name: ClassVar[str] = "money"
    options_model: ClassVar[type[SlotOptions]] = MoneyOptions
    value_type: ClassVar[ValueType] = ValueType.MONEY

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        held = tokens(said)
        return self._read(held, facts) if len(held) <= CONSIDERED else None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        return search(
            said,
            cues,
            lambda held: self._read(held, facts),
            edge=_is_edge,
            inner=_is_inner,
            weak=_names_no_money,
            money=True,
        )

    def check(self, value: Value) -> Value:
        number = decimal_of(value)
        if number is None or number < 0 or number >= _LARGEST:
            raise InvalidValue("I need an amount of money.")
        exact = number.quantize(_HUNDREDTH)
        if exact != number:
            raise InvalidValue("I need an amount with at most two decimals.")
        if self.options.min is not None and number < self.options.min:
            raise InvalidValue(f"It must be at least {money_in_words(self.options.min, '').strip()}.")
        if self.options.max is not None and number > self.options.max:
            raise InvalidValue(f"It can be at most {money_in_words(self.options.max, '').strip()}.")
        return f"{abs(exact):f}"

    def say(self, value: Value, facts: CallFacts) -> str:
        return money_in_words(Decimal(self.canonical(value)), facts.currency).strip()

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        number = typed(keys)
        return None if number is None else reading_of(str(number), 1.0, tokens(keys), self.check)

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.DIGITS, keypad=Keypad(max_length=16))

    def problem(self, said: str, facts: CallFacts) -> str:
        meant = price_meant(tokens(said)[:CONSIDERED])
        if meant is None:
            return ""
        try:
            self.check(str(meant.value))
        except InvalidValue as invalid:
            return str(invalid)
        return ""

    def _read(self, held: Tokens, facts: CallFacts) -> Reading | None:
        meant = price_meant(held)
        if meant is None:
            return None
        foreign = is_foreign((token.word for token in meant.held), facts.currency)
        confidence = min(meant.confidence, _FOREIGN) if foreign else meant.confidence
        return reading_of(f"{meant.value:f}", confidence, meant.held, self.check)


def _is_edge(token: Token) -> bool:
    return (
        is_amount_word(token) or token.word in UNITS_OF_MONEY or token.word in PARTS_OF_MONEY or token.word == "grand"
    )


def _is_inner(token: Token) -> bool:
    return is_inside_amount(token) or token.word in QUALIFIERS


def _names_no_money(held: Tokens) -> bool:
    """Inside a sentence only what names its currency, or has two decimals, is money by itself."""
    named = any(token.word in UNITS_OF_MONEY or token.word in PARTS_OF_MONEY for token in held)
    return not named and not any(token.is_figure and token.word[-3:-2] == "." for token in held)
