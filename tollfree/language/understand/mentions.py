"""Slot values in what was said: the awaited ones as a whole answer, any of them by mention."""

from dataclasses import dataclass
from enum import IntEnum

from tollfree.language.understand.rules import corrects
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, SlotName
from tollfree.protocol.question import Question, Reading, SlotReader, SlotReading


class Openness(IntEnum):
    """How little it proves that a slot reads an utterance."""

    CLOSED = 0
    """Its form is its own: digits, a date, one of some options."""
    NAMES = 1
    """It takes any few words, as a name does."""
    ANYTHING = 2
    """It takes any sentence, as a message does."""


_NONSENSE = {
    Openness.ANYTHING: "wug blick dax florp and the tove was gimble over it",
    Openness.NAMES: "wug blick",
}
"""Words that only a slot as open as that can read."""


@dataclass(frozen=True, slots=True)
class _Mention:
    slot: SlotName
    reading: Reading
    awaited: bool

    def overlaps(self, other: "_Mention") -> bool:
        mine, its = self.reading, other.reading
        return mine.start < its.end and its.start < mine.end


class Mentions:
    """Finds slot values with the flow's own slot types."""

    def __init__(self, reader: SlotReader, facts: CallFacts) -> None:
        self._reader = reader
        self._facts = facts
        self._openness: dict[tuple[FlowId, SlotName], Openness] = {}

    def whole(self, question: Question, text: str, openness: Openness) -> SlotReading | None:
        """The utterance as an answer to the first awaited slot of that openness that reads all of it."""
        for slot in question.awaited:
            if self.openness(question.flow, slot) != openness:
                continue
            reading = self._reader.read(question.flow, slot, text, self._facts)
            if reading is not None:
                return _slot_reading(question, slot, reading, text)
        return None

    def inside(
        self, question: Question, text: str, slots: tuple[SlotName, ...] | None = None
    ) -> tuple[SlotReading, ...]:
        """Every value mentioned, in the order of speech, no two from the same words: the surer keeps them, then the
        awaited, then the longer."""
        wanted = slots if slots is not None else (*question.awaited, *question.others)
        mentions: list[_Mention] = []
        for slot in dict.fromkeys(wanted):
            reading = self._reader.find(question.flow, slot, text, self._facts)
            if reading is not None:
                mentions.append(_Mention(slot, reading, slot in question.awaited))
        mentions.sort(key=lambda m: (-m.reading.confidence, not m.awaited, m.reading.start - m.reading.end))
        kept: list[_Mention] = []
        for mention in mentions:
            if not any(mention.overlaps(other) for other in kept):
                kept.append(mention)
        kept.sort(key=lambda m: m.reading.start)
        return tuple(_slot_reading(question, m.slot, m.reading, text) for m in kept)

    def openness(self, flow: FlowId, slot: SlotName) -> Openness:
        """Found out by asking the slot to read nonsense, once."""
        key = (flow, slot)
        if key not in self._openness:
            self._openness[key] = next(
                (
                    level
                    for level, words in _NONSENSE.items()
                    if self._reader.read(flow, slot, words, self._facts) is not None
                ),
                Openness.CLOSED,
            )
        return self._openness[key]


def _slot_reading(question: Question, slot: SlotName, reading: Reading, text: str) -> SlotReading:
    end = reading.end if reading.end > reading.start else len(text)
    return SlotReading(
        slot=slot,
        value=reading.value,
        confidence=reading.confidence,
        heard=text[reading.start : end].strip(),
        correction=slot in question.known and (slot in question.awaited or corrects(text)),
    )
