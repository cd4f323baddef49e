"""Finds examples that two options of one question share, in words or in meaning, before callers do."""

from collections.abc import Sequence

import numpy as np

from tollfree.language.embed.base import Embedder
from tollfree.language.understand.text import gist
from tollfree.protocol.question import ChoiceSet, Collision

SIMILAR = 0.85
"""Cosine from which two examples mean nearly the same. Of CLINC150's pairs of two intents (ten texts each), two to nine
in a million reach it, and people would confuse them too; of pairs of one intent, one in twenty-five."""
BLOCK = 512
"""Rows compared at a time: memory stays at block × examples, whatever their number."""
MOST = 50
"""Collisions reported of one choice set, the nearest first: nobody reads more before mending some."""


def collisions(
    choice_sets: Sequence[ChoiceSet], embedder: Embedder | None, threshold: float = SIMILAR
) -> tuple[Collision, ...]:
    """Pairs of examples of different options that are the same words, or nearer than `threshold`; the nearest first
    within each choice set. Without an embedder, only the same words."""
    found: list[Collision] = []
    seen: set[tuple[str, str, str, str]] = set()
    for choice_set in choice_sets:
        for collision in _of_one(choice_set, embedder, threshold):
            # Every question of a flow offers its handlers: their collisions are told once.
            pair = (collision.option, collision.example, collision.other_option, collision.other_example)
            if pair not in seen:
                seen.add(pair)
                found.append(collision)
    return tuple(found)


def _of_one(choice_set: ChoiceSet, embedder: Embedder | None, threshold: float) -> list[Collision]:
    """The collisions of one question's options."""
    rows = [
        (option.name, said)
        for option in choice_set.options
        for said in dict.fromkeys((*option.examples, *option.phrases))
        if gist(said)
    ]
    pairs = _same_words(rows)
    if embedder is not None and len({name for name, _ in rows}) > 1:
        pairs = _nearest(rows, embedder, threshold) | pairs
    nearest = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST]
    return [
        Collision(choice_set.key, *rows[first], *rows[second], similarity=similarity)
        for (first, second), similarity in nearest
    ]


def _same_words(rows: list[tuple[str, str]]) -> dict[tuple[int, int], float]:
    """Pairs whose normalised words are equal: each with the first of them that another option has."""
    first: dict[str, int] = {}
    pairs: dict[tuple[int, int], float] = {}
    for index, (name, said) in enumerate(rows):
        earlier = first.setdefault(gist(said), index)
        if rows[earlier][0] != name:
            pairs[earlier, index] = 1.0
    return pairs


def _nearest(rows: list[tuple[str, str]], embedder: Embedder, threshold: float) -> dict[tuple[int, int], float]:
    """Pairs of different options at or above the threshold, at most `MOST` of each block."""
    vectors = embedder.encode([gist(said) for _, said in rows])
    names = np.unique([name for name, _ in rows], return_inverse=True)[1]
    pairs: dict[tuple[int, int], float] = {}
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        cosines = vectors[block] @ vectors.T
        later = np.arange(len(rows))[None, :] > np.arange(start, start + len(cosines))[:, None]
        cosines[(names[block, None] == names[None, :]) | ~later] = -1.0
        firsts, seconds = np.nonzero(cosines >= threshold)
        order = np.argsort(-cosines[firsts, seconds], kind="stable")[:MOST]
        for first, second in zip(firsts[order], seconds[order], strict=True):
            pairs[start + int(first), int(second)] = min(1.0, float(cosines[first, second]))
    return pairs
