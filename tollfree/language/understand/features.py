"""What the classifier sees of a text: its meaning (an embedding) beside its words (a hashed bag of their parts).

The embedding knows that "parcel" is near "package"; the words know that "rollover" is not "rollback". Measured on
CLINC150's validation texts, the words beside the embedding are worth 0.7 points in scope with all training texts
(96.0 → 96.7 %) and 0.8 with ten an intent (90.9 → 91.7 %).
"""

import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from tollfree.language.embed.base import Vectors
from tollfree.language.understand.phrases import bare
from tollfree.language.understand.text import gist

LEXICAL_DIMENSIONS = 1024
"""Twice as many gain nothing measurable."""
LEXICAL_SHARE = 0.5
"""Length of the lexical part beside the embedding's 1; 0.3 and 0.8 are both worse."""
PLACES = 4
"""Dimensions each part is spread over, with signs, so that two parts rarely hide each other."""
CHARACTER_WEIGHT = 0.5
"""Of a run of characters, beside a word's 1: they are many, and forgive spelling and endings."""


def features(texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """One row a text: embedding, then lexical part. `encode`: the embedder's for what is learnt from, its `quick` for
    what a caller said."""
    gists = [bare(gist(text)) for text in texts]
    lexical = np.zeros((len(gists), LEXICAL_DIMENSIONS), np.float32)
    for row, text in zip(lexical, gists, strict=True):
        _add_parts(row, text)
    lengths = np.linalg.norm(lexical, axis=1, keepdims=True)
    lexical *= LEXICAL_SHARE / np.maximum(lengths, 1e-9)
    return np.hstack([encode(gists), lexical]).astype(np.float32)


def _add_parts(row: Vectors, text: str) -> None:
    """Add words, pairs of words, and runs of three and four characters."""
    words = text.replace("'", " ").split()
    for word in words:
        _add(row, f"w{word}", 1.0)
        padded = f"<{word[:40]}>"
        for size in (3, 4):
            for start in range(len(padded) - size + 1):
                _add(row, f"c{padded[start : start + size]}", CHARACTER_WEIGHT)
    for first, second in zip(words, words[1:], strict=False):
        _add(row, f"b{first} {second}", 1.0)


def _add(row: Vectors, part: str, weight: float) -> None:
    for place, sign in _places(part):
        row[place] += weight * sign


@lru_cache(maxsize=50_000)
def _places(part: str) -> tuple[tuple[int, float], ...]:
    """Where a part goes: the same on every machine, unlike Python's own hash."""
    state = zlib.crc32(part.encode("utf-8", "replace"))
    places: list[tuple[int, float]] = []
    for _ in range(PLACES):
        # Knuth's MMIX generator; its low bits are weak, so high ones are used.
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        places.append(((state >> 33) % LEXICAL_DIMENSIONS, 1.0 if (state >> 32) & 1 else -1.0))
    return tuple(places)
