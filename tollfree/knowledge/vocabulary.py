"""Strings and the passages each belongs to, as a few arrays: so that they can lie in a file which processes share."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.generic]]
"""By name, as they are kept in files."""


class Vocabulary:
    """Strings in order, each with its number."""

    def __init__(self, letters: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        """`letters`: all of them in UTF-8, sorted; `ends`: where each ends."""
        self.letters = letters
        self.ends = ends

    @classmethod
    def of(cls, words: Iterable[str]) -> "Vocabulary":
        """Of different words, in any order; `number` tells where each went."""
        encoded = sorted(word.encode("utf-8", "replace") for word in words)
        letters = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(letters, np.cumsum([len(one) for one in encoded], dtype=np.int64))

    def __len__(self) -> int:
        return len(self.ends)

    def number(self, word: str) -> int | None:
        """Of a word; None: it is not among them."""
        wanted = word.encode("utf-8", "replace")
        low, high = 0, len(self.ends)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.ends) and self._at(low) == wanted else None

    def _at(self, number: int) -> bytes:
        start = int(self.ends[number - 1]) if number else 0
        return self.letters[start : int(self.ends[number])].tobytes()
