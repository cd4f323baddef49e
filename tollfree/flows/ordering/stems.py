"""Words as they are compared: without accents, plurals, possessives, and with numbers in figures."""

import re
import unicodedata
from functools import lru_cache

from tollfree.flows.slots.spoken.numbers import SMALL
from tollfree.flows.slots.spoken.words import Tokens, tokens

_SYMBOLS = {
    "&": "and",
    "+": "and",
    "%": "percent",
    "$": "",
    "#": "",
    "@": "",
    "*": "",
    "/": "",
    ":": "",
    "=": "",
    "_": "",
}
_IRREGULAR = {"loaves": "loaf", "halves": "half", "leaves": "leaf", "knives": "knife", "men": "man", "feet": "foot"}
_FIGURES = {word: str(value) for word, value in SMALL.items()}
_LONGEST = 40
"""Characters of a word that are compared; what is longer is no name of anything."""


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The form in which one lower-case word is compared: `pizzas` and `pizza` are the same, so are `six` and `6`.

    Empty for symbols that mean nothing in a name.
    """
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    word = word[:_LONGEST]
    if not word.isascii():
        plain = unicodedata.normalize("NFKD", word)
        word = "".join(letter for letter in plain if not unicodedata.combining(letter)) or word
    if word in _FIGURES:
        return _FIGURES[word]
    word = re.sub(r"'s$|s'$", "", word).replace("'", "").replace(",", "")
    single = _IRREGULAR.get(word) or _singular(word)
    return _FIGURES.get(single, single)


def _singular(word: str) -> str:
    """The word without its plural ending. Not always a word, but the same for singular and plural."""
    if len(word) == 3 and word[2] == "s" and word[1] not in "aious":
        return word[:2]
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith(("ies", "ie")):
        return word.removesuffix("s").removesuffix("ie") + "y"
    if word.endswith(("oes", "oe")):
        return word.removesuffix("s").removesuffix("e")
    if word.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word


def stems_of(held: Tokens) -> tuple[str, ...]:
    """The stem of each token, in order; empty ones included, so that places stay the same."""
    return tuple(stem(token.word) for token in held)


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a name or phrase, symbols left out."""
    return tuple(held for held in stems_of(tokens(text)) if held)
