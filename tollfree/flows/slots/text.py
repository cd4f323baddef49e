"""Free text: whatever the caller says, without the hesitations around it."""

import unicodedata
from typing import ClassVar

from pydantic import Field, model_validator

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.fillers import HESITATIONS
from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_MARKS = ",;:-–… "


class TextOptions(SlotOptions):
    """What an author may set about free text."""

    min_length: int = Field(default=1, ge=1)
    """Characters."""
    max_length: int = Field(default=500, ge=1, le=10_000)
    """Characters."""

    @model_validator(mode="after")
    def _ordered(self) -> "TextOptions":
        if self.min_length > self.max_length:
            raise ValueError(f"min_length {self.min_length} is more than max_length {self.max_length}.")
        return self


class TextSlot(SlotType[TextOptions]):
    """A reason, a message, an address: kept as said."""

    name: ClassVar[str] = "text"
    options_model: ClassVar[type[SlotOptions]] = TextOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        text = tidy(said[: 4 * self.options.max_length + 1000])
        if not self._fits(text):
            return None
        return Reading(value=text, start=0, end=len(said))

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        """Text has no form by which it could be found; only a whole utterance is one."""
        return None

    def check(self, value: Value) -> Value:
        if not isinstance(value, str):
            raise InvalidValue("I need some words.")
        text = tidy(value)
        if not self._fits(text):
            least, most = self.options.min_length, self.options.max_length
            raise InvalidValue(f"I need between {least} and {most} characters.")
        return text

    def say(self, value: Value, facts: CallFacts) -> str:
        return str(self.check(value))

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.NORMAL)

    def problem(self, said: str, facts: CallFacts) -> str:
        text = tidy(said[: 4 * self.options.max_length + 1000])
        if len(text) > self.options.max_length:
            return "That is too long for me. Please say it in fewer words."
        return "I need a little more than that." if text and not self._fits(text) else ""

    def _fits(self, text: str) -> bool:
        return self.options.min_length <= len(text) <= self.options.max_length


def tidy(said: str) -> str:
    """The text on one line, without control characters and without hesitations at its edges. Idempotent."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in said)
    parts = plain.split()
    while parts and _is_hesitation(parts[0]):
        parts.pop(0)
    while parts and _is_hesitation(parts[-1]):
        parts.pop()
    text = " ".join(parts)
    return text if any(c.isalnum() for c in text) else ""


def _is_hesitation(part: str) -> bool:
    bare = part.strip(_MARKS + ".!?").lower()
    return not bare or bare in HESITATIONS
