"""Questions that lean on the one before: "and on Sundays?"."""

import re

SHORT_WORDS = 3
"""A question of no more words hardly stands by itself, when another was answered before it."""

_OPENS = re.compile(
    r"(?:(?:ok|okay|so|oh|ah|well|right|thanks|thank you|great|good|alright)[,.!]? )*"
    r"(?:and|or|but|what about|how about|what if|then|also|what else)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b(?:it|that|they|them|those|these|this|there|its|their|one|ones|too|instead)\b", re.IGNORECASE)
POINTING_WORDS = 7
"""A longer question usually says itself what its "it" is."""


def leans(question: str) -> bool:
    """Whether a question needs the one before it to be understood."""
    words = question.split()
    if _OPENS.match(question.strip()) or len(words) <= SHORT_WORDS:
        return True
    return len(words) <= POINTING_WORDS and _POINTS.search(question) is not None


def context_of(question: str, before: str) -> str:
    """The question that one leans on; empty when it stands by itself, or there was none."""
    return before if before and before != question and leans(question) else ""
