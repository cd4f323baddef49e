"""How sure it is that a passage answers: a score that means the same for every question, and the line below which the
answer is "I do not know"."""

import math
from dataclasses import dataclass

CONSTANT, COSINE, SHARE, MARGIN = -4.2, 6.35, 0.31, 7.98
"""A logistic regression of "the first passage answers" on questions with an answer, and on as many without: XQuAD's
with their own paragraph, or all of its article, taken out of the corpus; CLINC150's out-of-scope ones; those of the FAQ
that nothing answers. Each set weighs the same, typed and with 20 and 45 % of the words wrong. Fitted without any one
set, the weights of cosine and margin stay between 4 and 9, and 6.7 and 9.8; the share adds next to nothing."""
KNOWN = 0.2
"""Below it nothing is said to be known. On typed questions about Wikipedia it refuses 2 % of those with an answer, and
76 % of those whose article is missing; on the FAQ, where answers share few words with questions, 21 and 96 %."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage."""

    cosine: float
    """Of its vector and the question's."""
    share: float
    """What it has of the question's words; see `fusion.share_of`."""
    margin: float
    """How far its fused score is above the next best; below the best, negative."""


def confidence_of(evidence: Evidence) -> float:
    """The chance that the passage answers, 0 to 1."""
    log_odds = CONSTANT + COSINE * evidence.cosine + SHARE * evidence.share + MARGIN * evidence.margin
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))
