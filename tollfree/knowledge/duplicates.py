"""Passages that say the same are found once."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

ALIKE = 0.9
"""Share of two passages' words that both have, from which they are taken for the same: a page and its print version,
two editions of a policy that differ in a date are not, as figures must be equal."""


class _HasWords(Protocol):
    @property
    def words(self) -> str: ...


T = TypeVar("T", bound=_HasWords)


def first_of_each(ranked: Sequence[T], most: int) -> list[T]:
    """The first so many that are not near-duplicates of one before them."""
    kept: list[tuple[T, frozenset[str]]] = []
    for one in ranked:
        if len(kept) >= most:
            break
        words = frozenset(one.words.split())
        if not any(_alike(words, other) for _, other in kept):
            kept.append((one, words))
    return [one for one, _ in kept]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    if shared < ALIKE * len(one | other):
        return False
    return not any(_figure(word) for word in one ^ other)


def _figure(word: str) -> bool:
    return any(character.isdecimal() for character in word)
