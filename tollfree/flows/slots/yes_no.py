"""Yes or no, held as a boolean."""

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.spoken.fillers import without_hesitations
from tollfree.flows.slots.spoken.words import Tokens, tokens
from tollfree.flows.slots.yes_no_words import HEDGED_NO, HEDGED_YES, NEUTRAL, NO, REPAIR, UNSURE, WEAK_YES, YES
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

_SURE_IN_MORE = frozenset("yes yeah yep yup no nope nah yea".split())
_GOES_ON = frozenset(
    """i i'd i'll i'm it it's that that's the my we we'd you please thank thanks but there they this these those can
    could let let's because""".split()
)
_HEDGE = 0.7
_MIXED = 0.5
_REPAIRED = 0.8
_IN_MORE = 0.7
MAX_CHARACTERS = 300
"""A yes or a no with its politeness is shorter."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: str
    """`yes`, `weak`, `hedge`, `no`, `doubt`, `unsure`, `repair` or `neutral`."""
    length: int


def _tables() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Phrases by their first word, longest first."""
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    lists = (
        *(("yes", YES), ("weak", WEAK_YES), ("hedge", HEDGED_YES)),
        *(("no", NO), ("doubt", HEDGED_NO), ("unsure", UNSURE), ("repair", REPAIR), ("neutral", NEUTRAL)),
    )
    for kind, text in lists:
        for line in text.replace("\n", "|").split("|"):
            phrase = tuple(line.split())
            table.setdefault(phrase[0], []).append((phrase, kind))
    return {word: tuple(sorted(held, key=lambda entry: -len(entry[0]))) for word, held in table.items()}


_PHRASES = _tables()
_SOUNDS_THAT_ANSWER = frozenset({"uh", "mm", "hm", "hmm", "huh", "nuh", "m"})


class YesNoOptions(SlotOptions):
    """Yes or no has no options."""


class YesNoSlot(SlotType[YesNoOptions]):
    """ "yeah", "that's right", "go ahead"; "nope", "not really", "I don't think so". Neither for "maybe".

    "Yeah, no" is a no and "no, yeah" a yes, as people use them, with a confidence that has it confirmed.
    """

    name: ClassVar[str] = "yes_no"
    options_model: ClassVar[type[SlotOptions]] = YesNoOptions
    value_type: ClassVar[ValueType] = ValueType.BOOLEAN
    answers_only: ClassVar[bool] = True

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        if len(said) > MAX_CHARACTERS:
            return None
        held = tokens(said)
        kinds = _kinds(held)
        if kinds is None or "unsure" in kinds:
            return None
        meant = kinds[len(kinds) - kinds[::-1].index("repair") :] if "repair" in kinds else kinds
        decided = _decide([kind for kind in meant if kind != "neutral"])
        if decided is None:
            return None
        value, confidence = decided
        return _reading(value, min(confidence, _REPAIRED) if meant is not kinds else confidence, held)

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        whole = self.read(said, facts)
        if whole is not None:
            return whole
        held = without_hesitations(tokens(said[:MAX_CHARACTERS]))
        while held and held[0].word in ("well", "oh", "so", "um", "uh"):
            held = held[1:]
        if len(held) < 2 or held[0].word not in _SURE_IN_MORE:
            return None
        if not held[1].breaks and held[1].word not in _GOES_ON:
            return None
        rest = _kinds(held[1:])
        if (rest is not None and {"unsure", "repair"} & set(rest)) or held[1].word in ("and", "or"):
            return None
        value = held[0].word.startswith("y")
        return Reading(value=value, confidence=_IN_MORE, start=held[0].start, end=held[0].end)

    def check(self, value: Value) -> Value:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("yes", "no"):
            return value.lower() == "yes"
        raise InvalidValue("I need a yes or a no.")

    def say(self, value: Value, facts: CallFacts) -> str:
        return self.canonical(value)

    def canonical(self, value: Value) -> str:
        return "yes" if self.check(value) else "no"

    def keys(self, keys: str, facts: CallFacts) -> Reading | None:
        return Reading(value=keys == "1") if keys in ("1", "2") else None

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.SHORT, vocabulary=("yes", "no"), keypad=Keypad(max_length=1))


def _kinds(held: Tokens) -> list[str] | None:
    """What each phrase of the utterance says; None when some words belong to no phrase."""
    words = [token.word for token in held]
    kinds: list[str] = []
    place = 0
    while place < len(words):
        phrase = _phrase_at(words, place)
        if phrase is None:
            if words[place] not in _SOUNDS_THAT_ANSWER and without_hesitations(held[place : place + 1]):
                return None
            place += 1
            continue
        kinds.append(phrase.kind)
        place += phrase.length
    return kinds


def _phrase_at(words: list[str], place: int) -> _Phrase | None:
    for phrase, kind in _PHRASES.get(words[place], ()):
        if tuple(words[place : place + len(phrase)]) == phrase:
            return _Phrase(kind, len(phrase))
    return None


def _decide(kinds: list[str]) -> tuple[bool, float] | None:
    """Yes or no with a confidence, from what each phrase says."""
    runs = [kind for kind, _ in groupby(kind for kind in kinds if kind in ("yes", "no"))]
    if not runs:
        if "doubt" in kinds:
            return (False, _HEDGE) if not {"weak", "hedge"} & set(kinds) else None
        if "weak" in kinds:
            return True, 1.0
        return (True, _HEDGE) if "hedge" in kinds else None
    if len(runs) > 2 or ("doubt" in kinds and "yes" in runs):
        return None
    value = runs[-1] == "yes"
    if len(runs) == 2:
        return value, _MIXED
    if value:
        return True, 1.0
    if "hedge" in kinds or "weak" in kinds[kinds.index("no") :]:
        return False, _MIXED
    return False, 0.9 if "weak" in kinds else 1.0


def _reading(value: bool, confidence: float, held: Tokens) -> Reading:
    return Reading(value=value, confidence=confidence, start=held[0].start, end=held[-1].end)
