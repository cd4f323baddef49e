"""Where the sentences of running text end, and where a full stop is only an abbreviation's."""

import re

_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Ave|Rd|Blvd|approx|incl|excl|max|min|dept|ext|tel|vs|e\.g|i\.e|"
    r"Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|[A-Z])\.$",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(r"\bNos?\.$", re.IGNORECASE)
_MAY_END = re.compile(r"\b(?:a\.m|p\.m|etc)\.$", re.IGNORECASE)
"""Abbreviations with which sentences end as well: then a capital follows that no day or month has."""
_DATED = re.compile(
    r"[\"'(“‘]?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?<=[.!?])[\"')\]”’]*\s+(?=[\"'(“‘]?[A-Z0-9$€£])")
_ENDS_UNMARKED = re.compile(r"(?<=[.!?])[\"')\]”’]*\s+(?=\S)")
"""As `_ENDS`, where the next sentence may begin small."""
_CLOSED = re.compile(r"(?:(?<!\d)\.|[!?])[\"')\]”’]*$")


def parted(text: str, *, small: bool = False) -> list[str]:
    """Running text at the ends of its sentences, not at abbreviations. `small`: one may begin with a small letter."""
    parts: list[str] = []
    for part in (_ENDS_UNMARKED if small else _ENDS).split(text):
        if parts and _goes_on(parts[-1], part):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return parts


def _goes_on(part: str, following: str) -> bool:
    """Whether the full stop that ends a part is an abbreviation's."""
    if _BEFORE_NUMBER.search(part):
        return following[:1].isdigit()
    if _MAY_END.search(part):
        return not following[:1].isupper() or _DATED.match(following) is not None
    return _ABBREVIATED.search(part) is not None


def whole_sentences(text: str) -> str:
    """Text that is still being written, up to the end of its last sentence; empty: not one of them has ended. A full
    stop that comes last may be an abbreviation's, or a number's ("4." of "4.90")."""
    text = text.rstrip()
    if _CLOSED.search(text) and not (_BEFORE_NUMBER.search(text) or _ABBREVIATED.search(text)):
        return text
    for end in reversed(tuple(_ENDS.finditer(text))):
        before = text[: end.start()]
        if not _goes_on(before, text[end.end() :]):
            return before + end[0].rstrip()
    return ""
