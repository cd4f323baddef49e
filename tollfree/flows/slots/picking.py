"""Picks the one named thing a caller means: by name, by place ("the second one"), by what it is not."""

from dataclasses import dataclass

from tollfree.flows.slots.phrases import Named, Phrases
from tollfree.flows.slots.spoken.fillers import strip_fillers
from tollfree.flows.slots.spoken.repairs import attempts
from tollfree.flows.slots.spoken.words import Tokens, tokens, words

_LEAD = tuple(
    """i'd prefer|i would prefer|i prefer|i'd rather have|i'd rather|i would rather have|i choose|i'll choose|i pick
i'll pick|i'd go for|i'll go for|let's go for|let's go with|i'd go with|i'm going with|i am going with|i want to have
it has to be|it'd have to be|make it|make that|change it to|the one|the one with|the one called|i meant|i mean|one
definitely|of those|of these|i'm looking for|i am looking for|looking for|i'm interested in|interested in|do you have
have you got|do you sell|i'd love|i would love|i fancy|can you add|could you add|add|another|some|any|more|a|an|the|my
option|choice|could i please have|can i please have|may i please have|could i please get|can i please get|please give me
it's the|that's the|i think the|i would say the|both of|in|by|with|as|for|to|of""".replace("\n", "|").split("|")
)
_TRAIL = tuple(
    """one|ones|option|choice|version|please|for me|then|thanks|it is|instead|if possible|if you have it|if you have one
would be great|would be good|would be nice|would be best|would be perfect|is fine|is good|is best|works|sounds good
sounds great|is the one|is what i want|is what i'd like|i want|i'd like|will be fine|works for me""".replace(
        "\n", "|"
    ).split("|")
)
_PLACES = {
    word: place
    for place, names in enumerate(
        (
            "first 1st",
            "second 2nd",
            "third 3rd",
            "fourth 4th",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th",
            "eighth 8th",
            "ninth 9th",
        ),
        start=1,
    )
    for word in names.split()
}
_NUMBERS = {
    word: place
    for place, names in enumerate("one 1|two 2|three 3|four 4|five 5|six 6|seven 7|eight 8|nine 9".split("|"), 1)
    for word in names.split()
}
_NOT = frozenset({"not", "isn't", "except", "but", "don't", "without", "never"})
_NEITHER = frozenset({"neither", "none", "nothing", "nobody", "both", "either"})
_BY_EXCLUSION = 0.6
_CORRECTED = 0.9


@dataclass(frozen=True, slots=True)
class Picked:
    """The thing picked, and the characters it was read from."""

    name: str
    confidence: float
    start: int
    end: int


def pick(held: Tokens, phrases: Phrases, order: tuple[str, ...] = ()) -> Picked | None:
    """The whole utterance as one of the names. `order`: the names as they were read out, for "the second one"."""
    exact = _named(held, phrases.whole(held)) if held else None
    if exact is not None and exact.confidence == 1.0:
        return exact
    alone = _alone(held, phrases)
    if alone is not None:
        return alone
    tries = attempts(held, _LEAD, _TRAIL)
    sure = 1.0 if len(tries) == 1 else _CORRECTED
    kept = strip_fillers(held, _LEAD, _TRAIL)
    plain = _named(kept, phrases.whole(kept)) if kept else None
    if plain is not None and plain.confidence >= 0.9:
        return plain
    if tries:
        last = tries[-1]
        found = _place(last, order, held) or _named(last, phrases.whole(last)) or _spoken_place(held, order)
        if found is not None:
            return Picked(found.name, found.confidence * sure, found.start, found.end)
    return _spoken_place(held, order) or _other_than(held, phrases, order)


def _alone(held: Tokens, phrases: Phrases) -> Picked | None:
    """The one name said, with nothing but filler around it, even where its own words announce a value elsewhere
    ("delivery please", "the phone")."""
    found = phrases.everywhere(held)
    if len(found) != 1:
        return None
    around = (held[: found[0].start], held[found[0].end :])
    return None if any(strip_fillers(part, _LEAD, _TRAIL) for part in around) else _named(held, found[0])


def _named(held: Tokens, named: Named | None) -> Picked | None:
    if named is None:
        return None
    return Picked(named.name, named.confidence, held[named.start].start, held[named.end - 1].end)


