"""The words and marks that dates and times are made of, cut out of spoken tokens."""

from dataclasses import dataclass

from tollfree.flows.slots.spoken.words import Token, Tokens

MAX_WORDS = 120
"""Words looked at: nobody says a date in more, and work stays bounded."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case without apostrophes, a number in figures, or a mark between figures."""

    text: str
    start: int
    """First character in the utterance."""
    end: int
    """One past the last."""


Words = tuple[Word, ...]
Texts = tuple[str, ...]


def cut(held: Tokens, dashes: bool = False) -> Words:
    """The words of some tokens, at most MAX_WORDS: `a m` is one word, `3.30` three, a hyphen between figures a mark.
    With `dashes` so is any dash between spaces ("Nov 24 - Nov 27")."""
    found: list[Word] = []
    held = held[:MAX_WORDS]
    place = 0
    while place < len(held):
        token = held[place]
        after = held[place + 1].word if place + 1 < len(held) else ""
        joined = {("o", "clock"): "oclock", ("a", "m"): "am", ("p", "m"): "pm"}.get((token.word, after))
        if joined is not None:
            found.append(Word(joined, token.start, held[place + 1].end))
            place += 2
            continue
        mark = token.before.strip()
        figures = token.is_figure and place > 0 and held[place - 1].is_figure
        if found and ((figures and mark in ("-", ".")) or (dashes and mark == "-" and " " in token.before)):
            found.append(Word(mark, token.start, token.start))
        found.extend(_pieces(token))
        place += 1
    return tuple(found)


def _pieces(token: Token) -> list[Word]:
    if token.is_figure and "." in token.word:
        texts = [text for text in token.word.replace(",", "").replace(".", " . ").split() if text]
        return [Word(text, token.start, token.end) for text in texts]
    text = token.word.replace(",", "").replace("'", "") if token.is_figure else token.word.replace("'", "")
    return [Word(text, token.start, token.end)] if text else []


def texts(words: Words) -> Texts:
    """Just what the words say."""
    return tuple(word.text for word in words)
