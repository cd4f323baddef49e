"""Whether words sound finished: a small score that can be read, behind a seam where a model may stand."""

import math
import re
from dataclasses import dataclass
from typing import Protocol

from tollfree.speech.turns.endings import (
    ASKS,
    CLOSERS,
    DENIES,
    HANGING,
    JOINS,
    NEVER_LAST,
    RARELY_LAST,
    SOFTENS,
    STARTS_CLAUSE,
    words_of,
)

_FEW = 6
"""Words of what may be but the first half of something."""
_TWO_CLAUSES = 10
"""Words that hold two clauses even if no comma parts them."""


class EndOfTurn(Protocol):
    """Judges from the words of a turn so far."""

    def finished(self, text: str, *, punctuates: bool) -> float:
        """Probability that the caller has finished, 0 to 1. `punctuates`: whether the recogniser writes sentence
        punctuation, so that its absence tells something. Called in the call's loop: well under a millisecond."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks for or against an end, in log-odds."""

    name: str
    log_odds: float


class TextEndOfTurn:
    """Adds up what the words and their punctuation say, as log-odds. The weights were set by hand on Whisper's texts of
    broken-off phrases: it writes a full stop after every third of them, so that alone proves next to nothing (what the
    flow makes of the words must speak for the end too), while its dots and commas nearly always tell that more
    follows."""

    def finished(self, text: str, *, punctuates: bool) -> float:
        total = sum(reason.log_odds for reason in self.reasons(text, punctuates=punctuates))
        return 1 / (1 + math.exp(-total))

    def reasons(self, text: str, *, punctuates: bool) -> tuple[Reason, ...]:
        """What the score is made of."""
        words = words_of(text)
        if not words:
            return (Reason(name="no words", log_odds=-3.0),)
        found = [self._punctuation(text.rstrip(), punctuates), self._last_words(words, text.rstrip())]
        if words[0] in STARTS_CLAUSE and not _asks(text, words) and not _second_clause(text, words):
            found.append(Reason(name="begins a clause", log_odds=-2.0))
        if words[0] in JOINS and len(words) <= _FEW:
            joins = sum(word in JOINS for word in words[:2])
            found.append(Reason(name="begins by joining", log_odds=-1.5 * joins - 0.5))
        if words[0] in DENIES and words[-1] in SOFTENS:
            found.append(Reason(name="a no that excuses itself", log_odds=-4.0))
        if _open_list(text):
            found.append(Reason(name="counted things", log_odds=-1.6))
        return tuple(reason for reason in found if reason.log_odds)

    @staticmethod
    def _punctuation(text: str, punctuates: bool) -> Reason:
        if text.endswith(("...", "…", ",", "-", "–", ":", ";")):
            return Reason(name="breaks off", log_odds=-3.0)
        if text.endswith("?"):
            return Reason(name="question", log_odds=2.5)
        if text.endswith((".", "!")):
            return Reason(name="full stop", log_odds=0.2)
        if not punctuates:
            return Reason(name="unpunctuated", log_odds=1.2)
        return Reason(name="no full stop", log_odds=-0.1)

    @staticmethod
    def _last_words(words: list[str], text: str) -> Reason:
        end = " ".join(words[-4:])
        if CLOSERS.search(end):
            return Reason(name="closes", log_odds=2.5)
        if HANGING.search(end):
            return Reason(name="waits for its end", log_odds=-3.5)
        if words[-1] in NEVER_LAST:
            return Reason(name=f"ends in {words[-1]}", log_odds=-5.0)
        if words[-1] in RARELY_LAST:
            weight = -1.0 if text.endswith("?") else -2.5
            return Reason(name=f"ends in {words[-1]}", log_odds=weight)
        return Reason(name="", log_odds=0.0)


def _asks(text: str, words: list[str]) -> bool:
    """Whether "when" or "since" begins a question."""
    return text.rstrip().endswith("?") or (len(words) > 1 and words[1] in ASKS)


def _second_clause(text: str, words: list[str]) -> bool:
    return "," in text.rstrip(",") or len(words) >= _TWO_CLAUSES


_COUNTED = re.compile(r"^(?:and )?(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)\b(?! o'?clock)")


def _open_list(text: str) -> bool:
    """Whether counted things are named and no "and" has announced the last: "eight of spades, four of clubs"."""
    items = [item.strip() for item in text.lower().rstrip(" .").split(",") if item.strip()]
    counted = len(items) > 1 and all(_COUNTED.match(item) and len(item.split()) <= _FEW for item in items)
    return counted and " and " not in f" {items[-1]}"
