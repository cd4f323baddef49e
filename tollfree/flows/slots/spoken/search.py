"""A value inside a longer utterance: stretches of words that may be one, and the cue that says which."""

from collections.abc import Callable
from dataclasses import replace

from tollfree.flows.slots.spoken.fillers import HESITATIONS, LABELS
from tollfree.flows.slots.spoken.neighbours import is_date_or_time, is_measure
from tollfree.flows.slots.spoken.numbers import amount
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Token, Tokens, tokens
from tollfree.protocol.question import Reading

CONSIDERED = 400
"""Tokens of an utterance that are looked at; a turn of speech has at most some dozens."""
UNCUED = 0.6
"""The most confidence in a value that no cue word announces."""

_AFTER_CUE = 6
"""Words between a cue and its value: "order, and the number is …"."""
_DENIAL = 4
"""Words from "not" to the value it denies: "not order number 41755"."""
_BEFORE_CUE = 4
"""Words between a value and its cue: "41755 is my order"."""
_ANNOUNCING = LABELS | frozenset("is was it's that's would be should my the your : # =".split())
"""Words between a cue and its value that do not part them."""
_REPAIRS = frozenset("no sorry wait actually i mean meant scratch that make rather it's".split())

Stretch = tuple[int, int]


def search(
    said: str,
    cues: tuple[str, ...],
    read: Callable[[Tokens], Reading | None],
    edge: Callable[[Token], bool],
    inner: Callable[[Token], bool],
    weak: Callable[[Tokens], bool],
    money: bool = False,
) -> Reading | None:
    """The one value in `said` that `read` accepts.

    Tokens for which `edge` holds may begin and end a value, those for which `inner` holds may stand inside. A
    value announced by a cue wins; without one there must be exactly one value, and `weak` ones do not count.
    Values without a cue are at most 0.6 sure. What its neighbours make a date, a time, a measure or, unless `money`
    is sought, a price, is no value.
    """
    held = tokens(said)[:CONSIDERED]
    found: list[tuple[Stretch, Reading]] = []
    for stretch in _stretches(held, edge, inner):
        found += _readings(held, stretch, read, edge)
    found = [(stretch, reading) for stretch, reading in found if not is_date_or_time(held, *stretch)]
    found = [each for each in found if not _is_denied(held, each[0][0])] or found
    if not found:
        return None
    distance = _distances(held, cues, [stretch for stretch, _ in found])
    announced = [index for index, away in enumerate(distance) if away is not None]
    if announced:
        nearest = min(announced, key=lambda index: (distance[index] or 0, -index))
        rivals = [index for index in announced if distance[index] == distance[nearest] and index != nearest]
        if any(found[index][1].value != found[nearest][1].value for index in rivals) and not _repaired(held, found):
            return None
        return found[nearest][1]
    strong = [
        reading
        for stretch, reading in found
        if not weak(held[stretch[0] : stretch[1]]) and not is_measure(held, *stretch, money)
    ]
    if not strong or any(reading.value != strong[0].value for reading in strong):
        return None
    return replace(strong[0], confidence=min(UNCUED, strong[0].confidence))


def _is_denied(held: Tokens, first: int) -> bool:
    """Whether "not" stands before the value: "not order 41755"."""
    for place in range(first - 1, max(-1, first - 1 - _DENIAL), -1):
        if held[place].word in ("not", "isn't", "wasn't"):
            return True
        if held[place].breaks or held[place].is_figure:
            return False
    return False


def _repaired(held: Tokens, found: list[tuple[Stretch, Reading]]) -> bool:
    """Whether the last value is said to replace the one before it ("order 41755, sorry, order 41756")."""
    if len(found) < 2:
        return False
    between = held[found[-2][0][1] : found[-1][0][0]]
    return len(attempts((*held[slice(*found[-2][0])], *between, *held[slice(*found[-1][0])]))) > 1


def _stretches(held: Tokens, edge: Callable[[Token], bool], inner: Callable[[Token], bool]) -> list[Stretch]:
    """The longest runs that begin and end with an edge token and hold only edge, inner and repair words."""
    found: list[Stretch] = []
    begin: int | None = None
    last = 0
    for place, token in enumerate(held):
        if edge(token):
            begin = place if begin is None else begin
            last = place + 1
        elif begin is not None and not (inner(token) or token.word in HESITATIONS or token.word in _REPAIRS):
            found.append((begin, last))
            begin = None
    if begin is not None:
        found.append((begin, last))
    return found


def _readings(
    held: Tokens, stretch: Stretch, read: Callable[[Tokens], Reading | None], edge: Callable[[Token], bool]
) -> list[tuple[Stretch, Reading]]:
    """The stretch as one value, or else its parts between pauses."""
    whole = read(held[stretch[0] : stretch[1]])
    if whole is not None:
        return [(stretch, whole)]
    if amount(held[stretch[0] : stretch[1]]) is not None:
        return []  # one number, which is refused, is not its parts: "three and a half" of a quantity
    parts: list[Stretch] = []
    begin = stretch[0]
    for place in range(stretch[0] + 1, stretch[1] + 1):
        if place == stretch[1] or held[place].breaks or held[place].word in ("and", "to", "for"):
            parts.append((begin, place))
            begin = place
    found: list[tuple[Stretch, Reading]] = []
    for first, last in parts:
        while first < last and not edge(held[first]):
            first += 1
        while last > first and not edge(held[last - 1]):
            last -= 1
        reading = read(held[first:last]) if first < last and (first, last) != stretch else None
        if reading is not None:
            found.append(((first, last), reading))
    return found


def _distances(held: Tokens, cues: tuple[str, ...], found: list[Stretch]) -> list[float | None]:
    """For each stretch how far the nearest cue is that means it, in words; None: no cue does.

    A cue means one value: the next ("order number is 41755"), unless one stands nearer before it ("four mugs").
    """
    if not cues:
        return [None] * len(found)
    words = [token.word for token in held]
    places: list[Stretch] = []
    for cue in cues:
        phrase = [token.word for token in tokens(cue)]
        if phrase:
            places += [
                (place, place + len(phrase))
                for place in range(len(words) - len(phrase) + 1)
                if words[place : place + len(phrase)] == phrase
            ]
    distance: list[float | None] = [None] * len(found)
    for begin, end in places:
        after = next((i for i, stretch in enumerate(found) if stretch[0] >= end), None)
        before = next((i for i in reversed(range(len(found))) if found[i][1] <= begin), None)
        near: list[tuple[float, int]] = []
        if after is not None and found[after][0] - end <= _AFTER_CUE:
            between = words[end : found[after][0]]
            near.append((sum(word not in _ANNOUNCING for word in between), after))
        if before is not None and begin - found[before][1] <= _BEFORE_CUE:
            near.append((begin - found[before][1] + 0.5, before))
        if near:
            away, index = min(near)
            _nearer(distance, index, away)
    return distance


def _nearer(distance: list[float | None], index: int, away: float) -> None:
    held = distance[index]
    distance[index] = away if held is None else min(held, away)
