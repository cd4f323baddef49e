"""What the words around the items do: order, take off, change, deny, correct, ask."""

from collections.abc import Callable, Mapping

from tollfree.flows.ordering.answers import any_will_do, dismiss
from tollfree.flows.ordering.atoms import Atom, follows
from tollfree.flows.ordering.mention import Mention
from tollfree.flows.ordering.menu import Found
from tollfree.flows.ordering.operations import Clear, Remove
from tollfree.flows.ordering.sentence import Mode, Sentence
from tollfree.flows.ordering.targets import lines_meant
from tollfree.flows.ordering.things import take_number
from tollfree.flows.ordering.words import Cue

_NARRATIVE = frozenset("was were wasn't weren't had ordered got yesterday ago last never refund status already".split())
"""Words that tell of the past: what a sentence with one mentions is no order."""


def _ignore(now: Sentence, place: int, atom: Atom) -> None:
    """A question or remark begins. One that tells of the past takes back what led to it."""
    if atom.cue is Cue.ASIDE and _NARRATIVE & set(atom.text.split()) and not now.mention.ordered:
        now.mention = Mention()
    now.flush()
    now.mode = Mode.IGNORE
    now.asked_about = atom.text.split()[0]


def _order(now: Sentence, place: int, atom: Atom) -> None:
    if now.mode in (Mode.REMOVE, Mode.EDIT) and atom.text in ("order", "to order", "get", "have"):
        return
    if not (now.correcting and now.mention.item is not None):
        now.flush()
    now.mode = Mode.ADD
    now.left = None
    now.mention.ordered = True
    now.leaving_out = False


def _more(now: Sentence, place: int, atom: Atom) -> None:
    now.flush()
    now.mode = Mode.ADD
    now.mention.more = True
    now.mention.cover(atom.start, atom.end)


def _remove(now: Sentence, place: int, atom: Atom) -> None:
    after = follows(now.atoms, place)
    if now.mention.item is not None and after is not None and after.thing is not None:
        if now.leaves_out(now.mention.item, after):
            now.leaving_out, now.listing = True, False
            return
    if atom.text == "take" and not _taken_off(now, place):
        _order(now, place, atom)
        return
    now.flush()
    now.mode = Mode.REMOVE
    now.mention.cover(atom.start, atom.end)
    now.mention.start, now.mention.end = atom.start, atom.end


def _taken_off(now: Sentence, place: int) -> bool:
    """Whether "take" goes on as "take the coke off"."""
    return any(atom.text in ("off", "out", "away", "back") for atom in now.atoms[place + 1 : place + 8])


def _change(now: Sentence, place: int, atom: Atom) -> None:
    now.flush()
    now.mode, now.left, now.making = Mode.EDIT, None, False
    now.mention.start, now.mention.end = atom.start, atom.end


def _make(now: Sentence, place: int, atom: Atom) -> None:
    _change(now, place, atom)
    now.making = True


def _into(now: Sentence, place: int, atom: Atom) -> None:
    if now.mode is Mode.EDIT and now.left is None:
        now.to_right_side()
    elif now.mode is Mode.ADD and (now.joined or now.mention.empty):
        after = now.atoms[place + 1] if place + 1 < len(now.atoms) else None
        announced = now.mention.ordered or now.joined or place == 0
        if after is not None and after.thing is not None and after.thing.full and announced:
            take_number(now, place, atom, 4 if atom.text == "for" else 2)


def _with(now: Sentence, place: int, atom: Atom) -> None:
    now.leaving_out = False
    if now.mode is Mode.EDIT and now.left is None and now.mention.points:
        now.to_right_side()


def _instead_of(now: Sentence, place: int, atom: Atom) -> None:
    if now.mode is not Mode.ADD or (atom.text == "not" and not _names_an_item(now, place)):
        return
    wanted = now.mention if not now.mention.empty else None
    now.mention = Mention()
    now.mention.cover(atom.start, atom.end)
    now.left, now.mode = wanted, Mode.INSTEAD


def _names_an_item(now: Sentence, place: int) -> bool:
    """Whether "not" is followed by an item: "not a coke"."""
    near = now.atoms[place + 1 : place + 3]
    return any(atom.thing is not None and atom.thing.full for atom in near)


def _times(now: Sentence, place: int, atom: Atom) -> None:
    """ "coke times two": the number belongs to the item before."""
    now.correcting = now.correcting or now.mention.item is not None


def _instead_after(now: Sentence, place: int, atom: Atom) -> None:
    now.instead = True
    if now.mode is Mode.REMOVE and now.mention.item is not None and now.taking.operations:
        now.mode = Mode.ADD
        now.flush()


def _not(now: Sentence, place: int, atom: Atom) -> None:
    now.leaving_out, now.listing = True, False
    now.mention.cover(atom.start, atom.end)


