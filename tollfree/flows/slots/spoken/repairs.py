"""Self-correction: what a caller takes back, and what they say instead."""

from tollfree.flows.slots.spoken.fillers import strip_fillers
from tollfree.flows.slots.spoken.words import Tokens

_MARKERS = tuple(
    sorted(
        (
            tuple(line.split())
            for line in """
no|nope|sorry|wait|actually|rather|or rather|oops|whoops|correction|pardon me|excuse me|my bad|my mistake|i'm sorry
i mean|i meant|i mean to say|scratch that|strike that|forget that|not that|make that|make it|make those|change that to
change it to|let me start over|let me start again|start over|start again|let me try again|let me rephrase|that's wrong
that's not right|hold on|hang on|no wait|sorry no|no no|or should i say|let me correct that
i repeat|once again|once more|so that's|again that's|that is to say
""".replace("\n", "|").split("|")
            if line.strip()
        ),
        key=len,
        reverse=True,
    )
)
_STARTS = frozenset(marker[0] for marker in _MARKERS)


def attempts(held: Tokens, lead: tuple[str, ...] = (), trail: tuple[str, ...] = ()) -> tuple[Tokens, ...]:
    """The caller's successive tries at a value, fillers stripped, empty ones left out: the last one is meant.

    "four one, no, four two seven" has two. What is denied ("fifteen, not fifty") is no try at all.
    `lead` and `trail` are passed on to `strip_fillers`.
    """
    pieces: list[Tokens] = []
    words = [token.word for token in held]
    begin = place = 0
    while place < len(words):
        length = _marker(words, place) if words[place] in _STARTS else 0
        if length and place == begin and words[place : place + 2] == ["no", "one"] and not held[place + 1].breaks:
            length = 0  # nobody
        if length:
            pieces.append(held[begin:place])
            begin = place = place + length
        else:
            place += 1
    pieces.append(held[begin:])
    stripped = (strip_fillers(_without_denied(piece), lead, trail) for piece in pieces)
    return tuple(piece for piece in stripped if piece)


def after_false_start(held: Tokens, lead: tuple[str, ...] = (), trail: tuple[str, ...] = ()) -> Tokens:
    """What the caller means in the end, fillers stripped: the last of `attempts`, or nothing."""
    tries = attempts(held, lead, trail)
    return tries[-1] if tries else ()


def _marker(words: list[str], place: int) -> int:
    for marker in _MARKERS:
        if tuple(words[place : place + len(marker)]) == marker:
            return len(marker)
    return 0


def _without_denied(held: Tokens) -> Tokens:
    """The tokens without "not fifty": from "not" to the next pause or "but"."""
    words = [token.word for token in held]
    if "not" not in words:
        return held
    kept: list[int] = []
    denied = False
    for place, word in enumerate(words):
        if word == "not":
            denied = True
        elif denied and (held[place].breaks or word in ("but", "it's")):
            denied = False
            if word != "but":
                kept.append(place)
        elif not denied:
            kept.append(place)
    return tuple(held[place] for place in kept)
