"""An order's own reading of the caller's words, as the awaited slot of an `order` node.

It makes sure that words about the order are never taken for anything else. The node reads them again, with the cart.
"""

from typing import ClassVar

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.menu import menu_of
from tollfree.flows.ordering.reading import read_order
from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

VOCABULARY = 60
"""Names of items the recogniser is told of; more help nobody."""


class OrderWords(SlotType[SlotOptions]):
    """Words that do something to an order. The value is the words."""

    name: ClassVar[str] = "order_words"
    options_model: ClassVar[type[SlotOptions]] = SlotOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(SlotOptions())
        self._catalogue = catalogue
        menu_of(catalogue)

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        reading = read_order(said, self._catalogue)
        if not reading.operations and not reading.done:
            return None
        sureness = reading.confidence if reading.operations else 1.0
        return Reading(value=said, confidence=sureness, start=0, end=len(said))

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        return self.read(said, facts)

    def check(self, value: Value) -> Value:
        if not isinstance(value, str):
            raise InvalidValue("I need words.")
        return value

    def say(self, value: Value, facts: CallFacts) -> str:
        return str(value)

    def canonical(self, value: Value) -> str:
        return str(value)

    def expectation(self) -> Expectation:
        return Expectation(vocabulary=tuple(item.name for item in self._catalogue.items[:VOCABULARY]))
