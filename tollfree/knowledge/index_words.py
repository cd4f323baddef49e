"""Cuts a text into the words that are searched: lower case, without accents, English words by their stem."""

from functools import lru_cache
from typing import Protocol, cast

from tollfree.knowledge.lance import tokenize  # pyright: ignore[reportUnknownVariableType] - its result is annotated loosely


class _Token(Protocol):
    text: str


def words_of(text: str) -> tuple[str, ...]:
    """The words in order, repeated ones too. Snowball's English stems; other languages keep their words nearly whole,
    in passages and questions alike."""
    whole = text.encode("utf-8", "replace").decode()  # lone surrogates have no UTF-8
    found = cast(
        list[_Token], tokenize(whole, base_tokenizer="simple", stem=True, remove_stop_words=False, ascii_folding=True)
    )
    return tuple(token.text for token in found)


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """English words, stemmed, that say how a question is put and not what it is about."""
    return frozenset(words_of(_STOP_WORDS))


_STOP_WORDS = """
a about am an and any are as at be been being but by can could did do does doing for from had has have having he her
hers him his how i if in into is it its me my of on or our ours please shall she should so some than that the their
theirs them then there these they this those to too up us was we were what when where which while who whom whose why
will with would you your yours s t d m re ve ll don doesn didn isn wasn aren couldn won wouldn
uh um er hmm okay ok yeah hello hi hey tell know like just want need
"""
"""Function words, what is left of contractions when they are cut at the apostrophe, and what callers say between words.
Kept short on purpose: `not`, `no`, `many`, `much`, `first`, `after` carry meaning in passages."""
