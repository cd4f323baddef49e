"""How much each leg of the search counts: by the evidence it has, not by a fixed share."""

import math
from collections.abc import Mapping

from tollfree.knowledge.rarity import Rarity

K1, B = 0.9, 0.4
"""BM25's saturation and length normalisation, as Anserini and Pyserini set them for passages."""
WORDS_WEIGHT = 0.6
"""What a passage that has all of a question's words gains, in units of the cosine."""


def share_found(weights: Mapping[str, float], passage: str, mean_length: float) -> float:
    """Of what the question's words are worth together, the share that the passage has: 0 to 1. `passage` as
    `Candidate.words`."""
    total = math.fsum(weights.values())
    if total <= 0:
        return 0.0
    length = passage.count(" ") - 1
    bound = K1 * (1 - B + B * length / mean_length)
    return (
        math.fsum(
            weight * times / (times + bound)
            for word, weight in weights.items()
            if (times := passage.count(f" {word} "))
        )
        / total
    )


def weights_of(words: tuple[str, ...], rarity: Rarity) -> dict[str, float]:
    """What each word is worth."""
    return {word: rarity.weight(word) for word in words}


def fused(cosine: float, share: float, confidence: float) -> float:
    """One score of a passage."""
    return cosine + WORDS_WEIGHT * confidence * share
