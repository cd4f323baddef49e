"""How much of a growing text is whole clauses, which may be spoken while the rest is thought of."""

import re
from collections.abc import Iterator

SHORTEST = 10
"""Characters of a clause that is worth being spoken by itself."""
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|vs|approx|dept|inc|ave|apt|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|[ap]|[a-z])|[ap]\.m)\.$",
    re.IGNORECASE,
)
_END = re.compile(r"(?P<sentence>[.!?…]+)[\"'”’)]*(?=\s+\S)|(?P<pause>[,;:—–])(?=\s+\S)")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")


def clause_ends(text: str, begun: int = 0) -> Iterator[int]:
    """Where each whole clause of the text ends, from `begun` on, where a clause ended before."""
    end = begun
    for match in _END.finditer(text, begun):
        before, after = text[: match.end()], text[match.end() :].lstrip()
        if match["sentence"] and _ABBREVIATIONS.search(before) and match["sentence"] == ".":
            continue
        if match["pause"] and (match.end() - end < SHORTEST or (before[-2:-1].isdigit() and after[:1].isdigit())):
            continue
        end = match.end()
        yield end


def ends_sentence(text: str) -> bool:
    """Whether a text is over where it ends."""
    return _SENTENCE_END.search(text.rstrip()) is not None