def _no(now: Sentence, place: int, atom: Atom) -> None:
    """ "no" denies, corrects, or leaves something out: what stands around it tells which."""
    after = now.atoms[place + 1] if place + 1 < len(now.atoms) else None
    names = after is not None and not after.pause and (after.plain or (after.thing is not None and not after.number))
    if after is None or not names or now.mode is not Mode.ADD:
        now.correcting = True
        return
    item = now.mention.item
    if item is None and now.mention.values and after.thing is not None:
        now.correcting = True
    elif after.thing is None:
        now.leaving_out = item is not None
        now.correcting = item is None
    elif item is not None and now.leaves_out(item, after):
        now.leaving_out, now.listing = True, False
    elif after.thing.full and not after.thing.values:
        _no_item(now, after.thing)
    elif item is not None or after.thing.values:
        now.leaving_out = not (after.thing.items and after.thing.full and item is None)
        now.correcting = not now.leaving_out
    else:
        now.correcting = True


def _no_item(now: Sentence, thing: Found) -> None:
    """ "no coke": off the order when it is on it, else another item than the one just said."""
    if now.mention.item is not None and set(now.mention.item.items) & set(thing.items):
        now.mention = Mention()
        now.mode = Mode.IGNORE
        return
    probe = Mention(item=thing)
    if lines_meant(now.taking.cart, probe, now.menu):
        now.flush()
        now.mode = Mode.REMOVE
    elif now.mention.item is not None:
        now.correcting = True
    else:
        now.mode = Mode.REMOVE


def _correct(now: Sentence, place: int, atom: Atom) -> None:
    if atom.text in ("scratch that", "strike that"):
        if now.mention.item is not None or now.mention.quantity is not None:
            now.mention = Mention()
        elif len(now.atoms) == 1 and (last := now.taking.cart.last) is not None:
            now.taking.emit(Remove(line=last, heard=atom.text))
        return
    now.correcting = True
    now.leaving_out = False
    if atom.text.endswith(" no"):
        _no(now, place, atom)


def _only(now: Sentence, place: int, atom: Atom) -> None:
    if now.mention.item is not None and now.joined:
        now.flush()
    now.mention.only = True
    now.correcting = now.correcting or now.mention.item is not None


def _and(now: Sentence, place: int, atom: Atom) -> None:
    now.joined = now.anded = True
    now.linked = False


def _extra(now: Sentence, place: int, atom: Atom) -> None:
    now.leaving_out = now.leaving_out and atom.text == "any"
    if atom.text == "more" and now.mention.quantity is not None and now.mention.item is None:
        now.mention.more = True


def _of(now: Sentence, place: int, atom: Atom) -> None:
    now.linked = now.mention.item is not None
    if now.mention.item is None and now.mention.quantity is not None:
        now.mention.of = True
        now.mention.that = atom.text.split()[-1] in ("those", "these", "them", "that")


def _one(now: Sentence, place: int, atom: Atom) -> None:
    if now.mention.values and now.mention.item is None:
        now.mention.that = now.mode is not Mode.ADD


def _that(now: Sentence, place: int, atom: Atom) -> None:
    if now.mention.of or (now.mention.item is None and not now.mention.values and now.mode is not Mode.ADD):
        now.mention.that = True


def _all(now: Sentence, place: int, atom: Atom) -> None:
    if now.mention.item is None:
        now.mention.all = True
        now.mention.cover(atom.start, atom.end)


def _other(now: Sentence, place: int, atom: Atom) -> None:
    if now.mention.values or now.mention.item is not None:
        now.flush()
    now.mention.other = True
    now.mention.cover(atom.start, atom.end)


def _clear(now: Sentence, place: int, atom: Atom) -> None:
    now.mention = Mention()
    now.taking.emit(Clear(heard=atom.text))
    now.mode = Mode.ADD


def _dismiss(now: Sentence, place: int, atom: Atom) -> None:
    if not now.mention.empty:
        now.mention = Mention()
    else:
        dismiss(now.taking, atom.text)
    now.mode = Mode.ADD


def _any(now: Sentence, place: int, atom: Atom) -> None:
    if now.mention.empty:
        any_will_do(now.taking, atom.text)


def _finish(now: Sentence, place: int, atom: Atom) -> None:
    now.flush()
    now.done = True


HANDLERS: Mapping[Cue, Callable[[Sentence, int, Atom], None]] = {
    Cue.ORDER: _order,
    Cue.MORE: _more,
    Cue.REMOVE: _remove,
    Cue.CHANGE: _change,
    Cue.MAKE: _make,
    Cue.INTO: _into,
    Cue.WITH: _with,
    Cue.INSTEAD_OF: _instead_of,
    Cue.INSTEAD: _instead_after,
    Cue.NOT: _not,
    Cue.NO: _no,
    Cue.CORRECT: _correct,
    Cue.ACTUALLY: _correct,
    Cue.ONLY: _only,
    Cue.AND: _and,
    Cue.EXTRA: _extra,
    Cue.OF: _of,
    Cue.TIMES: _times,
    Cue.ONE: _one,
    Cue.THAT: _that,
    Cue.ALL: _all,
    Cue.BOTH: _all,
    Cue.OTHER: _other,
    Cue.CLEAR: _clear,
    Cue.DISMISS: _dismiss,
    Cue.ANY: _any,
    Cue.DONE: _finish,
    Cue.QUESTION: _ignore,
    Cue.ASIDE: _ignore,
}
"""What each cue does to the sentence, given its place among the atoms. Cues not listed only stand between things."""
