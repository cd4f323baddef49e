"""How much each leg of the search counts: by the evidence it has, not by a fixed share.

A passage's score is its cosine, plus what its words prove. Words are measured in nats: BM25's weight of a word is the
logarithm of how unlikely a passage has it by chance, so their sum is the evidence of the match. Among N passages the
best match by chance alone comes to about ln N, which is what one word that a single passage has is worth; so only what
lies above a part of that counts. A question whose rare words were garbled matches little, here and there: that stays
below the line, and the cosine decides alone. A name and a term found together are far above it, and decide. Neither leg
is stretched to the spread of its scores, as z-scores and ranks are, so a leg that knows nothing adds nothing.
"""

import math
from collections.abc import Sequence

from tollfree.knowledge.rarity import Rarity

K1, B = 0.9, 0.4
"""BM25's saturation and length normalisation, as Anserini and Pyserini set them for passages."""
CHANCE = 0.65
"""Of ln N, what is put down to chance."""
NAT = 0.04
"""What a nat of evidence above it is worth in units of the cosine. Both figures are the middle of a plateau (0.5 to 0.8
and 0.03 to 0.05) over which no set loses more than 1.7 points of R@1 against the better of its two legs, and at these
none more than 0.9: XQuAD, CLINC150 as a FAQ of one and of four texts an intent, and a FAQ, each typed and with 20 and
45 % of the words wrong."""


class Evidence:
    """What passages prove of a question by its words."""

    def __init__(self, words: Sequence[str], rarity: Rarity) -> None:
        """`words`: those searched for, once each."""
        self.words = words
        """As they were given."""
        self._worth = [(f" {word} ", rarity.weight(word) * (K1 + 1)) for word in words]
        self._mean_length = rarity.mean_length

    def of(self, passage: str) -> float:
        """In nats: BM25. `passage` as `Candidate.words`."""
        found = [(worth, times) for word, worth in self._worth if (times := passage.count(word))]
        if not found:
            return 0.0
        bound = K1 * (1 - B + B * (passage.count(" ") - 1) / self._mean_length)
        return math.fsum(worth * times / (times + bound) for worth, times in found)


def fused(cosine: float, evidence: float, passages: int, confidence: float) -> float:
    """One score of a passage among so many. `confidence` is the recogniser's: of a word that was perhaps not said there
    is so much less evidence."""
    return cosine + NAT * max(0.0, confidence * evidence - CHANCE * math.log(max(1, passages)))
