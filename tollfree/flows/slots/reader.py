"""Reads the slots of flows out of words, for whoever understands callers."""

from collections.abc import Mapping

from tollfree.flows.slots.registry import AnySlotType
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, SlotName
from tollfree.protocol.question import Reading

SlotKey = tuple[FlowId, SlotName]


class FlowSlotReader:
    """The `SlotReader` of one set of compiled flows. Unknown slots read as nothing."""

    def __init__(self, slots: Mapping[SlotKey, tuple[AnySlotType, tuple[str, ...]]]) -> None:
        """`slots`: for every flow and slot its type with options, and the words that announce it."""
        self._slots = dict(slots)

    def read(self, flow: FlowId, slot: SlotName, said: str, facts: CallFacts) -> Reading | None:
        """The whole utterance as an answer to this slot."""
        held = self._slots.get((flow, slot))
        return held[0].read(said, facts) if held is not None else None

    def find(self, flow: FlowId, slot: SlotName, said: str, facts: CallFacts) -> Reading | None:
        """A value mentioned inside a longer utterance: by its form where that is unmistakable, else by a cue."""
        held = self._slots.get((flow, slot))
        return held[0].find(said, facts, held[1]) if held is not None else None
