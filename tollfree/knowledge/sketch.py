"""The vectors of many passages in memory, as short codes: the nearest of 100,000 are found there in two milliseconds,
by LanceDB's index in ten (`benchmarks/retrieval.py`).

A code is a vector's signs, a bit a number; vectors that point the same way differ in few of them. Those whose codes are
nearest are compared again by the vector itself, kept with eight bits a number. Of the thirty nearest among 100,000
this finds 98.5 %, the partitions of LanceDB's index as many. Both steps are old: Charikar, "Similarity estimation
techniques from rounding algorithms" (2002), and the second look that every coarse code needs.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.vocabulary import Arrays

LOOKED_AT = 20
"""Vectors compared again for each that is wanted."""
STEPS = 127
"""Of a number in eight bits, from nought to the largest."""
WORD = 64
"""Bits that are compared at once."""


class SketchWriter:
    """Makes codes."""

    def __init__(self) -> None:
        self._codes: list[NDArray[np.uint64]] = []
        self._numbers: list[NDArray[np.int8]] = []
        self._scales: list[NDArray[np.float32]] = []

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Further vectors, a row each."""
        scales = np.maximum(np.abs(vectors).max(1), np.finfo(np.float32).tiny) / STEPS
        self._codes.append(np.ascontiguousarray(_codes(vectors).T))
        self._numbers.append(np.rint(vectors / scales[:, None]).astype(np.int8))
        self._scales.append(scales.astype(np.float32))

    def written(self) -> "Sketch":
        """What was made."""
        return Sketch(np.concatenate(self._codes, axis=1), np.concatenate(self._numbers), np.concatenate(self._scales))


class Sketch:
    """About 1.15 bytes for each number of each vector."""

    def __init__(self, codes: NDArray[np.uint64], numbers: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        """`codes`: shape (words, vectors); `numbers`: (vectors, dimensions), in steps of `scales`."""
        self._codes, self._numbers, self._scales = codes, numbers, scales

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Sketch":
        """What `arrays` gave."""
        return cls(
            cast(NDArray[np.uint64], arrays["codes"]),
            cast(NDArray[np.int8], arrays["numbers"]),
            cast(NDArray[np.float32], arrays["scales"]),
        )

    def arrays(self) -> Arrays:
        """All of it."""
        return {"codes": self._codes, "numbers": self._numbers, "scales": self._scales}

    def nearest(
        self, vector: NDArray[np.float32], limit: int, among: NDArray[np.bool_] | None = None
    ) -> NDArray[np.intp]:
        """The places of those that are nearest, nearest first, `among` those that are marked."""
        apart = np.zeros(len(self._scales), np.uint16)
        for bits, asked in zip(self._codes, _codes(vector[None])[0], strict=True):
            apart += np.bitwise_count(bits ^ asked)
        if among is not None:
            apart[~among] = np.iinfo(np.uint16).max
        again = min(len(self._scales) if among is None else int(among.sum()), limit * LOOKED_AT)
        if not again:
            return np.array([], np.intp)
        near = np.argpartition(apart, again - 1)[:again]
        cosines = (self._numbers[near].astype(np.float32) @ vector) * self._scales[near]
        return near[np.argsort(-cosines, kind="stable")[:limit]]


def _codes(vectors: NDArray[np.float32]) -> NDArray[np.uint64]:
    """The signs of each, a bit a number, in words; a length that no word divides is filled up."""
    missing = -vectors.shape[1] % WORD
    return np.packbits(np.pad(vectors > 0, ((0, 0), (0, missing))), axis=1).view(np.uint64)
