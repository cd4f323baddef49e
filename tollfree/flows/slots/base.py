"""The seam of a slot type: how a value is read out of words, checked, read back and typed on a keypad."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from tollfree.flows.catalogue import Catalogue
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType


class SlotOptions(BaseModel):
    """What an author may set about a slot type, written beside `type` in the flow. None, by default."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


OptionsT = TypeVar("OptionsT", bound=SlotOptions)


class InvalidValue(ValueError):
    """A value this slot cannot hold. The message is a sentence a caller can be told: "I need five digits."."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a slot type may need besides its options."""

    catalogues: Mapping[str, Catalogue] = field(default_factory=dict[str, Catalogue])


class SlotType(ABC, Generic[OptionsT]):
    """One type of value. Instances are immutable and serve every call at once.

    Laws, which the contract suite proves for every type:
    `read(say(x)).value == x`; `check(read(words).value)` holds; `check` is idempotent; nothing raises on any text.
    """

    name: ClassVar[str]
    """As flows write it: `digits`, `date_range`."""
    options_model: ClassVar[type[SlotOptions]]
    """The model of the author's options."""
    value_type: ClassVar[ValueType]
    """The type of the variable that holds the value."""
    volunteered: ClassVar[bool] = False
    """Whether a value is unmistakable without a cue word near it (an e-mail address is, a number is not)."""

    answers_only: ClassVar[bool] = False
    """Whether a value means nothing but as the answer to its own question, as a yes does: never volunteered."""

    def __init__(self, options: OptionsT, resources: Resources | None = None) -> None:
        self.options = options
        self.resources = resources if resources is not None else Resources()

    @abstractmethod
    def read(self, said: str, facts: CallFacts) -> Reading | None:
        """The whole utterance as a value. Hesitations, politeness and false starts are fine ("uh, it's four one,
        no, four two seven"); other words that the value does not explain mean None."""

    @abstractmethod
    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        """A value inside a longer utterance; `cues` are words that announce it ("order", "account number").
        None when nothing is found, or when several values fit and no cue tells which."""

    @abstractmethod
    def check(self, value: Value) -> Value:
        """The value in canonical form. Raises `InvalidValue` when this slot cannot hold it."""

    @abstractmethod
    def say(self, value: Value, facts: CallFacts) -> str:
        """The value as people say it, for reading back: "four one seven, five five"."""

    @abstractmethod
    def canonical(self, value: Value) -> str:
        """The value as one line of text: what `tollfree eval slots` compares."""

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        """The value typed on a keypad (terminator removed). None: this type has no keypad form, or not with these."""
        return None

    def expectation(self) -> Expectation:
        """How to listen for this type."""
        return Expectation()

    def problem(self, said: str, facts: CallFacts) -> str:
        """When `read` gave None: one short sentence on what was missing ("I need five digits and heard four."),
        or empty when nothing useful can be said."""
        return ""
