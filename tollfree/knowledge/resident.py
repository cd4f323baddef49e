"""A small project in memory: its searches take a millisecond there, and trips through LanceDB five to ten each
(`benchmarks/retrieval.py`)."""

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.postings import Postings
from tollfree.knowledge.tags import Tags


class Resident:
    """All passages of one state of an index. See `Searchable`; none of it waits."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """At least one. Takes some 20 ms for a thousand."""
        self._vectors: NDArray[np.float32] = np.stack([one.vector for one in candidates])
        # Views of our own array, so that the one they were read into can go.
        self._candidates = [
            Candidate(passage=one.passage, words=one.words, vector=vector)
            for one, vector in zip(candidates, self._vectors, strict=True)
        ]
        self._postings = Postings.of([one.words for one in candidates])
        self._tags = Tags.of([one.passage.tags for one in candidates])

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return best(self._vectors @ vector, limit, self._tags.marked(tags), above=-np.inf)

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return best(self._postings.scores(words), limit, self._tags.marked(tags))

    async def at(self, places: Sequence[int]) -> list[Candidate]:
        """See `Searchable`."""
        return [self._candidates[place] for place in places]


def best(scores: NDArray[np.float32], limit: int, marked: NDArray[np.bool_] | None, above: float = 0.0) -> list[int]:
    """The places with the highest scores above one, the highest first, equal ones in order."""
    taken = scores > above if marked is None else (scores > above) & marked
    places = np.flatnonzero(taken)
    if len(places) > limit:
        places = places[np.argpartition(-scores[places], limit - 1)[:limit]]
        places.sort()
    return cast(list[int], places[np.argsort(-scores[places], kind="stable")].tolist())
