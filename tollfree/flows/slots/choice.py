"""One of a few things the author lists, held as its name."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, field_validator

from tollfree.flows.slots.base import InvalidValue, Resources, SlotOptions, SlotType
from tollfree.flows.slots.phrases import Phrases, clashes, key_of
from tollfree.flows.slots.picking import pick, pick_within
from tollfree.flows.slots.spoken.words import tokens
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

MAX_CHARACTERS = 400
_MOST_WORDS_HINTED = 48
_MOST_KEYS = 9


class ChoiceOptions(SlotOptions):
    """What an author sets about a choice."""

    choices: Mapping[str, tuple[str, ...]] = Field(min_length=1)
    """The names, each with other words callers use for it; a plain list of names will do."""

    @field_validator("choices", mode="before")
    @classmethod
    def _from_list(cls, choices: object) -> object:
        if isinstance(choices, list | tuple):
            names: list[object] = list(choices)  # pyright: ignore[reportUnknownArgumentType]  # checked below
            return {name if isinstance(name, str) else str(name): () for name in names}
        return choices

    @field_validator("choices")
    @classmethod
    def _can_be_told_apart(cls, choices: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        bad = clashes(choices)
        if bad:
            raise ValueError(f"{', '.join(map(repr, bad))} cannot be told from another choice by ear.")
        return choices


class ChoiceSlot(SlotType[ChoiceOptions]):
    """ "the blue one", "large please", "the second one", "not the red one, the blue one"."""

    name: ClassVar[str] = "choice"
    options_model: ClassVar[type[SlotOptions]] = ChoiceOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT

    def __init__(self, options: ChoiceOptions, resources: Resources | None = None) -> None:
        super().__init__(options, resources)
        self._names = tuple(options.choices)
        self._phrases = Phrases(options.choices)

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        if len(said) > MAX_CHARACTERS:
            return None
        picked = pick(tokens(said), self._phrases, self._names)
        if picked is None:
            return None
        return Reading(value=picked.name, confidence=picked.confidence, start=picked.start, end=picked.end)

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        picked = pick_within(tokens(said[:MAX_CHARACTERS]), self._phrases, cues)
        if picked is None:
            return None
        return Reading(value=picked.name, confidence=picked.confidence, start=picked.start, end=picked.end)

    def check(self, value: Value) -> Value:
        if isinstance(value, str):
            if value in self.options.choices:
                return value
            same = [name for name in self._names if key_of(name) == key_of(value)]
            if same:
                return same[0]
        raise InvalidValue(f"I need one of these: {', '.join(self._names)}.")

    def say(self, value: Value, facts: CallFacts) -> str:
        return str(self.check(value))

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        place = int(keys) if keys.isascii() and keys.isdecimal() and len(keys) == 1 else 0
        return Reading(value=self._names[place - 1]) if 1 <= place <= min(len(self._names), _MOST_KEYS) else None

    def expectation(self) -> Expectation:
        spoken = [word for name, others in self.options.choices.items() for word in (name, *others)]
        return Expectation(
            patience=Patience.SHORT, vocabulary=tuple(spoken[:_MOST_WORDS_HINTED]), keypad=Keypad(max_length=1)
        )
