"""An utterance cut into the pieces an order is made of: things, numbers, cues, and words that mean nothing here."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tollfree.flows.ordering.menu import Found, Menu
from tollfree.flows.ordering.stems import stems_of
from tollfree.flows.ordering.words import COMMON, ORDINALS, Cue, cue_at
from tollfree.flows.slots.spoken.numbers import amount_from, cardinal_from
from tollfree.flows.slots.spoken.words import Tokens

GUESSES = 120
"""Places of one utterance at which misheard names are looked for; the longest sensible order has fewer."""
_LARGEST = 100_000
"""A larger number is no quantity."""
_SHORTEST = 3
"""Letters of a word at least, before it may be misheard."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece. Exactly one of `cue`, `thing`, `number`, `ordinal` is set, or none for a word without meaning here;
    but a thing that is also a number ("six wings" come by the six) has both."""

    start: int
    """First token."""
    end: int
    """One past its last token."""
    text: str
    """The caller's words, in lower case."""
    pause: bool = False
    """A comma, stop or dash stands before it."""
    stop: bool = False
    """A sentence ended before it."""
    cue: Cue | None = None
    thing: Found | None = None
    number: int | None = None
    article: bool = False
    """The number is only "a" or "an"."""
    ordinal: int | None = None
    """"the second": 2; "the last": -1."""

    @property
    def plain(self) -> bool:
        """A word without meaning here."""
        return self.cue is None and self.thing is None and self.number is None and self.ordinal is None


def atoms_of(held: Tokens, menu: Menu) -> tuple[Atom, ...]:
    """The utterance's pieces, in order, covering every token once. Linear in its length."""
    words = ["and" if token.word in ("&", "+") else token.word for token in held]
    scan = _Scan(held, words, list(stems_of(held)), menu)
    found: list[Atom] = []
    place = 0
    while place < len(held):
        atom = scan.atom(place)
        found.append(atom)
        place = atom.end
    return tuple(found)


class _Scan:
    """One pass over an utterance."""

    def __init__(self, held: Tokens, words: list[str], stems: list[str], menu: Menu) -> None:
        self.held = held
        self.words = words
        self.stems = stems
        self.menu = menu
        self.guesses_left = GUESSES

    def atom(self, place: int) -> Atom:
        """The piece that begins at this token."""
        if not self.stems[place]:
            return self._made(place, 1, cue=Cue.FILLER)
        cue = cue_at(self.words, place)
        thing = self.menu.find(self.stems, place)
        if thing is not None and not thing.full and self._item_inside(place, place + thing.length) is not None:
            thing = None
        number = self._number(place)
        ordinal = ORDINALS.get(self.words[place])
        if ordinal is not None and place and self.words[place - 1] in ("the", "my", "that", "number"):
            if thing is None or thing.length == 1:
                return self._made(place, 1, ordinal=ordinal)
        if thing is not None and self._thing_wins(thing, cue, number):
            return self._thing(place, thing, number)
        if number is not None and (cue is None or cue[1] <= number[0]):
            return self._made(place, number[0], number=number[1], article=self.words[place] in ("a", "an", "1"))
        if cue is not None:
            return self._cue(place, cue)
        return self._unheard(place)

    @staticmethod
    def _thing_wins(thing: Found, cue: tuple[Cue, int] | None, number: tuple[int, int] | None) -> bool:
        whole = thing.full or bool(thing.values)
        if number is not None and (thing.length < number[0] or not whole):
            return False
        if cue is None:
            return True
        return thing.length > cue[1] or (whole and thing.length == cue[1])

    def _thing(self, place: int, thing: Found, number: tuple[int, int] | None) -> Atom:
        """A thing; one of which only part was recognised may be a misheard longer name."""
        if not thing.full and self._strange(place + thing.length):
            better = self._misheard(place)
            if better is not None and better.length > thing.length:
                return self._made(place, better.length, thing=better)
        same = number is not None and number[0] == thing.length
        return self._made(place, thing.length, thing=thing, number=number[1] if number and same else None)

    def _cue(self, place: int, cue: tuple[Cue, int]) -> Atom:
        kind, length = cue
        if kind is Cue.LAST:
            return self._made(place, length, ordinal=-1)
        if kind is Cue.FILLER and length == 1 and self.words[place] in ("a", "an"):
            return self._made(place, 1, number=1, article=True)
        return self._made(place, length, cue=kind)

    def _number(self, place: int) -> tuple[int, int] | None:
        """Tokens and value of a quantity at this token. A name that begins with a number word keeps it: in
        "two dozen eggs", of the "dozen eggs" there are two."""
        if (vague := self._vague(place)) is not None:
            return vague
        found = amount_from(self.held, place)
        if found is None:
            return None
        end, value = found
        inner = self._item_inside(place, end)
        if inner is not None:
            if self.words[place] in ("a", "an", "the"):
                return 1, 1
            whole = cardinal_from(self.held[:inner], place)
            end, value = (whole[0], Decimal(whole[1])) if whole is not None else (end, value)
        if value != value.to_integral_value() or not 0 < value <= _LARGEST:
            return None
        return end - place, int(value)

    def _item_inside(self, place: int, end: int) -> int | None:
        """Where, after `place`, an item's whole name begins that goes on past `end`."""
        for inner in range(place + 1, end):
            name = self.menu.find(self.stems, inner)
            if name is not None and name.full and inner + name.length > end:
                return inner
        return None

    def _vague(self, place: int) -> tuple[int, int] | None:
        """ "a few", "several": three."""
        words = self.words[place : place + 2]
        if words[:2] == ["a", "few"]:
            return 2, 3
        return (1, 3) if words[:1] in (["few"], ["several"]) else None

    def _unheard(self, place: int) -> Atom:
        """A word that is nothing exactly: perhaps a misheard name, perhaps no matter."""
        if self._strange(place):
            found = self._misheard(place)
            if found is None and (repaired := self.menu.repaired(self.stems[place])) is not None:
                self.stems[place] = repaired
                found = self.menu.find(self.stems, place)
            if found is not None:
                return self._made(place, found.length, thing=found)
        return self._made(place, 1)

    def _strange(self, place: int) -> bool:
        """Whether the token is a word of neither the language of ordering nor the catalogue."""
        if place >= len(self.words):
            return False
        word = self.words[place]
        return (
            len(word) >= _SHORTEST and word.isalpha() and word not in COMMON and not self.menu.knows(self.stems[place])
        )

    def _misheard(self, place: int) -> Found | None:
        if self.guesses_left <= 0:
            return None
        self.guesses_left -= 1
        return self.menu.misheard(self.stems, place)

    def _made(
        self,
        place: int,
        length: int,
        *,
        cue: Cue | None = None,
        thing: Found | None = None,
        number: int | None = None,
        article: bool = False,
        ordinal: int | None = None,
    ) -> Atom:
        before = self.held[place].before
        return Atom(
            place,
            place + length,
            " ".join(self.words[place : place + length]),
            pause=place > 0 and self.held[place].breaks,
            stop=place > 0 and any(mark in before for mark in ".?!;…"),
            cue=cue,
            thing=thing,
            number=number,
            article=article,
            ordinal=ordinal,
        )


def follows(atoms: Sequence[Atom], place: int) -> Atom | None:
    """The next piece that is no filler, in the same breath."""
    for atom in atoms[place + 1 : place + 6]:
        if atom.pause:
            return None
        if atom.cue is not Cue.FILLER:
            return atom
    return None
