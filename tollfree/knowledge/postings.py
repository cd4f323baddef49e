"""The words of many passages: in which each is, and what a match is worth."""

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.fusion import K1, B
from tollfree.knowledge.vocabulary import Arrays, Vocabulary


class PostingsWriter:
    """Counts words."""

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

    def written(self) -> "Postings":
        """What was counted."""
        vocabulary = Vocabulary.of(self._numbers)
        ranks = np.empty(len(self._numbers), np.int32)
        for word, number in self._numbers.items():
            ranks[number] = cast(int, vocabulary.number(word))
        words = ranks[np.concatenate([word for word, _, _ in self._pieces])]
        order = np.argsort(words, kind="stable")
        starts = np.zeros(len(vocabulary) + 1, np.int64)
        np.cumsum(np.bincount(words, minlength=len(vocabulary)), out=starts[1:])
        places = np.concatenate([place for _, place, _ in self._pieces])[order]
        times = np.concatenate([often for _, _, often in self._pieces])[order]
        lengths = np.concatenate(self._lengths)
        bound = (K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean())))).astype(np.float32)
        return Postings(vocabulary, starts, places, times, bound)


class Postings:
    """Which words are in which passages and how often; some 5 bytes for each."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        starts: NDArray[np.int64],
        places: NDArray[np.int32],
        times: NDArray[np.uint8],
        bound: NDArray[np.float32],
    ) -> None:
        """`starts`: of each word's passages among `places` and `times`; `bound`: BM25's, of each passage."""
        self._vocabulary = vocabulary
        self._starts, self._places, self._times, self._bound = starts, places, times, bound

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Postings":
        """Of some passages; at least one."""
        writer = PostingsWriter()
        writer.add(texts)
        return writer.written()

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Postings":
        """What `arrays` gave."""
        vocabulary = Vocabulary(cast(NDArray[np.uint8], arrays["letters"]), cast(NDArray[np.int64], arrays["ends"]))
        return cls(
            vocabulary,
            cast(NDArray[np.int64], arrays["starts"]),
            cast(NDArray[np.int32], arrays["places"]),
            cast(NDArray[np.uint8], arrays["times"]),
            cast(NDArray[np.float32], arrays["bound"]),
        )

    def arrays(self) -> Arrays:
        """All of it."""
        letters, ends = self._vocabulary.letters, self._vocabulary.ends
        return {
            "letters": letters,
            "ends": ends,
            "starts": self._starts,
            "places": self._places,
            "times": self._times,
            "bound": self._bound,
        }

    def scores(self, words: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every passage; nought: none of the words is in it."""
        passages = len(self._bound)
        scores = np.zeros(passages, np.float32)
        for word in dict.fromkeys(words):
            if (number := self._vocabulary.number(word)) is None:
                continue
            found = slice(int(self._starts[number]), int(self._starts[number + 1]))
            places, times = self._places[found], self._times[found].astype(np.float32)
            worth = math.log1p((passages - len(places) + 0.5) / (len(places) + 0.5))
            scores[places] += worth * (K1 + 1) * times / (times + self._bound[places])
        return scores
