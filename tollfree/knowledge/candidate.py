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
    """A project's passages, searched by vector and by word. Each search brings what it finds with it: one that found
    places alone would need a second trip to the table, which takes as long as the search itself."""

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[Candidate]:
        """The passages whose vectors are nearest, nearest first."""
        ...

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[Candidate]:
        """The passages that any of the words are in, best BM25 first. Words as `words_of` gives them."""
        ...