def _spoken_place(held: Tokens, order: tuple[str, ...]) -> Picked | None:
    """A place in words that `strip_fillers` takes for filler too: "the first one", "number two", "option three"."""
    return _place(strip_fillers(held, ("the", "i'd prefer", "i prefer", "i choose", "i'll go for")), order, held)


def _place(kept: Tokens, order: tuple[str, ...], held: Tokens) -> Picked | None:
    """The place in the order as read out, if these words of the utterance are nothing but one."""
    if not kept or not order:
        return None
    around = ("the", "one", "option", "choice", "number", "of", "them", "#")
    numbered = any(word in around for word in words(held)) or kept[0].word == "one"
    said = [word for word in words(kept) if word not in around] or [w for w in words(kept) if w == "one"]
    place = _index(said, numbered, len(order))
    if place is None or not 0 <= place < len(order):
        return None
    return Picked(order[place], 0.9, kept[0].start, kept[-1].end)


def _index(said: list[str], numbered: bool, count: int) -> int | None:
    if said == ["last"] or said == ["latter"] or said == ["final"] or said == ["bottom"]:
        return count - 1
    if said == ["former"] or said == ["top"]:
        return 0
    if said == ["second", "last"] or said == ["second", "to", "last"]:
        return count - 2
    if said == ["middle"]:
        return count // 2 if count % 2 else None
    if len(said) != 1:
        return None
    if said[0] in _PLACES:
        return _PLACES[said[0]] - 1
    return _NUMBERS[said[0]] - 1 if numbered and said[0] in _NUMBERS else None


def _other_than(held: Tokens, phrases: Phrases, order: tuple[str, ...]) -> Picked | None:
    """ "not the red one, the blue one", "anything but the red one" of two."""
    if not any(word in _NOT or word in ("rather", "instead") for word in words(held)):
        return None
    wanted, denied = _wanted(held, phrases)
    if len({named.name for named in wanted}) == 1:
        return _named(held, wanted[0])
    refused = {named.name for named in denied}
    left = [name for name in order if name not in refused]
    if not wanted and refused and len(left) == 1 and len(order) == 2:
        return Picked(left[0], _BY_EXCLUSION, held[0].start, held[-1].end)
    return None


def _wanted(held: Tokens, phrases: Phrases) -> tuple[list[Named], list[Named]]:
    """The names said, and those denied: the name after "not", "rather than", "instead of" or "anything but"."""
    said = words(held)
    wanted: list[Named] = []
    denied: list[Named] = []
    refusing = -1
    for named in phrases.everywhere(held):
        gap = range(max(refusing, 0), named.start)
        marks = [place for place in gap if said[place] in _NOT and said[place] != "but"]
        marks += [place for place in gap if said[place : place + 2] in (("instead", "of"), ("rather", "than"))]
        marks += [place for place in gap if said[place : place + 2] in (("anything", "but"), ("everything", "but"))]
        turned = [place for place in gap if said[place] == "but" and said[place - 1] not in ("anything", "everything")]
        refused = bool(marks) and (not turned or max(turned) < max(marks))
        (denied if refused else wanted).append(named)
        refusing = named.end - 1
    return wanted, denied


def pick_within(held: Tokens, phrases: Phrases, cues: tuple[str, ...] = ()) -> Picked | None:
    """A name inside a longer utterance. Several different ones are none, unless a cue stands before exactly one."""
    if _NEITHER & set(words(held)):
        return None
    for piece in (*reversed(attempts(held)), held):  # last all of it: a name may be what announces other values
        wanted, denied = _wanted(piece, phrases)
        if not wanted and not denied and len(piece) <= 30:
            wanted = list(phrases.everywhere(piece, loosely=True))
        if not wanted:
            continue
        names = {named.name for named in wanted}
        chosen = wanted[0] if len(names) == 1 else _after_cue(piece, wanted, cues)
        if chosen is None:
            return None
        picked = _named(piece, chosen)
        return Picked(picked.name, picked.confidence * 0.9, picked.start, picked.end) if picked is not None else None
    return None


def _after_cue(held: Tokens, found: list[Named], cues: tuple[str, ...]) -> Named | None:
    said = words(held)
    chosen: dict[str, Named] = {}
    for cue in cues:
        parts = words(tokens(cue))
        for place in range(len(said) - len(parts) + 1):
            if parts and said[place : place + len(parts)] == parts:
                following = next((named for named in found if named.start >= place + len(parts)), None)
                if following is not None:
                    chosen[following.name] = following
    return next(iter(chosen.values())) if len(chosen) == 1 else None
