"""The passages of a small project in memory: its two searches take a millisecond there, and two trips through LanceDB
five to ten (`benchmarks/retrieval.py`)."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.candidate import Candidate, Searchable
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.fusion import K1, B

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

RESIDENT = 4000
"""Passages up to which a project is kept in memory: some 15 MB in each process that answers its calls."""


class Resident:
    """All passages of one state of an index, which never change. See `Searchable`."""

    def __init__(self, candidates: Sequence[Candidate], version: int) -> None:
        """`version`: of the index that they were read from. Takes some 20 ms for a thousand."""
        self.version = version
        self._vectors: NDArray[np.float32] = np.stack([one.vector for one in candidates])
        # Views of our own array, so that the one they were read into can go.
        self._candidates: list[Candidate] = [
            replace(one, vector=vector) for one, vector in zip(candidates, self._vectors, strict=True)
        ]
        self._postings, lengths = _postings([one.words.split() for one in candidates])
        self._bound = K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean())))

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[Candidate]:
        """See `Searchable`."""
        return self._best(self._vectors @ vector, limit, tags)

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[Candidate]:
        """See `Searchable`."""
        total = len(self._candidates)
        scores = np.zeros(total)
        for word in dict.fromkeys(words):
            if (found := self._postings.get(word)) is not None:
                places, times = found
                worth = math.log1p((total - len(places) + 0.5) / (len(places) + 0.5))
                scores[places] += worth * (K1 + 1) * times / (times + self._bound[places])
        return self._best(scores, limit, tags, above=0.0)

    def _best(
        self, scores: NDArray[np.floating], limit: int, tags: Sequence[str], above: float = -math.inf
    ) -> list[Candidate]:
        wanted = frozenset(tags)
        found: list[Candidate] = []
        for place in cast(list[int], np.argsort(-scores, kind="stable").tolist()):
            if len(found) == limit or scores[place] <= above:
                break
            candidate = self._candidates[place]
            if not wanted or not wanted.isdisjoint(candidate.passage.tags):
                found.append(candidate)
        return found


class Residence:
    """Which of an index's states is in memory, if it is small enough."""

    def __init__(self) -> None:
        self._resident: Resident | None = None
        self._reading: asyncio.Task[None] | None = None

    def searched(self, index: "PassageIndex", version: int, passages: int) -> Searchable:
        """What a search goes to, in the state of this version: memory where it holds that, else the index, while the
        memory is brought up to date beside. `passages`: how many there are, about."""
        resident = self._resident
        if resident is not None and resident.version == version:
            return resident
        if 0 < passages <= RESIDENT and (self._reading is None or self._reading.done()):
            self._reading = asyncio.get_running_loop().create_task(self._read(index))
        return index

    def close(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()

    async def settled(self) -> None:
        """Until what is being read is in memory."""
        if self._reading is not None:
            await self._reading

    async def _read(self, index: "PassageIndex") -> None:
        with suppress(IndexUnusable):  # the searches say so
            version = await index.version()
            found = await index.everything(RESIDENT + 1)
            fits = 0 < len(found) <= RESIDENT and await index.version() == version
            self._resident = await asyncio.to_thread(Resident, found, version) if fits else None


def _postings(
    texts: Sequence[Sequence[str]],
) -> tuple[dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]], NDArray[np.float64]]:
    """In which texts each word is and how often, and the texts' lengths."""
    places: dict[str, list[int]] = {}
    times: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for word, count in Counter(text).items():
            places.setdefault(word, []).append(place)
            times.setdefault(word, []).append(count)
    postings = {word: (np.array(places[word], np.intp), np.array(times[word], np.float64)) for word in places}
    return postings, np.array([len(text) for text in texts], np.float64)
