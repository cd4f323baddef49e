"""Finds which of some named things was said: exact, in the plural, in part, or as a recogniser misheard it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from tollfree.flows.slots.calendar.numbers import TENS, UNITS
from tollfree.flows.slots.spoken.words import Tokens, tokens

_SMALL_WORDS = frozenset(
    "a an the of and with in on for some any my your our his her their this that these those".split()
)
"""Words that tell nothing apart ("a box of the red tea")."""
_FIGURES = {word: str(value) for word, value in UNITS.items()} | {word: str(value * 10) for word, value in TENS.items()}
_SYMBOLS = {"&": "and", "+": "plus", "@": "at", "%": "percent"}
_FUZZY = 84.0
"""Least similarity (rapidfuzz ratio, 0 to 100) of a misheard name: one letter in six may differ."""
_MARGIN = 8.0
"""How much better than the next name it must be."""
_LEAST_FUZZY_LETTERS = 3
"""Shorter names are too easily other words."""
_LONGEST_NAME = 10
"""Words of a name that are looked for."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that was named."""

    name: str
    confidence: float
    start: int
    """First token of the words."""
    end: int
    """One past their last token."""


def key_of(text: str) -> Key:
    """What a name is compared by: words in the singular, without accents and articles, numbers in figures."""
    held = tokens(text)
    return tuple(part for part in _all_parts(held) if part not in _SMALL_WORDS) or _all_parts(held)


def _all_parts(held: Tokens) -> Key:
    return tuple(part for token in held if (part := _part(token.word)))


@lru_cache(maxsize=10_000)  # every word of an utterance is in many windows
def _part(word: str) -> str:
    """What a word is compared by; empty for one that is nothing but signs."""
    word = _SYMBOLS.get(word, word)
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    bare = re.sub(r"'s?\b|'", "", bare)
    return singular(_FIGURES.get(bare, bare)) if bare else ""


def singular(word: str) -> str:
    """A form that singular and plural share ("pie" and "pies", "box" and "boxes"); it need not be a word."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 3 and word.endswith("ie"):
        return word[:-2] + "y"
    if len(word) > 3 and (word.endswith("oe") or word.endswith(("che", "she", "xe", "ze", "sse"))):
        return word[:-1]
    return word


class Phrases:
    """An immutable index of names and the phrases that mean them."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        """`phrases`: for every name its other phrases; the name itself counts first. A phrase that two names claim
        means neither, unless it is the name of one of them."""
        names = {key: name for name in phrases if (key := key_of(name))}
        claimed: dict[Key, set[str]] = {}
        for name, others in phrases.items():
            for phrase in others:
                if key := key_of(phrase):
                    claimed.setdefault(key, set()).add(name)
        self._exact = {key: min(held) for key, held in claimed.items() if len(held) == 1} | names
        self._joined = {"".join(key): name for key, name in self._exact.items()}
        self._distinct = {key for key, held in claimed.items() if len(held) > 1} - set(names)
        self._by_word = _by_word(self._exact)
        self._audible = tuple(_Audible.of(key, name) for key, name in self._exact.items())
        self._longest = min(max((len(key) for key in self._exact), default=0) + 2, _LONGEST_NAME)

    def whole(self, held: Tokens) -> Named | None:
        """All the tokens as one name."""
        key = self._key(held)
        if not key or len(key) > 2 * _LONGEST_NAME or key in self._distinct:
            return None
        name, sure = self._exact.get(key), 1.0
        if name is None:
            name, sure = self._joined.get("".join(key)), 0.95
        if name is None:
            name, sure = self._partly(key), 0.8
        if name is None:
            name, sure = self._misheard(key)
        return Named(name, sure, 0, len(held)) if name is not None else None

    def everywhere(self, held: Tokens, loosely: bool = False) -> tuple[Named, ...]:
        """Every name said, in order, the longest first where they overlap. `loosely`: misheard ones too."""
        found: list[Named] = []
        place = 0
        while place < len(held):
            named = self._at(held, place, loosely)
            if named is None:
                place += 1
            else:
                found.append(named)
                place = named.end
        return tuple(found)

    def _at(self, held: Tokens, place: int, loosely: bool) -> Named | None:
        if held[place].word in _SMALL_WORDS and key_of(held[place].word) not in self._exact:
            return None
        for end in range(min(place + self._longest, len(held)), place, -1):
            key = self._key(held[place:end])
            name = self._exact.get(key) if key else None
            if name is None and key and end - place > 1:
                name = self._joined.get("".join(key))
            if name is not None:
                return Named(name, 1.0, place, end)
        if not loosely:
            return None
        for end in range(min(place + self._longest, len(held)), place, -1):
            name, sure = self._misheard(self._key(held[place:end]))
            if name is not None and sure > 0.6:
                return Named(name, sure * 0.9, place, end)
        return None

    def _key(self, held: Tokens) -> Key:
        parts = _all_parts(held)
        return tuple(part for part in parts if part not in _SMALL_WORDS) or parts

    def _partly(self, key: Key) -> str | None:
        """The only name that has all these words."""
        common = set(self._by_word.get(key[0], ()))
        for word in key[1:]:
            common &= self._by_word.get(word, frozenset())
        return next(iter(common)) if len(common) == 1 and any(len(word) > 2 for word in key) else None

    def _misheard(self, key: Key) -> tuple[str | None, float]:
        """The name that sounds or looks most like these words, if one is near and clearly nearer than the others."""
        said = " ".join(key)
        if len(said) < _LEAST_FUZZY_LETTERS or len(said) > 80 or said.isdecimal():
            return None, 0.0
        joined, figures = "".join(key), _figures(key)
        best: dict[str, float] = {}
        for other in self._audible:
            if len(other.text) < _LEAST_FUZZY_LETTERS or other.figures != figures:
                continue
            # A name farther off than this is as good as none, and found so without comparing every letter.
            score = max(
                fuzz.ratio(said, other.text, score_cutoff=_FUZZY - _MARGIN),
                fuzz.ratio(joined, other.joined, score_cutoff=_FUZZY - _MARGIN),
            )
            if score:
                best[other.name] = max(best.get(other.name, 0.0), score)
        ranked = sorted(best.items(), key=lambda entry: -entry[1])
        if not ranked or ranked[0][1] < _FUZZY:
            return None, 0.0
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN:
            return None, 0.0
        return ranked[0][0], round(0.5 + (ranked[0][1] - _FUZZY) / (100 - _FUZZY) * 0.3, 3)


def _figures(key: Key) -> Key:
    """Numbers are never misheard into others: "two litre" is not "five litre"."""
    return tuple(part for part in key if part.isdecimal())


@dataclass(frozen=True, slots=True)
class _Audible:
    """A phrase as misheard words are held against it."""

    name: str
    text: str
    joined: str
    figures: Key

    @classmethod
    def of(cls, key: Key, name: str) -> "_Audible":
        return cls(name, " ".join(key), "".join(key), _figures(key))


def _by_word(exact: Mapping[Key, str]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for key, name in exact.items():
        for word in key:
            names.setdefault(word, set()).add(name)
    return {word: frozenset(held) for word, held in names.items()}


def clashes(names: Iterable[str]) -> list[str]:
    """Names that sound like an earlier one, or have no letter or figure to be heard by."""
    seen: set[Key] = set()
    bad: list[str] = []
    for name in names:
        key = key_of(name)
        if not key or key in seen:
            bad.append(name)
        seen.add(key)
    return bad
