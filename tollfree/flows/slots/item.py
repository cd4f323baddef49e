"""One item of a catalogue, held as its `sku` and `name`."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from tollfree.flows.catalogue import Catalogue, Item
from tollfree.flows.slots.base import InvalidValue, Resources, SlotOptions, SlotType
from tollfree.flows.slots.phrases import Phrases, key_of
from tollfree.flows.slots.picking import Picked, pick, pick_within
from tollfree.flows.slots.spoken.words import tokens
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

MAX_CHARACTERS = 400
_MOST_WORDS_HINTED = 48


class ItemOptions(SlotOptions):
    """What an author sets about an item."""

    catalogue: str = Field(min_length=1)
    """The name of one of the project's catalogues."""


class ItemSlot(SlotType[ItemOptions]):
    """ "a margherita", "the large blue mugs please", "do you have oat milk"."""

    name: ClassVar[str] = "item"
    options_model: ClassVar[type[SlotOptions]] = ItemOptions
    value_type: ClassVar[ValueType] = ValueType.RECORD

    def __init__(self, options: ItemOptions, resources: Resources | None = None) -> None:
        super().__init__(options, resources)
        catalogue = self.resources.catalogues.get(options.catalogue, Catalogue(options.catalogue))
        self._items: Mapping[str, Item] = {item.sku: item for item in catalogue.items}
        self._spoken = _spoken_names(catalogue)
        self._phrases = Phrases({names[0]: names[1:] for names in self._spoken.values()})
        self._by_phrase = {names[0]: sku for sku, names in self._spoken.items()}

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        return self._reading(pick(tokens(said), self._phrases)) if len(said) <= MAX_CHARACTERS else None

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        return self._reading(pick_within(tokens(said[:MAX_CHARACTERS]), self._phrases, cues))

    def check(self, value: Value) -> Value:
        sku = value.get("sku") if isinstance(value, Mapping) else value
        item = self._items.get(sku) if isinstance(sku, str) else None
        if item is None:
            raise InvalidValue("We do not have that item.")
        return {"sku": item.sku, "name": item.name}

    def say(self, value: Value, facts: CallFacts) -> str:
        return self._spoken[self.canonical(value)][0]

    def canonical(self, value: Value) -> str:
        checked = self.check(value)
        assert isinstance(checked, Mapping)
        return str(checked["sku"])

    def expectation(self) -> Expectation:
        return Expectation(vocabulary=tuple(item.name for item in self._items.values())[:_MOST_WORDS_HINTED])

    def _reading(self, picked: Picked | None) -> Reading | None:
        if picked is None:
            return None
        item = self._items[self._by_phrase[picked.name]]
        value: Value = {"sku": item.sku, "name": item.name}
        return Reading(value=value, confidence=picked.confidence, start=picked.start, end=picked.end)


def _spoken_names(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """For every item the name it is spoken by, then its other names. Of items of one name, the later ones are spoken
    by their code."""
    taken: set[tuple[str, ...]] = set()
    spoken: dict[str, tuple[str, ...]] = {}
    for item in catalogue.items:
        key = key_of(item.name)
        name = item.name if key and key not in taken else f"{item.name} {item.sku}".strip()
        taken.add(key_of(name))
        spoken[item.sku] = (name, *item.synonyms, item.sku)
    return spoken
