"""English: all rules, in the order in which they claim their places."""

from tollfree.speech.tts.normalise import addresses, calendar, codes, measures, money, words
from tollfree.speech.tts.normalise.spoken import English, Rule, Spoken, spoken

NORMALISER = "1"
"""Counts up whenever a text comes to be said differently: renderings kept on disk name it."""

_RULES: tuple[Rule, ...] = (
    *words.MARKUP,
    *addresses.RULES,
    *calendar.RULES,
    *money.RULES,
    *words.RULES[:1],
    *codes.RULES,
    *measures.RULES,
    *words.RULES[1:],
)


def normalise(written: str, english: English = English.US) -> Spoken:
    """What to say for a written text, and which words of it stand for which written ones. Raises nothing."""
    return spoken(written, _RULES, english, words.plain)
