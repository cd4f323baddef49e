"""Questions that lean on the one before: "and on Sundays?"."""

import re

POINTING_WORDS = 6
"""A longer question usually says itself what its "it" is."""
FRAGMENT_WORDS = 4
"""A question of no more words that begins like the end of one ("on Sundays?") is one."""

_OPENS = re.compile(
    r"(?:(?:ok|okay|so|oh|ah|uh|um|well|right|thanks|thank you|great|good|alright)[,.!]? )*"
    r"(?:and|or|but|what about|how about|what if|then|also|what else)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|he|she|him|her|one|ones)\b|\b(?:that|this|these|those|there|too|instead)\W*$",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(?:on|in|at|for|from|with|without|by|before|after|until|during|only|even|why|when|where|who|which)\b",
    re.IGNORECASE,
)


def continues(question: str) -> bool:
    """Whether a question begins as the continuation of another."""
    return _OPENS.match(question.strip()) is not None


def follows_up(question: str) -> bool:
    """Whether a question needs the one before it to be understood."""
    words = len(question.split())
    if continues(question):
        return True
    if words <= FRAGMENT_WORDS and _FRAGMENT.match(question.strip()):
        return True
    return words <= POINTING_WORDS and _POINTS.search(question) is not None


def context_of(question: str, before: str) -> str:
    """The question that one leans on; empty when it stands by itself, or there was none."""
    return before if before and before != question and follows_up(question) else ""
