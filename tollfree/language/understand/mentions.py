"""Slot values in what was said: the awaited ones as a whole answer, any of them by mention."""

from dataclasses import dataclass

from tollfree.language.understand.rules import corrects
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, SlotName
from tollfree.protocol.question import Question, Reading, SlotReader, SlotReading

_NONSENSE = ("wug blick", "wug blick dax florp and the tove was gimble")
"""Words that only a slot which takes any words can read."""


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
        self._open: dict[tuple[FlowId, SlotName], bool] = {}

    def whole(self, question: Question, text: str, *, open_slots: bool) -> SlotReading | None:
        """The utterance as an answer to the first awaited slot that reads all of it. `open_slots`: the slots that
        take any words (a message, perhaps a name) are tried, else only the others."""
        for slot in question.awaited:
            if self.is_open(question.flow, slot) != open_slots:
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

    def is_open(self, flow: FlowId, slot: SlotName) -> bool:
        """Whether the slot takes any words, so that reading them proves nothing."""
        key = (flow, slot)
        if key not in self._open:
            self._open[key] = any(self._reader.read(flow, slot, words, self._facts) is not None for words in _NONSENSE)
        return self._open[key]


def _slot_reading(question: Question, slot: SlotName, reading: Reading, text: str) -> SlotReading:
    end = reading.end if reading.end > reading.start else len(text)
    return SlotReading(
        slot=slot,
        value=reading.value,
        confidence=reading.confidence,
        heard=text[reading.start : end].strip(),
        correction=slot in question.known and (slot in question.awaited or corrects(text)),
    )
