"""Hides words that tell a personal value, wherever they were said or written, from people who may not know it.

`tollfree.calls.personal` hides the values where records name them. Here is the rest: the caller's own words, the line
that reads a value back, a summary, a search. It is decided by the words: a text is hidden when a word of it is a word
of a personal value of this call, when it holds figures of one, or when it is what the caller said to a question for
one. So it hides rather too much than too little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.spoken_figures import figures_of, with_figures
from tollfree.calls.store.record import LogEntry
from tollfree.calls.words import words_of
from tollfree.protocol.values import Value, Values

RUN = 3
"""So many figures in a row, in the order in which a personal value has them, tell it."""

_FREE = frozenset(
    "text heard said query context evidence summary message alternatives keys value result values arguments slots "
    "history quoted passages caller phrases hints".split()
)
"""Fields that hold what was said, or values: everything in them is looked at."""
_COMMON = frozenset(
    "a an and are at be by for from have i in is it its me my name no of oh ok on or our please s so sorry thank "
    "thanks that the this to was we yes you your".split()
)
"""Words that tell nothing."""


class Hush:
    """The personal words of one call, as far as its log has been learned."""

    def __init__(self, veil: Veil | None) -> None:
        """`veil`: has seen each record before it is learned. None: nobody knows what is personal; all is hidden."""
        self._veil = veil
        self._names = veil.names if veil is not None else frozenset[str]()
        self._words: set[str] = set()
        self._figures: set[str] = set()
        self._texts: set[tuple[str, ...]] = set()

    def learn(self, entry: LogEntry) -> None:
        """Take from a record what must not be told. The caller's number is always personal."""
        record, names = entry.record, self._names
        data = record.data
        match record.kind, record.type:
            case "event", "call_started":
                facts = _mapping(data.get("facts"))
                self._figures |= {figures_of(str(facts.get("caller", "")))} - {""}
            case "token", _:
                self._values(_mapping(data.get("slots")))
            case "event", "answered":
                readings = _mapping(data.get("answer")).get("slots")
                for reading in map(_mapping, readings if isinstance(readings, list | tuple) else ()):
                    if reading.get("slot") in names:
                        self._value(reading.get("value"))
                        self._value(reading.get("heard"))
            case "event", "composed":
                self._values(_mapping(data.get("slots")))
            case "event", "supervised" if data.get("name") in names:
                self._value(data.get("value"))
            case "effect", "compose":
                self._values(_mapping(data.get("values")))
            case "effect", "understand":
                self._asked(data)
            case ("event", "looked_up") | ("note", "late_result") if self._saves(str(data.get("effect"))):
                self._value(data.get("result"))
            case _:
                pass

    def hides(self, text: str) -> bool:
        """Whether a text tells what must not be told."""
        if self._veil is None:
            return bool(text)
        said = words_of(text)
        if said in self._texts:
            return True
        words = with_figures(said)
        if not self._words.isdisjoint(words):
            return True
        run = "".join(word for word in words if word.isdecimal())
        return any(run[at : at + RUN] in known for known in self._figures for at in range(len(run) - RUN + 1))

    def entry(self, entry: LogEntry) -> LogEntry:
        """A record as it may be shown: what was learned so far is hidden in it. `Veil.entry` is for before."""
        record = entry.record
        data = {name: self._shown(value, name in _FREE) for name, value in record.data.items()}
        return replace(entry, record=replace(record, data=data))

    def _shown(self, value: Value, free: bool) -> Value:
        if isinstance(value, str):
            return HIDDEN if free and value != HIDDEN and self.hides(value) else value
        if isinstance(value, Mapping):
            return {str(name): self._shown(part, free or name in _FREE) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._shown(part, free) for part in value]
        if free and isinstance(value, int | float) and not isinstance(value, bool):
            return HIDDEN if self.hides(str(value)) else value
        return value

    def _saves(self, effect: str) -> bool:
        return self._veil is not None and self._veil.saves(effect)

    def _asked(self, data: Values) -> None:
        """What is said to a question for a personal value may be one, whether it was understood or not."""
        question, said = _mapping(data.get("question")), _mapping(data.get("said"))
        awaited = question.get("awaited")
        if isinstance(awaited, list | tuple) and self._names & {str(name) for name in awaited}:
            texts = [said.get("text"), *_list(said.get("alternatives"))]
            self._texts |= {words for text in texts if len(words := words_of(str(text))) > 1 or _tells(words)}

    def _values(self, values: Values) -> None:
        for name, value in values.items():
            if name in self._names:
                self._value(value)

    def _value(self, value: Value) -> None:
        """All that a personal value is made of."""
        if isinstance(value, bool) or value is None or value == HIDDEN:
            return
        if isinstance(value, Mapping):
            for part in value.values():
                self._value(part)
        elif isinstance(value, list | tuple):
            for part in value:
                self._value(part)
        else:
            words = with_figures(words_of(str(value)))
            self._words |= {word for word in words if len(word) > 1} - _COMMON
            figures = "".join(word for word in words if word.isdecimal())
            self._figures |= {figures} if len(figures) >= RUN else set()


def shown(entries: Sequence[LogEntry], veil: Veil | None) -> tuple[LogEntry, ...]:
    """A whole log as it may be shown to whom may not see personal values. None: nobody knows what is personal in it."""
    hush = Hush(veil)
    veiled = tuple(veil.entry(entry) for entry in entries) if veil is not None else tuple(entries)
    for entry in entries:
        hush.learn(entry)
    return tuple(hush.entry(entry) for entry in veiled)


def _tells(words: tuple[str, ...]) -> bool:
    return bool(words) and words[0] not in _COMMON


def _mapping(value: Value) -> Values:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list | tuple) else ()
