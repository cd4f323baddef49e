"""Which passages have which tags."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.vocabulary import Arrays, Vocabulary


class TagsWriter:
    """Notes tags."""

    def __init__(self) -> None:
        self._places: dict[str, list[int]] = {}
        self._passages = 0

    def add(self, tags: Sequence[Sequence[str]]) -> None:
        """Those of further passages, in order."""
        for place, of_one in enumerate(tags, self._passages):
            for tag in of_one:
                self._places.setdefault(tag, []).append(place)
        self._passages += len(tags)

    def written(self) -> "Tags":
        """What was noted."""
        vocabulary = Vocabulary.of(self._places)
        ordered: list[list[int]] = [[] for _ in range(len(vocabulary))]
        for tag, places in self._places.items():
            ordered[cast(int, vocabulary.number(tag))] = places
        starts = np.cumsum([0, *(len(places) for places in ordered)], dtype=np.int64)
        flat = np.array([place for places in ordered for place in places], np.int32)
        return Tags(vocabulary, starts, flat, self._passages)


class Tags:
    """By tag, the passages that have it."""

    def __init__(
        self, vocabulary: Vocabulary, starts: NDArray[np.int64], places: NDArray[np.int32], passages: int
    ) -> None:
        self._vocabulary, self._starts, self._places, self._passages = vocabulary, starts, places, passages

    @classmethod
    def of(cls, tags: Sequence[Sequence[str]]) -> "Tags":
        """Of some passages."""
        writer = TagsWriter()
        writer.add(tags)
        return writer.written()

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Tags":
        """What `arrays` gave."""
        vocabulary = Vocabulary(
            cast(NDArray[np.uint8], arrays["tag_letters"]), cast(NDArray[np.int64], arrays["tag_ends"])
        )
        (passages,) = cast(list[int], arrays["passages"].tolist())
        starts, places = arrays["tag_starts"], arrays["tag_places"]
        return cls(vocabulary, cast(NDArray[np.int64], starts), cast(NDArray[np.int32], places), passages)

    def arrays(self) -> Arrays:
        """All of it."""
        return {
            "tag_letters": self._vocabulary.letters,
            "tag_ends": self._vocabulary.ends,
            "tag_starts": self._starts,
            "tag_places": self._places,
            "passages": np.array([self._passages], np.int64),
        }

    def marked(self, tags: Sequence[str]) -> NDArray[np.bool_] | None:
        """The passages with any of these; None, where none is asked for: all."""
        if not tags:
            return None
        marked = np.zeros(self._passages, np.bool_)
        for tag in tags:
            if (number := self._vocabulary.number(tag)) is not None:
                marked[self._places[self._starts[number] : self._starts[number + 1]]] = True
        return marked
