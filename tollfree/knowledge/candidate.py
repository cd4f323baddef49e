"""What a leg of the search finds, and the seam to what is searched."""

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
    """A project's passages, searched by vector and by word. Both find places, so that a passage that both find is
    read once."""

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """Where the passages are whose vectors are nearest, nearest first."""
        ...

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """Where the passages are that any of the words are in, best BM25 first. Words as `words_of` gives them."""
        ...

    async def take(self, places: Sequence[int]) -> list[Candidate]:
        """What lies there, in this order; what is gone by now is left out."""
        ...
