"""Words as they are compared and searched, the same on every database."""

import re
import unicodedata

LONGEST = 64
"""Characters of a word that count."""

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in order: in small letters, without accents and punctuation."""
    if text.isascii():
        return tuple(word[:LONGEST] for word in _WORD.findall(text.lower()))
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return tuple(word[:LONGEST] for word in _WORD.findall(plain))
