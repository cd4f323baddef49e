"""What is searched of a project, in memory: its two legs take a millisecond or two there, and trips through LanceDB
five to ten each (`benchmarks/retrieval.py`). Of a small project the passages are in memory as well; those of a large
one are fetched from its index when they are found.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.postings import Postings
from tollfree.knowledge.sketch import Sketch

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

Marked = NDArray[np.bool_] | None
"""The passages that are searched; none: all."""


class Resident:
    """A small project: all of it. See `Searchable`; none of it waits."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """At least one. Takes some 20 ms for a thousand."""
        self._vectors: NDArray[np.float32] = np.stack([one.vector for one in candidates])
        # Views of our own array, so that the one they were read into can go.
        self._candidates = [
            Candidate(passage=one.passage, words=one.words, vector=vector)
            for one, vector in zip(candidates, self._vectors, strict=True)
        ]
        self._postings = Postings()
        self._postings.add([one.words for one in candidates])
        self._postings.whole()
        self._tags = Tags()
        self._tags.add([one.passage.tags for one in candidates])

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        cosines = self._vectors @ vector
        return _best(cosines, limit, self._tags.marked(tags), above=-np.inf)

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return _best(self._postings.scores(words), limit, self._tags.marked(tags))

    async def at(self, places: Sequence[int]) -> list[Candidate]:
        """See `Searchable`."""
        return [self._candidates[place] for place in places]


class Sketched:
    """A large project: its vectors as codes, its words and its tags, some 600 bytes a passage. See `Searchable`."""

    def __init__(self, index: "PassageIndex") -> None:
        """`index`: where the passages are fetched; all are to be added in its present state."""
        self._index = index
        self._rows: list[NDArray[np.uint64]] = []
        self._sketch = Sketch()
        self._postings = Postings()
        self._tags = Tags()

    def add(
        self,
        rows: NDArray[np.uint64],
        vectors: NDArray[np.float32],
        words: Sequence[str],
        tags: Sequence[Sequence[str]],
    ) -> None:
        """Further passages: where they lie in the index, and what is searched of them."""
        self._rows.append(rows)
        self._sketch.add(vectors)
        self._postings.add(words)
        self._tags.add(tags)

    def whole(self) -> "Sketched":
        """The same, ready to be searched."""
        self._rows = [np.concatenate(self._rows)]
        self._sketch.whole()
        self._postings.whole()
        return self

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return await asyncio.to_thread(self._nearest, vector, limit, tags)

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return await asyncio.to_thread(self._matching, tuple(words), limit, tags)

    async def at(self, places: Sequence[int]) -> list[Candidate]:
        """See `Searchable`."""
        return await self._index.at(cast(list[int], self._rows[0][list(places)].tolist()))

    def _nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str]) -> list[int]:
        return cast(list[int], self._sketch.nearest(vector, limit, self._tags.marked(tags)).tolist())

    def _matching(self, words: Sequence[str], limit: int, tags: Sequence[str]) -> list[int]:
        return _best(self._postings.scores(words), limit, self._tags.marked(tags))


class Tags:
    """Which passages have which tags."""

    def __init__(self) -> None:
        self._places: dict[str, list[int]] = {}
        self._passages = 0

    def add(self, tags: Sequence[Sequence[str]]) -> None:
        """Those of further passages, in order."""
        for place, of_one in enumerate(tags, self._passages):
            for tag in of_one:
                self._places.setdefault(tag, []).append(place)
        self._passages += len(tags)

    def marked(self, tags: Sequence[str]) -> Marked:
        """The passages with any of these; without any, all."""
        if not tags:
            return None
        marked = np.zeros(self._passages, np.bool_)
        for tag in tags:
            marked[self._places.get(tag, [])] = True
        return marked


def _best(scores: NDArray[np.float32], limit: int, marked: Marked, above: float = 0.0) -> list[int]:
    """The places with the highest scores above one, the highest first, equal ones in order."""
    taken = scores > above if marked is None else (scores > above) & marked
    places = np.flatnonzero(taken)
    if len(places) > limit:
        places = places[np.argpartition(-scores[places], limit - 1)[:limit]]
        places.sort()
    return cast(list[int], places[np.argsort(-scores[places], kind="stable")].tolist())
