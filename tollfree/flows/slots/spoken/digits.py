"""Spoken digits: "four one seven double five", "nineteen ninety nine", "one eight hundred", "33 for 692"."""

from collections.abc import Mapping
from functools import partial

from tollfree.flows.slots.spoken.lattice import Chunk, Path, best, readings
from tollfree.flows.slots.spoken.numbers import SCALES, SMALL, TENS, UNITS, cardinals_from
from tollfree.flows.slots.spoken.words import Tokens

DIGITS = {word: str(value) for word, value in UNITS.items()} | {
    "oh": "0",
    "o": "0",
    "ohh": "0",
    "nought": "0",
    "naught": "0",
    "aught": "0",
    "ought": "0",
    "nil": "0",
    "null": "0",
    "niner": "9",
    "fife": "5",
    "fower": "4",
}
"""Words for one digit, as people say them and on the radio."""
HOMOPHONES = {
    "for": "4",
    "fore": "4",
    "to": "2",
    "too": "2",
    "tu": "2",
    "won": "1",
    "wun": "1",
    "ate": "8",
    "tree": "3",
    "free": "3",
    "sex": "6",
    "sicks": "6",
    "nein": "9",
    "owe": "0",
    "fine": "5",
}
"""Words that sound like a digit, and count as one only among digits."""
_ORDINARY = frozenset({"for", "to", "too", "free", "fine", "tree"})
"""Homophones that stand beside figures in sentences too ("two for one"); the others hardly ever do."""
REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
SEPARATORS = frozenset(
    "dash hyphen space comma and then followed by dot period pause slash forward stroke . - * #".split()
)
"""Said or written between digits, and no part of them."""
_PLURALS = {
    **{f"{word}s": digit for word, digit in DIGITS.items()},
    "sixes": "6",
    "zeroes": "0",
    "0s": "0",
}
_ROUND = frozenset(["hundred", *SCALES])
_HOMOPHONE_DOUBT = 0.3
_LONGEST_RUN = 96
"""Tokens considered. A string of 32 digits, each spoken and hesitated over, has fewer."""


def digit_readings(held: Tokens, longest: int = 40) -> Mapping[int, tuple[Path, ...]]:
    """The readings of all tokens as a string of digits, by length, the likeliest first; empty when there is none.

    Homophones count among clear digits, when those and the rarer homophones are as many as the ordinary ones.
    Fillers must have been stripped.
    """
    if not 0 < len(held) <= _LONGEST_RUN:
        return {}
    homophones = sum(token.word in HOMOPHONES for token in held)
    clear = sum(len(token.digits) or token.word in DIGITS or token.word in SMALL for token in held)
    ordinary = sum(token.word in _ORDINARY for token in held)
    among = clear > homophones or (len(held) > 2 and 0 < clear and ordinary <= clear + homophones - ordinary)
    return readings(len(held), partial(digit_chunks, held, homophones=among), longest)


def digit_string(held: Tokens) -> str | None:
    """The likeliest string of digits that all the tokens are; None when other words are among them."""
    path = best(digit_readings(held))
    return path.text if path is not None and path.text else None


def digit_chunks(held: Tokens, start: int, homophones: bool = True) -> list[Chunk]:
    """What the tokens from `start` may contribute to a string of digits."""
    token = held[start]
    word = token.word
    chunks: list[Chunk] = []
    if token.is_figure:
        chunks.append(Chunk(start + 1, token.digits, 1.0, _HOMOPHONE_DOUBT if "." in word[-3:] else 0.0))
    elif word in DIGITS:
        chunks.append(Chunk(start + 1, DIGITS[word]))
    elif word in HOMOPHONES and homophones:
        chunks.append(Chunk(start + 1, HOMOPHONES[word], 2.5, _HOMOPHONE_DOUBT))
        if word in ("for", "to", "too"):
            # in front of a written number it is the preposition that it seems
            written = start == 0 and len(held) > 1 and len(held[1].digits) > 2
            chunks.append(Chunk(start + 1, "", 1.5 if written else 3.0, _HOMOPHONE_DOUBT))
    elif word in REPEATS:
        chunks += _repeated(held, start, homophones)
    elif word in SEPARATORS and (start + 1 < len(held) or word in ("#", "*", "period")):
        chunks.append(Chunk(start + 1, "", 0.1))
    if word == "then" and start + 2 < len(held) and held[start + 1].word in ("it's", "its", "it", "there's"):
        chunks.append(Chunk(start + 2, "", 0.1))
    chunks += _plural(held, start)
    chunks += _composed(held, start)
    return chunks


def _repeated(held: Tokens, start: int, homophones: bool) -> list[Chunk]:
    """ "double five", "triple oh", "double 5"."""
    if start + 1 >= len(held):
        return []
    after = held[start + 1]
    digit = DIGITS.get(after.word, "") or (_PLURALS.get(after.word, ""))
    if not digit and after.is_figure and after.word.isdigit():
        # "double 5"; and for "double five five" recognisers write "double 55"
        digit, rest = after.word[0], after.word[1:]
        once = [Chunk(start + 2, after.word, 1.3)] if len(set(after.word)) == 1 and rest else []
        return [Chunk(start + 2, digit * REPEATS[held[start].word] + rest, 1.0, 0.1 if rest else 0.0), *once]
    if digit:
        return [Chunk(start + 2, digit * REPEATS[held[start].word])]
    if homophones and after.word in HOMOPHONES:
        return [Chunk(start + 2, HOMOPHONES[after.word] * REPEATS[held[start].word], 2.0, _HOMOPHONE_DOUBT)]
    return []


def _plural(held: Tokens, start: int) -> list[Chunk]:
    """ "three fives", "2 zeros"."""
    if start + 1 >= len(held) or held[start + 1].word not in _PLURALS:
        return []
    word = held[start].word
    times = UNITS.get(word, int(word) if len(word) == 1 and held[start].is_figure else 0)
    if not 2 <= times <= 9:
        return []
    return [Chunk(start + 2, _PLURALS[held[start + 1].word] * times)]


def _composed(held: Tokens, start: int) -> list[Chunk]:
    """Teens, tens, hundreds and thousands, each as the figures they are written with."""
    chunks: list[Chunk] = []
    single = held[start].is_figure or held[start].word in UNITS
    for end, value in cardinals_from(held, start):
        if end == start + 1 and single:
            continue
        cost = 2.5 if start and held[start].word in _ROUND else 1.0  # "two hundred" is never 2 100
        for place in range(start + 1, end):
            if held[place].breaks and held[place - 1].word not in SCALES:
                cost += 1.5  # "four hundred, five": a pause inside a number is more likely between two
        after_scale = end - start > 1 and held[end - 1].word in UNITS and held[end - 2].word in _ROUND
        if after_scale and end < len(held) and held[end].word in DIGITS:
            cost += 1.5  # "eight hundred five five five" is 800 555
        if end < len(held) and held[end - 1].word in TENS and held[end].word in UNITS and not held[end].breaks:
            cost += 0.5  # twenty, two
        chunks.append(Chunk(end, str(value), cost))
    return chunks
