"""Plain words out of whatever was typed or recognised: one form for rules, features and comparisons."""

import re
import unicodedata

MAX_WORDS = 100
"""Nobody states an intent in more words; what follows is not read by the classifier."""
MAX_CHARACTERS = 1000
"""The same bound for scripts that write no spaces."""

_NOT_WORD = re.compile(r"[^\w' ]+|_")
_LOOSE_APOSTROPHE = re.compile(r"(?<!\w)'|'(?!\w)")


def normalised(text: str) -> str:
    """Lower case, plain apostrophes, no punctuation or control characters, single spaces."""
    folded = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u2018", "'").lower()
    return " ".join(_LOOSE_APOSTROPHE.sub(" ", _NOT_WORD.sub(" ", folded)).split())


def gist(text: str) -> str:
    """What the classifier reads: the normalised first words."""
    return " ".join(normalised(text[: 4 * MAX_CHARACTERS]).split()[:MAX_WORDS])[:MAX_CHARACTERS]
