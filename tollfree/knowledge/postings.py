"""The words of many passages in memory: in which each is, and what a match is worth."""

import math
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.fusion import K1, B


class Postings:
    """Which words are in which passages and how often; some 5 bytes for each."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._pieces: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]] = []
        self._lengths: list[NDArray[np.float32]] = []
        self._passages = 0

    def add(self, texts: Sequence[str]) -> None:
        """Further passages, in order; the words of each with spaces between them."""
        words = [text.split() for text in texts]
        numbers = self._numbers
        flat = np.fromiter((numbers.setdefault(word, len(numbers)) for word in chain.from_iterable(words)), np.int64)
        lengths = np.array([len(one) for one in words], np.int64)
        places = np.repeat(np.arange(len(texts)), lengths)
        found, times = np.unique(flat * len(texts) + places, return_counts=True)
        word, place = np.divmod(found, max(1, len(texts)))
        often = np.minimum(times, np.iinfo(np.uint8).max).astype(np.uint8)
        self._pieces.append((word.astype(np.int32), (place + self._passages).astype(np.int32), often))
        self._lengths.append(lengths.astype(np.float32))
        self._passages += len(texts)

    def whole(self) -> "Postings":
        """The same, ready to be searched."""
        words, places, times = (np.concatenate(parts) for parts in zip(*self._pieces, strict=True))
        order = np.argsort(words, kind="stable")
        self._places, self._times = places[order], times[order]
        self._starts = np.searchsorted(words[order], np.arange(len(self._numbers) + 1))
        lengths = np.concatenate(self._lengths)
        self._bound = (K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean())))).astype(np.float32)
        self._pieces, self._lengths = [], []
        return self

    def scores(self, words: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every passage; nought: none of the words is in it."""
        scores = np.zeros(self._passages, np.float32)
        for word in dict.fromkeys(words):
            if (number := self._numbers.get(word)) is None:
                continue
            found = slice(self._starts[number], self._starts[number + 1])
            places, times = self._places[found], self._times[found].astype(np.float32)
            worth = math.log1p((self._passages - len(places) + 0.5) / (len(places) + 0.5))
            scores[places] += worth * (K1 + 1) * times / (times + self._bound[places])
        return scores
