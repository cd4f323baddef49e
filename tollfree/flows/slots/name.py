"""A person's name, read as callers say or spell it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from rapidfuzz import fuzz

from tollfree.flows.slots.base import InvalidValue, SlotOptions, SlotType
from tollfree.flows.slots.letters import letter_at
from tollfree.flows.slots.name_words import (
    ANNOUNCEMENTS,
    CLOSINGS,
    INTRODUCTIONS,
    LAST_NAME,
    NAMES_TOO,
    NEVER_A_NAME,
    NEVER_ALONE,
    NOT_AFTER_I_AM,
    PARTICLES,
    SPELLED,
    TITLES,
)
from tollfree.flows.slots.spoken.fillers import without_hesitations
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Tokens, tokens
from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.question import Reading
from tollfree.protocol.values import Value, ValueType

MAX_CHARACTERS = 300
_MOST_WORDS = 5
_LONGEST = 80
_SHAPE = re.compile(r"[^\W\d_]+(?:['’.-]{1,2}[^\W\d_]+)*\.?")
_ALONE = 0.8
"""A single word may be another word than a name."""
_ALIKE = 60.0
"""Least similarity (rapidfuzz ratio) of a spelled name to the one said for it to replace that one."""
_I = frozenset({("i'm",), ("i", "am"), ("im",)})
_I_AM = frozenset(
    {("i'm",), ("i", "am"), ("this", "is"), ("it's",), ("it", "is"), ("for",), ("under",), ("im",), ("that's",)}
)
"""Announcements that more than names follow."""


class NameOptions(SlotOptions):
    """A name has no options."""


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    confidence: float
    start: int
    end: int


class NameSlot(SlotType[NameOptions]):
    """ "it's Jane Doe", "this is Jane from Springfield", "J-A-N-E", "Jane, spelled j a y n e"."""

    name: ClassVar[str] = "name"
    options_model: ClassVar[type[SlotOptions]] = NameOptions
    value_type: ClassVar[ValueType] = ValueType.TEXT

    def read(self, said: str, facts: CallFacts) -> Reading | None:
        if len(said) > MAX_CHARACTERS:
            return None
        plain = re.sub(r"\s+", " ", said)
        held = tokens(plain)
        found = _of(held, plain)
        if found is None:
            tries = attempts(held)
            found = _of(tries[-1], plain) if len(tries) > 1 else None
        if found is None or not _is_stable(found.text):
            return None
        return Reading(value=found.text, confidence=found.confidence, start=found.start, end=found.end)

    def find(self, said: str, facts: CallFacts, cues: tuple[str, ...] = ()) -> Reading | None:
        held = tokens(said[: 4 * MAX_CHARACTERS])
        words = [token.word for token in held]
        found: dict[str, _Name] = {}
        for place in range(min(len(held), 200)):
            length = _phrase_at(words, place, ANNOUNCEMENTS)
            phrase = tuple(words[place : place + length])
            if phrase not in INTRODUCTIONS:
                continue
            name = _leading(held[place + length :], said, careful=phrase in _I_AM)
            if name is not None and not (phrase in _I and _is_doing(name.text)):
                found[name.text] = name
        if len(found) != 1:
            return None
        name = next(iter(found.values()))
        if not _is_stable(name.text):
            return None
        return Reading(value=name.text, confidence=name.confidence * 0.9, start=name.start, end=name.end)

    def check(self, value: Value) -> Value:
        if not isinstance(value, str):
            raise InvalidValue("I need a name.")
        parts = unicodedata.normalize("NFC", value).split()
        if len(value) > MAX_CHARACTERS:
            raise InvalidValue("I need a name.")
        text = cased(parts)
        if not _is_stable(text):
            raise InvalidValue("I need a name.")
        return text

    def say(self, value: Value, facts: CallFacts) -> str:
        return str(self.check(value))

    def canonical(self, value: Value) -> str:
        return str(self.check(value))

    def expectation(self) -> Expectation:
        return Expectation(patience=Patience.SPELLING)


def _of(held: Tokens, said: str) -> _Name | None:
    """The tokens as one name, with its announcement, its spelling and what people say after it."""
    held = without_hesitations(held)
    words = [token.word for token in held]
    start, careful, doing = 0, False, False
    while start < len(held):
        length = _phrase_at(words, start, ANNOUNCEMENTS)
        if not length:
            break
        phrase = tuple(words[start : start + length])
        careful, doing = phrase in _I_AM, phrase in _I
        start += length
    while start < len(held) and words[start] in TITLES:
        start += 1
    end = len(held)
    while end > start:
        length = max((len(c) for c in CLOSINGS if tuple(words[max(start, end - len(c)) : end]) == c), default=0)
        if not length:
            break
        end -= length
    origin = next((place for place in range(start + 1, end) if words[place] in ("from", "calling", "speaking")), end)
    held = _once(_without_hint(_without_inner(held[start:origin])))
    if doing and _is_doing(" ".join(token.word for token in held)):
        return None
    return _spelled(held, said) or _said(held, said, careful)


def _is_doing(text: str) -> bool:
    """Whether what follows "I'm" is one word in -ing: "I'm driving" rather than "I'm Sterling Archer"."""
    return " " not in text and len(text) > 5 and text.lower().endswith("ing")


def _is_stable(text: str) -> bool:
    """Whether the name, read back, is heard as itself, and fits."""
    parts = text.split()
    if not 1 <= len(parts) <= _MOST_WORDS or len(text) > _LONGEST or not all(map(_is_name_part, parts)):
        return False
    found = _of(tokens(text), text)
    return found is not None and found.text == text == cased(parts)


def _phrase_at(words: list[str], place: int, phrases: frozenset[tuple[str, ...]]) -> int:
    for length in range(6, 0, -1):
        if tuple(words[place : place + length]) in phrases and place + length <= len(words):
            return length
    return 0


def _without_hint(held: Tokens) -> Tokens:
    """ "Sarah with an h Jones" without the hint, if the name as heard has that letter."""
    words = [token.word for token in held]
    for place in range(1, len(words) - 2):
        if words[place : place + 2] not in (["with", "a"], ["with", "an"], ["without", "an"], ["with", "no"]):
            continue
        letter = words[place + 2]
        wanted = words[place] == "with" and words[place + 1] != "no"
        if len(letter) == 1 and (letter in "".join(words[:place])) == wanted:
            return (*held[:place], *held[place + 3 :])
    return held


def _once(held: Tokens) -> Tokens:
    """ "Bond, James Bond" without the name said twice."""
    twice = len(held) > 2 and held[1].breaks and held[0].word == held[-1].word
    return held[1:] if twice else held


def _without_inner(held: Tokens) -> Tokens:
    """ "Jane, last name Doe" without what announces the second part."""
    words = [token.word for token in held]
    for place in range(1, len(held)):
        for phrase in LAST_NAME:
            if tuple(words[place : place + len(phrase)]) == phrase:
                return (*held[:place], *held[place + len(phrase) :])
    return held


def _said(held: Tokens, said: str, careful: bool) -> _Name | None:
    """All the tokens as the words of a name."""
    parts = _parts(held, said)
    if not 1 <= len(parts) <= _MOST_WORDS or any(_never(part, place) for place, part in enumerate(parts)):
        return None
    first = parts[0].lower()
    if (careful and first in NOT_AFTER_I_AM) or (len(parts) == 1 and first in NEVER_ALONE):
        return None
    if not all(map(_is_name_part, parts)) or all(part.lower() in PARTICLES - NAMES_TOO for part in parts):
        return None
    if all(len(part) == 1 and part.isascii() for part in parts):
        return None
    text = cased(parts)
    if len(text) > _LONGEST:
        return None
    return _Name(text, 1.0 if len(parts) > 1 else _ALONE, held[0].start, held[-1].end)


def _leading(held: Tokens, said: str, careful: bool) -> _Name | None:
    """The name that an utterance goes on with: as many words as can be one."""
    taken = 0
    while taken < min(len(held), _MOST_WORDS) and (taken == 0 or not held[taken].breaks):
        part = held[taken].word
        if _never(part) or not part.replace("'", "").isalpha() or (careful and part in NOT_AFTER_I_AM):
            break
        taken += 1
    for count in range(taken, 0, -1):
        if held[count - 1].word not in PARTICLES:
            return _said(held[:count], said, careful)
    return None


def _parts(held: Tokens, said: str) -> list[str]:
    """The words of a name as they were written; hyphened ones are one."""
    parts: list[str] = []
    for token in held:
        written = unicodedata.normalize("NFC", token.text)
        if parts and token.before in ("-", "'", "’"):
            parts[-1] += token.before + written
        elif parts and parts[-1].lower() in ("o", "oh") and len(written) > 2 and token.before in (" ", "' ", ""):
            parts[-1] = "o'" + written.lower()
        else:
            parts.append(written)
    return parts


def _spelled(held: Tokens, said: str) -> _Name | None:
    """A name in letters, alone or after the words it spells: "Jane, that's j a y n e"."""
    words = tuple(token.word for token in held)
    for place in range(len(held)):
        spelled = _letters(words[place:])
        if spelled is None:
            continue
        before = held[:place]
        while before and before[-1].word in SPELLED:
            before = before[:-1]
        if not before:
            return _Name(cased([spelled]), _ALONE, held[0].start, held[-1].end)
        name = _said(before, said, False)
        return _respelled(name, spelled, held) if name is not None else None
    return None


def _letters(words: tuple[str, ...]) -> str | None:
    """The letters, if the words are nothing but three or more of them ("j o" may be a name's initials)."""
    text, place, count = "", 0, 0
    while place < len(words):
        letter = letter_at(words, place)
        if letter is None:
            return None
        text, place, count = text + letter[0], letter[1], count + 1
    return text if count >= 2 and len(text) >= 3 else None


def _respelled(name: _Name, spelled: str, held: Tokens) -> _Name | None:
    """The name with the spelling in place of the word, or of the whole, that it is nearest to."""
    parts = name.text.split()
    joined = "".join(parts).lower()
    if spelled == joined:
        return _Name(name.text, 1.0, name.start, held[-1].end)
    scores = [fuzz.ratio(spelled, part.lower()) for part in parts]
    best = max(range(len(parts)), key=lambda place: scores[place])
    if scores[best] < _ALIKE:
        return None
    parts[best] = spelled
    return _Name(cased(parts), 1.0, name.start, held[-1].end)


def _never(part: str, place: int = 0) -> bool:
    """Whether a word cannot be part of a name; "A" behind a first name is an initial."""
    return part.lower() in NEVER_A_NAME and not (place and len(part) == 1 and part.isupper())


def _is_name_part(part: str) -> bool:
    return _SHAPE.fullmatch(part) is not None and len(part) <= 40


def cased(parts: list[str]) -> str:
    """Capitals as names have them: "jane o'brien" → "Jane O'Brien", "ludwig van der berg" → "Ludwig van der Berg",
    "McDonald". A word that mixes them within ("DeShawn") stays."""
    return " ".join(_cased(part, place) for place, part in enumerate(parts))


def _cased(part: str, place: int) -> str:
    if place and part.lower() in PARTICLES:
        return part.lower()
    if not part.islower() and not part.isupper() and not part.istitle() and part[0].isupper():
        return part
    pieces = re.split(r"(['’-])", part.lower())
    text = "".join(
        piece[:1].upper() + piece[1:] if piece != "s" or at == 0 else piece for at, piece in enumerate(pieces)
    )
    if text.startswith("Mc") and len(text) > 3:
        text = "Mc" + text[2].upper() + text[3:]
    return text
