"""Reads what a caller's words do to an order: several items an utterance, changes, references, corrections."""

from dataclasses import dataclass

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.atoms import Atom
from tollfree.flows.ordering.cart import Cart
from tollfree.flows.ordering.cues import HANDLERS
from tollfree.flows.ordering.menu import menu_of
from tollfree.flows.ordering.operations import Operation
from tollfree.flows.ordering.sentence import Mode, Sentence
from tollfree.flows.ordering.things import is_count, take_number, take_ordinal, take_thing, take_word
from tollfree.flows.ordering.words import COMMON, Cue
from tollfree.flows.slots.spoken.words import tokens

LONGEST = 600
"""Words of an utterance that are read: two minutes of fast speech. What follows is not."""

_DECLARATIVE = frozenset("i'll i'd i we'll we'd we give gimme let let's put bring send lemme".split())
"""First words of a phrase that orders and does not ask."""
_ASKING = frozenset("do is are have does any did".split())
"""First words of a question to which an order may be the continuation: "do you have soup can I get two"."""


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


def read_order(text: str, catalogue: Catalogue, cart: Cart | None = None) -> OrderReading:
    """The operations an utterance means, given the order so far. Chatter and questions give none.

    Never raises. Time grows with the utterance's length and is capped for very long ones.
    """
    held = tokens(text)[:LONGEST]
    now = Sentence(text, held, menu_of(catalogue), catalogue, cart if cart is not None else Cart())
    for place, atom in enumerate(now.atoms):
        if atom.stop:
            now.end()
        if now.mode is Mode.IGNORE and not _wakes(now, place, atom):
            if atom.thing is not None and atom.thing.full:
                now.focus = atom.thing
            continue
        now.joined = now.joined or atom.pause
        _take(now, place, atom)
    now.flush()
    operations = tuple(now.taking.operations)
    sureness = min((operation.confidence for operation in operations), default=0.0)
    strange = sum(1 for word in now.unexplained if word not in COMMON)
    return OrderReading(
        operations=operations,
        done=now.done,
        unexplained=tuple(now.unexplained),
        confidence=round(sureness * max(0.5, 1 - 0.1 * strange), 3),
    )


def _take(now: Sentence, place: int, atom: Atom) -> None:
    if atom.cue is not None:
        handler = HANDLERS.get(atom.cue)
        if handler is not None:
            handler(now, place, atom)
        if atom.cue is not Cue.FILLER:
            now.before = atom.cue
        return
    if atom.ordinal is not None:
        take_ordinal(now, atom)
    elif atom.thing is not None and not (atom.number is not None and is_count(now, place, atom)):
        take_thing(now, place, atom, atom.thing)
    elif atom.number is not None:
        take_number(now, place, atom, atom.number)
    else:
        take_word(now, place, atom)
    now.before = None
    now.anded = False


def _wakes(now: Sentence, place: int, atom: Atom) -> bool:
    """Whether a question or remark ends here because something is ordered."""
    if atom.cue in (Cue.DONE, Cue.CLEAR):
        now.mode = Mode.ADD
        return True
    if atom.cue not in (Cue.ORDER, Cue.REMOVE, Cue.CHANGE, Cue.MAKE, Cue.MORE):
        return False
    before = now.atoms[place - 1].cue if place else None
    phrase = " " in atom.text
    firm = phrase and atom.text.split()[0] in _DECLARATIVE and place > 0 and before is not Cue.QUESTION
    if not (atom.pause or before is Cue.AND or firm or (phrase and now.asked_about in _ASKING)):
        return False
    now.mode = Mode.ADD
    return True
