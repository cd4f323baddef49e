"""Runs a grammar over what a caller said: as the whole answer, with false starts, or as a mention inside more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tollfree.flows.slots.calendar.words import Texts, Words, cut, texts
from tollfree.flows.slots.spoken.fillers import strip_fillers
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Tokens, tokens

MAX_CHARACTERS = 1000
"""Characters read of one utterance; more is no answer to a question for one value."""
_SURE_ENOUGH = 0.9
_CORRECTED = 0.9
_MENTIONED = 0.9

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A value read from words[at:end]."""

    value: T
    end: int
    confidence: float = 1.0
    partial: bool = False
    """Something that more words may lend what it lacks: "the fourth", whose month is open."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """A value, and where in the utterance it was said."""

    value: T
    confidence: float
    start: int
    end: int
    partial: bool = False
    """As of `Match`."""


Grammar = Callable[[Texts, int], Match[T] | None]
"""Reads the longest value that begins at a position, or None."""


def whole(
    said: str,
    grammar: Grammar[T],
    lead: tuple[str, ...] = (),
    trail: tuple[str, ...] = (),
    dashes: bool = False,
) -> Heard[T] | None:
    """The utterance as one value: fillers and false starts are fine, other words are not. Of several tries the last
    counts; one that only repairs a part of the try before ("March third, no, fourth", "six PM, no, seven") takes the
    rest from that. `dashes`: a dash between spaces is a mark of the grammar."""
    if len(said) > MAX_CHARACTERS:
        return None
    held = tokens(said)
    plain = strip_fillers(held, lead, trail)
    direct = _full(cut(plain, dashes), grammar) if plain else None
    if direct is not None and direct.confidence >= _SURE_ENOUGH:
        return direct
    tries = [cut(piece, dashes) for piece in attempts(held, lead, trail)]
    if not tries:
        return direct
    last = tries[-1]
    found = _full(last, grammar)
    if len(tries) > 1 and (found is None or found.partial):
        joined = _joined(tries[-2], last, grammar, _SURE_ENOUGH if found is not None else 0.0)
        if joined is not None:
            return joined
    if found is None:
        return direct
    sure = found.confidence if len(tries) == 1 else found.confidence * _CORRECTED
    return Heard(found.value, sure, found.start, found.end)


def _joined(before: Words, last: Words, grammar: Grammar[T], least: float) -> Heard[T] | None:
    """The last try behind the beginning of the one before, or in front of its end."""
    beginnings = ((*before[:kept], *last) for kept in range(len(before) - 1, 0, -1))
    ends = ((*last, *before[place:]) for place in range(len(before) - 1, 0, -1))
    for words in (*beginnings, *ends):
        joined = _full(words, grammar)
        if joined is not None and joined.confidence >= least:
            start, end = min(word.start for word in words), max(word.end for word in words)
            return Heard(joined.value, joined.confidence * _CORRECTED, start, end)
    return None


def _full(words: Words, grammar: Grammar[T]) -> Heard[T] | None:
    if not words:
        return None
    match = grammar(texts(words), 0)
    if match is None or match.end != len(words):
        return None
    return Heard(match.value, match.confidence, words[0].start, words[-1].end, match.partial)


def mentioned(said: str, grammar: Grammar[T], cues: tuple[str, ...] = ()) -> Heard[T] | None:
    """A value inside a longer utterance. The latest try that has one counts; several different values in it are none,
    unless a cue stands before exactly one of them."""
    held = tokens(said[:MAX_CHARACTERS])
    for piece in reversed(attempts(held)):
        words = cut(piece)
        found = _all(words, grammar)
        if not found:
            continue
        if len({repr(heard.value) for heard in found}) > 1:
            found = _cued(found, held, cues)
        if not found:
            return None
        first = found[0]
        return Heard(first.value, first.confidence * _MENTIONED, first.start, first.end)
    return None


def _all(words: Words, grammar: Grammar[T]) -> list[Heard[T]]:
    said = texts(words)
    found: list[Heard[T]] = []
    at = 0
    while at < len(said):
        match = grammar(said, at)
        if match is None or match.end <= at:
            at += 1
            continue
        found.append(Heard(match.value, match.confidence, words[at].start, words[match.end - 1].end))
        at = match.end
    return found


def _cued(found: list[Heard[T]], held: Tokens, cues: tuple[str, ...]) -> list[Heard[T]]:
    """The values right after a cue: the first that begins after it and before the next value."""
    chosen: list[Heard[T]] = []
    for cue in cues:
        parts = tuple(token.word for token in tokens(cue))
        for place in range(len(held) - len(parts) + 1):
            if parts and tuple(token.word for token in held[place : place + len(parts)]) == parts:
                after = held[place + len(parts) - 1].end
                following = [heard for heard in found if heard.start >= after]
                chosen.extend(following[:1])
    return chosen if len({repr(heard.value) for heard in chosen}) == 1 else []
