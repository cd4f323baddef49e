"""A text as it is said, and how written places are claimed by the kinds of writing that are said otherwise."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class English(StrEnum):
    """Whose English: it decides dates, hours, phone numbers and "and" in numbers."""

    US = "US"
    GB = "GB"


@dataclass(frozen=True, slots=True)
class Piece:
    """Something written that is said as a whole: a word with its punctuation, a price, a code."""

    end: int
    """Place in the written text just after it."""
    words: int
    """How many words of the spoken text have been said when it is over; not fewer than for the piece before."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What to say for a written text."""

    text: str
    """Words in single spaces, with the punctuation that makes pauses. Empty: there is nothing to say."""
    pieces: tuple[Piece, ...]
    """In order; the last ends with the written text and with the spoken one."""


Say: TypeAlias = Callable[[re.Match[str], English], str | None]
"""What a match is said as; None: it is not what it looked like."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of writing that is not said as it is written."""

    pattern: re.Pattern[str]
    say: Say


def rule(pattern: str, say: Say, flags: re.RegexFlag = re.RegexFlag.NOFLAG) -> Rule:
    """A rule from the source of its pattern."""
    return Rule(re.compile(pattern, flags), say)


_SIGNS = ".,;:?!"
_STRENGTH = {",": 1, ";": 2, ":": 2, ".": 3, "!": 4, "?": 4}
"""Of two signs at one place the stronger is said."""
_TOKEN = re.compile(r"\S+")


def spoken(written: str, rules: Sequence[Rule], english: English, plain: Callable[[str], str]) -> Spoken:
    """Apply rules, the earlier before the later, to places no earlier one has claimed; what none claims is said as
    `plain` makes of it, token by token."""
    claims = _claims(written, rules, english)
    units = _Units()
    place = 0
    for start, end, said in claims:
        _plain_units(written, place, start, plain, units)
        units.add(said, end)
        place = end
    _plain_units(written, place, len(written), plain, units)
    return units.spoken(len(written))


def _claims(written: str, rules: Sequence[Rule], english: English) -> list[tuple[int, int, str]]:
    taken = bytearray(len(written))
    claims: list[tuple[int, int, str]] = []
    for one in rules:
        for match in one.pattern.finditer(written):
            start, end = match.span()
            if start == end or any(taken[start:end]):
                continue
            said = one.say(match, english)
            if said is not None:
                taken[start:end] = b"\1" * (end - start)
                claims.append((start, end, said))
    return sorted(claims)


def _plain_units(written: str, start: int, end: int, plain: Callable[[str], str], units: "_Units") -> None:
    for token in _TOKEN.finditer(written, start, end):
        units.add(plain(token[0]), token.end())


class _Units:
    """What is said so far, unit by unit."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._pieces: list[Piece] = []

    def add(self, said: str, end: int) -> None:
        """Something written that ends at `end` is said so. Punctuation joins the word before it."""
        for word in said.split():
            sign = word.lstrip(_SIGNS)
            if len(sign) < len(word):
                self._sign(word[: len(word) - len(sign)])
            if sign:
                self._words.append(sign)
        if self._pieces and self._pieces[-1].words == len(self._words):
            self._pieces.pop()
        if self._words:
            self._pieces.append(Piece(end, len(self._words)))

    def _sign(self, signs: str) -> None:
        """A sign after the last word; at the very beginning there is none to take it."""
        if not self._words:
            return
        last = self._words[-1]
        bare = last.rstrip(_SIGNS)
        strongest = max(last[len(bare) :] + signs, key=lambda sign: _STRENGTH[sign])
        self._words[-1] = bare + strongest

    def spoken(self, length: int) -> Spoken:
        """All of it. The last piece ends with the written text."""
        pieces = list(self._pieces)
        if pieces:
            pieces[-1] = Piece(length, len(self._words))
        return Spoken(" ".join(self._words), tuple(pieces))


def alternatives(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
