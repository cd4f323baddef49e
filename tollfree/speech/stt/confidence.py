"""How sure a transcript may be called: about the share of such transcripts whose every word is right."""

import math

BASE, LIKELIHOOD, ALONE, DISPUTED, LONG = 2.6, 4.2, 0.0, -1.2, -0.05


def confidence(log_probability: float, tokens: int, *, looks: int, agreed: bool) -> float:
    """A logistic curve over the average log-probability of the tokens, whether looks agreed, and the length."""
    score = BASE + LIKELIHOOD * log_probability + LONG * tokens
    if looks > 1 and not agreed:
        score += DISPUTED
    return 1 / (1 + math.exp(-score))
