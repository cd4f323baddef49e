"""Reads what a caller's words do to an order: several items an utterance, changes, references, corrections."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.atoms import Atom, atoms_of, follows
from tollfree.flows.ordering.cart import Cart
from tollfree.flows.ordering.mention import Mention, can_leave_out, fits
from tollfree.flows.ordering.menu import Found, Menu, menu_of
from tollfree.flows.ordering.operations import Clear, Operation, Remove
from tollfree.flows.ordering.settling import Settler
from tollfree.flows.ordering.stems import stems
from tollfree.flows.ordering.targets import lines_meant
from tollfree.flows.ordering.words import COMMON, CONTENT_FREE, UNITS, Cue
from tollfree.flows.slots.spoken.words import Tokens, tokens

LONGEST = 600
"""Words of an utterance that are read: two minutes of fast speech. What follows is left unexplained."""
_STRANGE = 4
"""Words that may together name something unknown."""
_NARRATIVE = frozenset("was were wasn't weren't had ordered got yesterday ago last never refund status already".split())
"""Words that tell of the past: what a sentence with one mentions is no order."""
_DECLARATIVE = (
    "i'll",
    "i'd",
    "i",
    "we'll",
    "we'd",
    "we",
    "give",
    "gimme",
    "let",
    "let's",
    "put",
    "bring",
    "send",
    "get",
)
_ASKING = ("do", "is", "are", "have", "does", "any", "did")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReading:
    """What the words do to the order."""

    operations: tuple[Operation, ...] = ()
    """In the order they are to be applied."""
    done: bool = False
    """The caller also said that this is all."""
    unexplained: tuple[str, ...] = ()
    """Words that mean nothing here, fillers apart."""
    confidence: float = 0.0
    """0 to 1: the least sure operation, less what was left unexplained; 0 when there is none."""


class _Mode(Enum):
    ADD = auto()
    REMOVE = auto()
    EDIT = auto()
    INSTEAD = auto()
    """Inside "instead of …"."""
    IGNORE = auto()
    """A question or remark, until something is ordered."""


def read_order(text: str, catalogue: Catalogue, cart: Cart | None = None) -> OrderReading:
    """The operations an utterance means, given the order so far. Chatter and questions give none.

    Never raises. Time grows with the utterance's length and is capped for very long ones.
    """
    held = tokens(text)
    reader = _Reader(text, held[:LONGEST], menu_of(catalogue), catalogue, cart if cart is not None else Cart())
    return reader.read()


class _Reader:
    """One pass over an utterance's atoms. `mention` is what is being said; `left` what it changes or replaces."""

    def __init__(self, text: str, held: Tokens, menu: Menu, catalogue: Catalogue, cart: Cart) -> None:
        self.text = text
        self.held = held
        self.menu = menu
        self.atoms = atoms_of(held, menu)
        self.settler = Settler(menu, catalogue, cart)
        self.mode = _Mode.ADD
        self.mention = Mention()
        self.left: Mention | None = None
        self.making = False
        """The edit began with "make", so what is named first is what is changed."""
        self.leaving_out = False
        self.correcting = False
        self.instead = False
        self.anded = False
        """ "and" or "or" stands between this atom and the last thing."""
        self.joined = False
        """A connector or pause stands between this atom and the last thing."""
        self.before: Cue | None = None
        """The cue directly before this atom, fillers apart."""
        self.listing = False
        """The last thing was an option, so that after "and" another may follow."""
        self.focus: Found | None = None
        self.done = False
        self.asked_about = ""
        self.unexplained: list[str] = []
        self.handlers: Mapping[Cue, Callable[[int, Atom], None]] = {
            Cue.ORDER: self._order,
            Cue.MORE: self._more,
            Cue.REMOVE: self._remove,
            Cue.CHANGE: self._change,
            Cue.MAKE: self._make,
            Cue.INTO: self._into,
            Cue.WITH: self._with,
            Cue.INSTEAD_OF: self._instead_of,
            Cue.INSTEAD: self._instead_after,
            Cue.NOT: self._not,
            Cue.NO: self._no,
            Cue.CORRECT: self._correct,
            Cue.ACTUALLY: self._correct,
            Cue.ONLY: self._only,
            Cue.AND: self._and,
            Cue.EXTRA: self._extra,
            Cue.OF: self._of,
            Cue.TIMES: self._times,
            Cue.ONE: self._one,
            Cue.THAT: self._that,
            Cue.ALL: self._all,
            Cue.OTHER: self._other,
            Cue.BOTH: self._all,
            Cue.CLEAR: self._clear,
            Cue.DISMISS: self._dismiss,
            Cue.ANY: self._any,
            Cue.DONE: self._finish,
            Cue.QUESTION: self._ignore,
            Cue.ASIDE: self._ignore,
        }

    def read(self) -> OrderReading:
        for place, atom in enumerate(self.atoms):
            if atom.stop:
                self._end_sentence()
            if self.mode is _Mode.IGNORE and not self._wakes(place, atom):
                if atom.thing is not None and atom.thing.full:
                    self.focus = atom.thing
                continue
            self.joined = self.joined or atom.pause
            self._take(place, atom)
        self._flush()
        return self._reading()

    def _reading(self) -> OrderReading:
        operations = tuple(self.settler.operations)
        confidence = min((operation.confidence for operation in operations), default=0.0)
        strange = [word for word in self.unexplained if word not in COMMON]
        confidence *= max(0.5, 1 - 0.1 * len(strange))
        return OrderReading(
            operations=operations, done=self.done, unexplained=tuple(self.unexplained), confidence=round(confidence, 3)
        )

    def _take(self, place: int, atom: Atom) -> None:
        if atom.cue is not None:
            self._cue(place, atom, atom.cue)
            return
        if atom.ordinal is not None:
            self._ordinal(atom)
        elif atom.thing is not None and not (atom.number is not None and self._is_count(place, atom)):
            self._thing(place, atom, atom.thing)
        elif atom.number is not None:
            self._number(place, atom, atom.number)
        else:
            self._word(place, atom)
        self.before = None
        self.anded = False

    # -- sentences ------------------------------------------------------------------------------------------------

    def _end_sentence(self) -> None:
        self._flush()
        self.mode = _Mode.ADD
        self.before, self.joined = None, False

    def _wakes(self, place: int, atom: Atom) -> bool:
        """Whether a question or remark ends here because something is ordered."""
        if atom.cue in (Cue.DONE, Cue.CLEAR):
            self.mode = _Mode.ADD
            return True
        if atom.cue not in (Cue.ORDER, Cue.REMOVE, Cue.CHANGE, Cue.MAKE, Cue.MORE):
            return False
        apart = atom.pause or (place > 0 and self.atoms[place - 1].cue is Cue.AND)
        firm = " " in atom.text and atom.text.split()[0] in _DECLARATIVE
        yes_or_no = self.asked_about in _ASKING and " " in atom.text
        if not (apart or yes_or_no or (firm and place > 0 and self.atoms[place - 1].cue is not Cue.QUESTION)):
            return False
        self.mode = _Mode.ADD
        return True

    def _ignore(self, place: int, atom: Atom) -> None:
        """A question or remark begins. One that tells of the past takes back what led to it."""
        if atom.cue is Cue.ASIDE and _NARRATIVE & set(atom.text.split()) and not self.mention.ordered:
            self.mention = Mention()
        self._flush()
        self.mode = _Mode.IGNORE
        self.asked_about = atom.text.split()[0]

    # -- cues -----------------------------------------------------------------------------------------------------

    def _cue(self, place: int, atom: Atom, cue: Cue) -> None:
        handler = self.handlers.get(cue)
        if handler is not None:
            handler(place, atom)
        if cue is not Cue.FILLER:
            self.before = cue

    def _order(self, place: int, atom: Atom) -> None:
        if self.mode in (_Mode.REMOVE, _Mode.EDIT) and atom.text in ("order", "to order", "get", "have"):
            return
        if not (self.correcting and self.mention.item is not None):
            self._flush()
        self.mode = _Mode.ADD
        self.left = None
        self.mention.ordered = True
        self.leaving_out = False

    def _more(self, place: int, atom: Atom) -> None:
        self._flush()
        self.mode = _Mode.ADD
        self.mention.more = True
        self.mention.cover(atom.start, atom.end)

    def _remove(self, place: int, atom: Atom) -> None:
        after = follows(self.atoms, place)
        if self.mention.item is not None and after is not None and after.thing is not None:
            if self._leaves_out(self.mention.item, after):
                self.leaving_out = True
                return
        if atom.text == "take" and not self._taken_off(place):
            self._order(place, atom)
            return
        self._flush()
        self.mode = _Mode.REMOVE
        self.mention.cover(atom.start, atom.end)
        self.mention.start, self.mention.end = atom.start, atom.end

    def _taken_off(self, place: int) -> bool:
        """Whether "take" goes on as "take the coke off"."""
        return any(atom.text in ("off", "out", "away", "back") for atom in self.atoms[place + 1 : place + 8])

    def _change(self, place: int, atom: Atom) -> None:
        self._flush()
        self.mode, self.left, self.making = _Mode.EDIT, None, False
        self.mention.start, self.mention.end = atom.start, atom.end

    def _make(self, place: int, atom: Atom) -> None:
        self._change(place, atom)
        self.making = True

    def _into(self, place: int, atom: Atom) -> None:
        if self.mode is _Mode.EDIT and self.left is None:
            self._to_right_side()
        elif self.mode is _Mode.ADD and (self.joined or self.mention.empty):
            after = self.atoms[place + 1] if place + 1 < len(self.atoms) else None
            announced = self.mention.ordered or self.joined or place == 0
            if after is not None and after.thing is not None and after.thing.full and announced:
                self._number(place, atom, 4 if atom.text == "for" else 2)

    def _with(self, place: int, atom: Atom) -> None:
        self.leaving_out = False
        if self.mode is _Mode.EDIT and self.left is None and self.mention.points:
            self._to_right_side()

    def _to_right_side(self) -> None:
        start = self.mention.start
        self.left, self.mention = self.mention, Mention()
        if start >= 0:
            self.mention.start = start

    def _instead_of(self, place: int, atom: Atom) -> None:
        if self.mode is not _Mode.ADD or (atom.text == "not" and not self._names_an_item(place)):
            return
        wanted = self.mention if not self.mention.empty else None
        self.mention = Mention()
        self.mention.cover(atom.start, atom.end)
        self.left, self.mode = wanted, _Mode.INSTEAD

    def _names_an_item(self, place: int) -> bool:
        """Whether "not" is followed by an item: "not a coke"."""
        near = self.atoms[place + 1 : place + 3]
        return any(atom.thing is not None and atom.thing.full for atom in near)

    def _times(self, place: int, atom: Atom) -> None:
        """ "coke times two": the number belongs to the item before."""
        self.correcting = self.correcting or self.mention.item is not None

    def _instead_after(self, place: int, atom: Atom) -> None:
        self.instead = True
        if self.mode is _Mode.REMOVE and self.mention.item is not None and self.settler.operations:
            self.mode = _Mode.ADD
            self._flush()

    def _not(self, place: int, atom: Atom) -> None:
        self.leaving_out = True
        self.mention.cover(atom.start, atom.end)

    def _no(self, place: int, atom: Atom) -> None:
        """ "no" denies, corrects, or leaves something out: what stands around it tells which."""
        after = self.atoms[place + 1] if place + 1 < len(self.atoms) else None
        if (
            after is None
            or after.pause
            or after.cue is not None
            or after.number is not None
            or after.ordinal is not None
        ):
            self.correcting = True
            return
        if self.mode is not _Mode.ADD:
            self.correcting = True
            return
        item = self.mention.item
        if item is None and self.mention.values and after.thing is not None:
            self.correcting = True
        elif after.thing is None:
            self.leaving_out = item is not None
            self.correcting = item is None
        elif item is not None and self._leaves_out(item, after):
            self.leaving_out = True
        elif after.thing.full and not after.thing.values:
            self._no_item(after.thing)
        elif item is not None or after.thing.values:
            self.leaving_out = not (after.thing.items and after.thing.full and item is None)
            self.correcting = not self.leaving_out
        else:
            self.correcting = True

    def _no_item(self, thing: Found) -> None:
        """ "no coke": off the order when it is on it, else another item than the one just said."""
        if self.mention.item is not None and set(self.mention.item.items) & set(thing.items):
            self.mention = Mention()
            self.mode = _Mode.IGNORE
            return
        probe = Mention(item=thing)
        if lines_meant(self.settler.cart, probe, self.menu):
            self._flush()
            self.mode = _Mode.REMOVE
        elif self.mention.item is not None:
            self.correcting = True
        else:
            self.mode = _Mode.REMOVE

    def _leaves_out(self, item: Found, after: Atom) -> bool:
        """Whether the words name something that can be left out of the item."""
        return any(can_leave_out(self.menu, place, after.text) for place in item.items)

    def _correct(self, place: int, atom: Atom) -> None:
        if atom.text in ("scratch that", "strike that"):
            if self.mention.item is not None or self.mention.quantity is not None:
                self.mention = Mention()
            elif len(self.atoms) == 1 and (last := self.settler.cart.last) is not None:
                self.settler.emit(Remove(line=last, heard=atom.text))
            return
        self.correcting = True
        self.leaving_out = False
        if atom.text.endswith(" no"):
            self._no(place, atom)

    def _only(self, place: int, atom: Atom) -> None:
        if self.mention.item is not None and self.joined:
            self._flush()
        self.mention.only = True
        self.correcting = self.correcting or self.mention.item is not None

    def _and(self, place: int, atom: Atom) -> None:
        self.joined = self.anded = True

    def _extra(self, place: int, atom: Atom) -> None:
        self.leaving_out = self.leaving_out and atom.text == "any"
        if atom.text == "more" and self.mention.quantity is not None and self.mention.item is None:
            self.mention.more = True

    def _of(self, place: int, atom: Atom) -> None:
        if self.mention.item is None and self.mention.quantity is not None:
            self.mention.of = True
            self.mention.that = atom.text.split()[-1] in ("those", "these", "them", "that")

    def _one(self, place: int, atom: Atom) -> None:
        if self.mention.values and self.mention.item is None:
            self.mention.that = self.mode is not _Mode.ADD

    def _that(self, place: int, atom: Atom) -> None:
        if self.mention.of or (self.mention.item is None and not self.mention.values and self.mode is not _Mode.ADD):
            self.mention.that = True

    def _all(self, place: int, atom: Atom) -> None:
        if self.mention.item is None:
            self.mention.all = True
            self.mention.cover(atom.start, atom.end)

    def _other(self, place: int, atom: Atom) -> None:
        if self.mention.values or self.mention.item is not None:
            self._flush()
        self.mention.other = True
        self.mention.cover(atom.start, atom.end)

    def _clear(self, place: int, atom: Atom) -> None:
        self.mention = Mention()
        self.settler.emit(Clear(heard=atom.text))
        self.mode = _Mode.ADD

    def _dismiss(self, place: int, atom: Atom) -> None:
        if not self.mention.empty:
            self.mention = Mention()
        else:
            self.settler.dismiss(atom.text)
        self.mode = _Mode.ADD

    def _any(self, place: int, atom: Atom) -> None:
        if self.mention.empty:
            self.settler.any_will_do(atom.text)

    def _finish(self, place: int, atom: Atom) -> None:
        self._flush()
        self.done = True

    # -- things ---------------------------------------------------------------------------------------------------

    def _is_count(self, place: int, atom: Atom) -> bool:
        """Whether words that are a number and an option ("six wings" may come by the six) are the number here."""
        after = follows(self.atoms, place)
        if after is None or after.thing is None or atom.thing is None or self.mention.quantity is not None:
            return self.mention.quantity is None and not (
                self.mention.item and self._option_of(self.mention.item, atom)
            )
        return not any(fits(item, atom.thing.values) for item in after.thing.items)

    def _option_of(self, item: Found, atom: Atom) -> bool:
        return atom.thing is not None and any(fits(place, atom.thing.values) for place in item.items)

    def _ordinal(self, atom: Atom) -> None:
        if self.mention.item is not None and self.mode is _Mode.ADD:
            self._flush()
        self.mention.ordinal = atom.ordinal
        self.mention.cover(atom.start, atom.end)

    def _number(self, place: int, atom: Atom, number: int) -> None:
        after = follows(self.atoms, place)
        if self._is_pronoun(atom, after) or self._counts_an_option(atom, after):
            return
        self.leaving_out = False
        if self.mode is _Mode.EDIT:
            self._number_in_edit(after)
        elif self.mode is _Mode.INSTEAD:
            if self.mention.item is not None:
                self._flush()
        elif self.correcting and not self.mention.empty:
            pass
        elif self.mention.item is not None or (self.mention.values and not self.mention.ordinal):
            self._flush()
        self.mention.quantity, self.mention.article = number, atom.article
        self.mention.correcting = self.mention.correcting or self.correcting
        self.mention.cover(atom.start, atom.end)
        self.joined = False

    def _is_pronoun(self, atom: Atom, after: Atom | None) -> bool:
        """ "the large one", "the second one": not a quantity."""
        if atom.text != "one" or not (self.mention.values or self.mention.item or self.mention.ordinal is not None):
            return False
        if self.joined or (after is not None and after.thing is not None):
            return False
        if self.mention.item is not None:
            return self.mention.end == atom.start and self.mention.quantity in (None, 1)
        self.mention.that = self.mention.that or (self.mode is not _Mode.ADD and self.mention.ordinal is None)
        return True

    def _counts_an_option(self, atom: Atom, after: Atom | None) -> bool:
        """ "with two sugars": how often an option is had is not recorded."""
        item = self.mention.item
        if item is None or after is None or after.thing is None or self.correcting or after.thing.full:
            return False
        refs = [ref for place in item.items if (ref := fits(place, after.thing.values)) is not None]
        several = any(self.menu.group(ref).many for ref in refs)
        led = self.before in (Cue.WITH, Cue.EXTRA)
        return bool(refs) and (led or (several and not self.joined and not atom.article))

    def _number_in_edit(self, after: Atom | None) -> None:
        if self.joined and not self.mention.empty and (self.left is not None or self.mention.item is not None):
            if after is not None and after.thing is not None and after.thing.full:
                self._flush()
                self.mode = _Mode.ADD
                return
        if self.left is None and self.mention.points:
            self._to_right_side()

    def _thing(self, place: int, atom: Atom, thing: Found) -> None:
        if self.leaving_out and self._left_out(atom, thing):
            return
        if thing.values and self._is_option(place, atom, thing):
            self._option(place, atom, thing)
        elif thing.items:
            self._item(place, atom, thing)
        else:
            self._option(place, atom, thing)
        self.joined = False

    def _left_out(self, atom: Atom, thing: Found) -> bool:
        """Takes a thing after "without", or after "and" behind the first such thing. False: it is no such thing."""
        if self.mention.leave_out or self.listing:
            more = self.anded and not atom.pause and (not thing.full or self._leaves_out_now(atom))
            if not more or atom.text.split()[0] in ("extra", "no", "without", "hold"):
                self.leaving_out = False
                return False
        self.mention.leave_out.append(atom.text)
        self.mention.cover(atom.start, atom.end)
        self.joined = False
        return True

    def _leaves_out_now(self, atom: Atom) -> bool:
        return self.mention.item is not None and self._leaves_out(self.mention.item, atom)

    def _next_item(self, place: int, thing: Found) -> bool:
        """Whether an item that has this option follows without a break: "vanilla latte", "large thin crust pizza"."""
        for atom in self.atoms[place + 1 : place + 6]:
            if atom.pause or atom.cue is not None or atom.number is not None or atom.thing is None:
                return False
            if atom.thing.items and (atom.thing.full or not atom.thing.values):
                return any(fits(item, thing.values) for item in atom.thing.items)
        return False

    def _is_option(self, place: int, atom: Atom, thing: Found) -> bool:
        """Whether words that name an option, and perhaps an item as well, are the option here."""
        if not thing.items:
            return True
        if self._next_item(place, thing):
            return True
        target = self._target_items()
        if any(fits(item, thing.values) for item in target):
            led = self.before in (Cue.WITH, Cue.EXTRA) or (self.listing and self.joined)
            return led or not thing.full or self.mode is _Mode.EDIT
        return False

    def _target_items(self) -> tuple[int, ...]:
        """The items the words may be about: the one being said, the one being changed, or the one asked about."""
        if self.mention.item is not None:
            return self.mention.item.items
        if self.mode is _Mode.EDIT and self.left is not None:
            lines = lines_meant(self.settler.cart, self.left, self.menu)
        else:
            cart = self.settler.cart
            if self.before is Cue.WITH:
                lines = cart.lines
            else:
                line = cart.line(cart.last) if cart.last is not None and self.mention.quantity is None else None
                lines = () if line is None else (line,)
        return tuple(place for line in lines if (place := self.menu.places.get(line.sku)) is not None)

    def _option(self, place: int, atom: Atom, thing: Found) -> None:
        mention = self.mention
        if mention.item is not None and self.mode in (_Mode.ADD, _Mode.REMOVE):
            here = any(fits(item, thing.values) for item in mention.item.items)
            if self._next_item(place, thing) and (not here or self.before not in (Cue.WITH, Cue.EXTRA)):
                if not self.correcting:
                    self._flush()
            elif not here:
                self._foreign_option(atom)
                return
        elif self.mode is _Mode.EDIT and self.left is None and mention.points:
            self._to_right_side()
        self.mention.values.append(thing.values)
        self.mention.value_words.append(atom.text)
        self.mention.cover(atom.start, atom.end)
        self.listing = True
        self.leaving_out = atom.text.split()[0] in ("no", "without", "hold")

    def _foreign_option(self, atom: Atom) -> None:
        """An option that this item does not have. What shall be left out is noted all the same."""
        first, _, rest = atom.text.partition(" ")
        if first in ("no", "without", "hold") and rest:
            self.mention.leave_out.append(rest.removeprefix("the "))
            self.mention.cover(atom.start, atom.end)
            self.leaving_out = self.listing = True
        else:
            self.unexplained.append(atom.text)

    def _item(self, place: int, atom: Atom, thing: Found) -> None:
        mention = self.mention
        if self.mode is _Mode.EDIT:
            self._item_in_edit()
        elif mention.item is not None:
            narrowed = tuple(item for item in mention.item.items if item in thing.items)
            if self.before is Cue.WITH and not thing.full:
                if narrowed:
                    mention.item = Found(thing.length, narrowed, thing.full, score=mention.item.score)
                else:
                    self.unexplained.append(atom.text)
                mention.cover(atom.start, atom.end)
                return
            if self.correcting:
                mention.item = None
            elif not thing.full and place and self.atoms[place - 1].end == mention.end and not self.joined:
                mention.strange.append(mention.named)
            else:
                self._flush()
        elif mention.values and self.joined and not mention.quantity and self.mode is _Mode.ADD and self.listing:
            self._flush()
        self.mention.item = thing
        if thing.full and (implied := self.menu.implied(stems(atom.text), thing.items)):
            self.mention.values.append(implied)
            self.mention.value_words.append(atom.text)
        self.mention.named = " ".join([*self.mention.strange, atom.text])
        self.mention.cover(atom.start, atom.end)
        self.listing = self.correcting = False

    def _item_in_edit(self) -> None:
        if self.left is not None and self.mention.item is not None and self.joined:
            self._flush()
            self.mode = _Mode.EDIT
        elif self.left is None and (self.mention.item is not None or self.mention.points_back):
            if not self.mention.of or self.mention.item is not None:
                self._to_right_side()
        elif self.left is not None and not self.mention.empty and self.joined and self.making:
            self._flush()
            self.mode, self.making = _Mode.EDIT, True

    def _word(self, place: int, atom: Atom) -> None:
        """A word that means nothing here: part of the name of something unknown, or left out, or unexplained."""
        if atom.text in CONTENT_FREE:
            if self.mention.item is None:
                self.mention.ordered = False
                self.mention.quantity = None
            return
        if self.leaving_out:
            self.mention.leave_out.append(atom.text)
            self.mention.cover(atom.start, atom.end)
            return
        if atom.text in UNITS and place and self.atoms[place - 1].number is not None and self.mention.item is None:
            self.mention.quantity = None
            self.unexplained.append(f"{self.atoms[place - 1].text} {atom.text}")
            return
        wanted = self.mention.ordered or self.mention.quantity is not None or self.mode is _Mode.REMOVE
        if wanted and self.mention.item is None and len(self.mention.strange) < _STRANGE:
            self.mention.strange.append(atom.text)
            self.mention.named = " ".join(self.mention.strange)
            self.mention.cover(atom.start, atom.end)
        else:
            self.unexplained.append(atom.text)

    # -- the end of a mention -------------------------------------------------------------------------------------

    def _heard(self, mention: Mention) -> str:
        if mention.start < 0 or mention.end <= mention.start:
            return ""
        return self.text[self.held[mention.start].start : self.held[mention.end - 1].end]

    def _flush(self) -> None:
        """Makes of the mention what it means, and begins a new one."""
        mention, left = self.mention, self.left
        self.mention, self.left = Mention(), None
        self.leaving_out = self.correcting = self.listing = False
        heard = self._heard(mention)
        if self.mode is _Mode.EDIT:
            if not mention.empty and not self.settler.change(left, mention, heard):
                self.unexplained.append(heard)
            self.mode = _Mode.ADD
        elif self.mode is _Mode.REMOVE:
            if not mention.empty and not self.settler.remove(mention, heard):
                self.unexplained.append(heard)
        elif self.mode is _Mode.INSTEAD:
            self._flush_instead(left, mention, heard)
        elif not mention.empty:
            self._flush_add(mention, heard)

    def _flush_add(self, mention: Mention, heard: str) -> None:
        cart = self.settler.cart
        last = cart.line(cart.last) if cart.last is not None else None
        if mention.item is not None and last is not None and not self.settler.operations:
            sure, self.instead = self.instead, False
            if (sure or (self._denied() and not mention.ordered)) and self.settler.correct(last, mention, heard, sure):
                return
        if mention.item is not None and mention.item.full:
            self.unexplained += mention.strange
        if not self.settler.add(mention, heard, self.focus) and heard:
            self.unexplained.append(heard)

    def _denied(self) -> bool:
        """Whether the utterance began by denying what we read back: "no, a sprite"."""
        first = next((atom.cue for atom in self.atoms if atom.cue is not Cue.FILLER), None)
        return first in (Cue.NO, Cue.CORRECT)

    def _flush_instead(self, wanted: Mention | None, mention: Mention, heard: str) -> None:
        """The end of "instead of the coke": what is wanted was said before, or comes now."""
        self.mode = _Mode.ADD
        lines = () if mention.empty else lines_meant(self.settler.cart, mention, self.menu)
        if mention.item is None and not mention.points_back:
            lines = ()
        if wanted is not None:
            self.settler.replace_with(lines, wanted, self._heard(wanted))
        elif lines:
            self.settler.emit(Remove(line=lines[0].id, heard=heard))
            self.mention.quantity = lines[0].quantity
            self.mention.article = True
            self.mention.ordered = True
