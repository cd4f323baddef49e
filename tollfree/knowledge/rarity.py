"""How rare a project's words are: what a match of a word in a passage is worth."""

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

SAMPLE = 2000
"""Passages that are counted. A word's weight is a logarithm, so a sample is enough, and it bounds time (60 ms) and
memory however large the project is."""
CHANGED = 0.1
"""Share by which the number of passages changes before they are counted anew."""


class Rarity:
    """In how many of a project's passages each word is."""

    def __init__(self, passages: Sequence[str] = ()) -> None:
        """`passages`: the words of each, as `Candidate.words`."""
        self._version = -1
        self._in_all = 0
        self._counting = asyncio.Lock()
        self._count(passages)

    async def follow(self, index: "PassageIndex", version: int) -> None:
        """Count again when the index, which has this version now, has changed much."""
        async with self._counting:
            if version == self._version:
                return
            count = await index.count()
            if not self._in_all or abs(count - self._in_all) > CHANGED * self._in_all:
                words = await index.sample_of_words(SAMPLE)
                await asyncio.to_thread(self._count, words)
                self._in_all = count
            self._version = version  # last: a count that was broken off is made anew

    def weight(self, word: str) -> float:
        """Inverse document frequency as BM25 has it: ln(1 + (N - n + 1/2) / (n + 1/2)), for a word that is in n of N
        passages. Never negative; largest for a word that is in none."""
        found = self._passages_with.get(word, 0)
        return math.log1p((self._total - found + 0.5) / (found + 0.5))

    @property
    def in_all(self) -> int:
        """How many passages there were when they were last counted, those beyond the sample too."""
        return self._in_all

    @property
    def passages(self) -> int:
        """How many were counted."""
        return self._total

    @property
    def mean_length(self) -> float:
        """Words of a passage, on average; at least 1."""
        return self._mean_length

    def _count(self, passages: Sequence[str]) -> None:
        counts: Counter[str] = Counter()
        length = 0
        for passage in passages:
            words = passage.split()
            length += len(words)
            counts.update(set(words))
        self._passages_with: Mapping[str, int] = counts
        self._total = len(passages)
        self._mean_length = max(1.0, length / len(passages)) if passages else 1.0
