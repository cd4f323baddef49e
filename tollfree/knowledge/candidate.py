"""What a search finds, and the seam to what is searched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.base import StoredPassage


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage that a leg of the search found."""

    passage: StoredPassage
    words: str
    """Its searched words in order, each with a space on both sides."""
    vector: NDArray[np.float32]


class Searchable(Protocol):
    """A project's passages, searched by vector and by word. Each leg finds places, and what lies at all of them is
    fetched in one trip."""

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """Where the passages lie whose vectors are nearest, nearest first."""
        ...

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """Where the passages lie that any of the words are in, best BM25 first. Words as `words_of` gives them."""
        ...

    async def at(self, places: Sequence[int]) -> list[Candidate]:
        """What lies there, in this order. Raises `IndexUnusable` when a place was left: somebody has written since it
        was found."""
        ...
