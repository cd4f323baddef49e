"""How sure it is that a passage answers: a score that means the same for every question, and the line below which the
answer is "I do not know"."""

import math
from dataclasses import dataclass

KNOWN = 0.5
"""Below it nothing is said to be known."""
CONSTANT, COSINE, SHARE, MARGIN = -6.0, 9.0, 4.0, 4.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage."""

    cosine: float
    """Of its vector and the question's."""
    share: float
    """What it has of the question's words; see `fusion.share_found`."""
    margin: float
    """How far its fused score is above the next best; below the best, negative."""


def confidence_of(evidence: Evidence) -> float:
    """The chance that the passage answers, 0 to 1."""
    log_odds = CONSTANT + COSINE * evidence.cosine + SHARE * evidence.share + MARGIN * evidence.margin
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))
