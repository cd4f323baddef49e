"""Whether a question stands by itself, or needs the one before it."""

import re

from tollfree.knowledge.base import Query
from tollfree.knowledge.index_words import stop_words, words_of

CONTEXT_WEIGHT = 0.5
"""What a question read together with the one before it counts for, beside the question alone. Below one, so that a new
subject ("and how much is delivery?") outweighs the old."""
MOST_WORDS = 3
"""Words with a meaning of their own up to which a question with a pronoun leans on the one before it."""
LONGEST = 64
"""Words of a question that are searched for: more than a caller says in one breath."""
_OPENING = re.compile(r"(?:so |ok |okay |uh |um |oh )*(?:and|or|but|also|(?:what|how) about|what if|what of)\b")
_FRAGMENT = re.compile(
    r"(?:uh |um )*(?:on|in|at|for|from|to|with|without|by|before|after|until|during|only|even|if|why not|why|when"
    r"|where|which one|which|who|how much|how many|how long|how far|how often)\b"
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|one|ones|(?:that|this|these|those|there)(?= *$))\b"
)


def readings(query: Query) -> tuple[tuple[str, float], ...]:
    """The texts to look for, with what each counts for: the question, and, where it leans on the one before it, the two
    together. A question that stands by itself is read alone whatever was said before."""
    text = query.text.strip()
    if not query.context.strip() or not says_too_little(text):
        return ((text, 1.0),)
    return ((text, 1.0), (f"{query.context.strip()} {text}", CONTEXT_WEIGHT))


def says_too_little(text: str) -> bool:
    """Whether the question says too little without the one before it: "and on Sundays?", "how much is it?"."""
    plain = " ".join(re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text.lower()))
    own = [word for word in content(words_of(plain))]
    if not own or _OPENING.match(plain):
        return True
    if _PRONOUN.search(plain):
        return len(own) <= MOST_WORDS
    return len(own) == 1 and len(plain.split()) <= 3 and _FRAGMENT.match(plain) is not None


def content(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that say what a question is about, once each."""
    return tuple(word for word in dict.fromkeys(words) if word not in stop_words())


def searched(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words to search for: those with a meaning, or all of them when there are none ("who is it"); the first
    `LONGEST` of them."""
    return (content(words) or tuple(dict.fromkeys(words)))[:LONGEST]
