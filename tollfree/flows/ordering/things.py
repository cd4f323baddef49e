"""What items, options, numbers and unknown words do to the mention they belong to."""

from dataclasses import replace

from tollfree.flows.ordering.atoms import Atom, follows
from tollfree.flows.ordering.mention import fits, left_out
from tollfree.flows.ordering.menu import Found
from tollfree.flows.ordering.sentence import Mode, Sentence
from tollfree.flows.ordering.stems import stems
from tollfree.flows.ordering.targets import lines_meant
from tollfree.flows.ordering.words import CONTENT_FREE, UNITS, Cue

_STRANGE = 4
"""Words that may together name something unknown."""


def is_count(now: Sentence, place: int, atom: Atom) -> bool:
    """Whether words that are a number and an option ("six wings" may come by the six) are the number here."""
    item = now.mention.item
    if item is None and now.mention.quantity is not None:
        return False
    if place + 1 < len(now.atoms) and now.atoms[place + 1].cue is Cue.OF:
        return True
    coming = _coming_item(now, place)
    if coming is not None:
        return not _option_of(coming, atom)
    return item is None or not _option_of(item, atom)


def _coming_item(now: Sentence, place: int) -> Found | None:
    """The item that follows in the same breath, options before it passed over."""
    for atom in now.atoms[place + 1 : place + 6]:
        if atom.pause or atom.thing is None or atom.number is not None:
            return None
        if atom.thing.items and (atom.thing.full or not atom.thing.values):
            return atom.thing
    return None


def _option_of(item: Found, atom: Atom) -> bool:
    return atom.thing is not None and any(fits(place, atom.thing.values) for place in item.items)


def take_ordinal(now: Sentence, atom: Atom) -> None:
    """ "the second": a line of the order, or one of the choices offered."""
    if now.mention.item is not None and now.mode is Mode.ADD:
        now.flush()
    now.mention.ordinal = atom.ordinal
    now.mention.cover(atom.start, atom.end)


def take_number(now: Sentence, place: int, atom: Atom, number: int) -> None:
    """A quantity: of what comes, or, after a correction, of what was just said."""
    after = follows(now.atoms, place)
    if _is_pronoun(now, atom, after) or _counts_an_option(now, atom, after):
        return
    now.leaving_out = False
    if now.mode is Mode.EDIT:
        _number_in_edit(now, after)
    elif now.mode is Mode.INSTEAD:
        if now.mention.item is not None:
            now.flush()
    elif now.correcting and not now.mention.empty:
        pass
    elif now.mention.item is not None or (now.mention.values and not now.mention.ordinal):
        now.flush()
    now.mention.quantity, now.mention.article = number, atom.article
    now.mention.correcting = now.mention.correcting or now.correcting
    now.mention.cover(atom.start, atom.end)
    now.joined = False


def _is_pronoun(now: Sentence, atom: Atom, after: Atom | None) -> bool:
    """ "the large one", "the second one": not a quantity."""
    if atom.text != "one" or not (now.mention.values or now.mention.item or now.mention.ordinal is not None):
        return False
    if now.joined or (after is not None and after.thing is not None):
        return False
    if now.mention.item is not None:
        return now.mention.end == atom.start and now.mention.quantity in (None, 1)
    now.mention.that = now.mention.that or (now.mode is not Mode.ADD and now.mention.ordinal is None)
    return True


def _counts_an_option(now: Sentence, atom: Atom, after: Atom | None) -> bool:
    """ "with two sugars": how often an option is had is not recorded."""
    item = now.mention.item
    if item is None or after is None or after.thing is None or now.correcting or after.thing.full:
        return False
    refs = [ref for place in item.items if (ref := fits(place, after.thing.values)) is not None]
    several = any(now.menu.group(ref).many for ref in refs)
    led = now.before in (Cue.WITH, Cue.EXTRA)
    return bool(refs) and (led or (several and not now.joined and not atom.article))


def _number_in_edit(now: Sentence, after: Atom | None) -> None:
    if now.joined and not now.mention.empty and (now.left is not None or now.mention.item is not None):
        if after is not None and after.thing is not None and after.thing.full:
            now.flush()
            now.mode = Mode.ADD
            return
    if now.left is None and now.mention.points:
        now.to_right_side()


def take_thing(now: Sentence, place: int, atom: Atom, thing: Found) -> None:
    """An item or an option: of the item before or the one to come, or something to leave out."""
    if now.leaving_out and _left_out(now, atom, thing):
        return
    if thing.values and _is_option(now, place, atom, thing):
        _option(now, place, atom, thing)
    elif thing.items:
        _item(now, place, atom, thing)
    else:
        _option(now, place, atom, thing)
    now.joined = False


def _left_out(now: Sentence, atom: Atom, thing: Found) -> bool:
    """Takes a thing after "without", or after "and" behind the first such thing. False: it is no such thing."""
    if now.mention.leave_out or now.listing:
        item = now.mention.item
        if atom.pause and not now.anded:
            more = item is not None and any(left_out(now.menu, one, atom.text, ()) for one in item.items)
        else:
            more = now.anded and (not thing.full or _leaves_out_now(now, atom))
        if not more or atom.number is not None or atom.text.split()[0] in ("extra", "no", "without", "hold"):
            now.leaving_out = False
            return False
    now.mention.leave_out.append(atom.text)
    now.mention.cover(atom.start, atom.end)
    now.joined = False
    return True


def _leaves_out_now(now: Sentence, atom: Atom) -> bool:
    return now.mention.item is not None and now.leaves_out(now.mention.item, atom)


def _next_item(now: Sentence, place: int, thing: Found) -> bool:
    """Whether an item that has this option follows without a break: "vanilla latte", "large thin crust pizza"."""
    coming = _coming_item(now, place)
    return coming is not None and any(fits(item, thing.values) for item in coming.items)


def _is_option(now: Sentence, place: int, atom: Atom, thing: Found) -> bool:
    """Whether words that name an option, and perhaps an item as well, are the option here."""
    if not thing.items:
        return True
    if _next_item(now, place, thing):
        return True
    target = _target_items(now)
    if any(fits(item, thing.values) for item in target):
        led = now.before in (Cue.WITH, Cue.EXTRA) or (now.listing and now.joined)
        return led or not thing.full or now.mode is Mode.EDIT
    return False


def _target_items(now: Sentence) -> tuple[int, ...]:
    """The items the words may be about: the one being said, the one being changed, or the one asked about."""
    if now.mention.item is not None:
        return now.mention.item.items
    if now.mode is Mode.EDIT and now.left is not None:
        lines = lines_meant(now.taking.cart, now.left, now.menu)
    else:
        cart = now.taking.cart
        if now.before is Cue.WITH:
            lines = cart.lines
        else:
            line = cart.line(cart.last) if cart.last is not None and now.mention.quantity is None else None
            lines = () if line is None else (line,)
    return tuple(place for line in lines if (place := now.menu.places.get(line.sku)) is not None)


def _option(now: Sentence, place: int, atom: Atom, thing: Found) -> None:
    mention = now.mention
    if mention.item is not None and now.mode in (Mode.ADD, Mode.REMOVE):
        here = any(fits(item, thing.values) for item in mention.item.items)
        led = now.linked or now.before in (Cue.WITH, Cue.EXTRA)
        if _next_item(now, place, thing) and not (here and led):
            if not now.correcting:
                now.flush()
        elif not here:
            _foreign_option(now, atom)
            return
    elif now.mode is Mode.EDIT and now.left is None and mention.points:
        now.to_right_side()
    now.mention.values.append(thing.values)
    now.mention.value_words.append(atom.text)
    now.mention.cover(atom.start, atom.end)
    now.listing = True
    now.leaving_out = atom.text.split()[0] in ("no", "without", "hold")


def _foreign_option(now: Sentence, atom: Atom) -> None:
    """An option that this item does not have. What shall be left out is noted all the same."""
    if _part_fits(now, atom):
        return
    first, _, rest = atom.text.partition(" ")
    if first in ("no", "without", "hold") and rest:
        now.mention.leave_out.append(rest.removeprefix("the "))
        now.mention.cover(atom.start, atom.end)
        now.leaving_out = now.listing = True
    else:
        now.unexplained.append(atom.text)


def _part_fits(now: Sentence, atom: Atom) -> bool:
    """Takes the first words as an option when the rest belongs to the item's name: "a gallon of skim milk"."""
    assert now.mention.item is not None
    words = stems(atom.text)
    for length in range(len(words) - 1, 0, -1):
        refs = tuple(now.menu.values_named(words[:length]))
        for item in now.mention.item.items:
            if fits(item, refs) is not None and now.menu.words_of(item).issuperset(words[length:]):
                now.mention.values.append(refs)
                now.mention.value_words.append(atom.text)
                now.mention.cover(atom.start, atom.end)
                return True
    return False


def _item(now: Sentence, place: int, atom: Atom, thing: Found) -> None:
    mention = now.mention
    if now.mode is Mode.EDIT:
        _item_in_edit(now)
    elif mention.item is not None:
        narrowed = tuple(item for item in mention.item.items if item in thing.items)
        if now.linked and narrowed:
            mention.item = replace(mention.item, items=narrowed, full=mention.item.full or thing.full)
            mention.values += [implied] if (implied := now.menu.implied(stems(atom.text), narrowed)) else []
            mention.cover(atom.start, atom.end)
            return
        if now.before is Cue.WITH and not thing.full:
            if narrowed:
                mention.item = Found(thing.length, narrowed, thing.full, score=mention.item.score)
            else:
                now.unexplained.append(atom.text)
            mention.cover(atom.start, atom.end)
            return
        if now.correcting:
            mention.item = None
        elif not thing.full and place and now.atoms[place - 1].end == mention.end and not now.joined:
            mention.strange = [mention.named]
        else:
            now.flush()
    elif mention.values and now.joined and not mention.quantity and now.mode is Mode.ADD and now.listing:
        now.flush()
    now.mention.item = thing
    if thing.full and (implied := now.menu.implied(stems(atom.text), thing.items)):
        now.mention.values.append(implied)
        now.mention.value_words.append(atom.text)
    now.mention.named = " ".join([*now.mention.strange, atom.text])
    now.mention.cover(atom.start, atom.end)
    now.listing = now.correcting = False


def _item_in_edit(now: Sentence) -> None:
    if now.left is not None and now.mention.item is not None and now.joined:
        now.flush()
        now.mode = Mode.EDIT
    elif now.left is None and (now.mention.item is not None or now.mention.points_back):
        if not now.mention.of or now.mention.item is not None:
            now.to_right_side()
    elif now.left is not None and not now.mention.empty and now.joined and now.making:
        now.flush()
        now.mode, now.making = Mode.EDIT, True


def take_word(now: Sentence, place: int, atom: Atom) -> None:
    """A word that means nothing here: part of the name of something unknown, or left out, or unexplained."""
    if atom.text in CONTENT_FREE:
        if now.mention.item is None:
            now.mention.ordered = False
            now.mention.quantity = None
        return
    if now.leaving_out:
        now.mention.leave_out.append(atom.text)
        now.mention.cover(atom.start, atom.end)
        return
    if atom.text in UNITS and place and now.atoms[place - 1].number is not None and now.mention.item is None:
        now.mention.quantity = None
        now.unexplained.append(f"{now.atoms[place - 1].text} {atom.text}")
        return
    wanted = now.mention.ordered or now.mention.quantity is not None or now.mode is Mode.REMOVE
    if wanted and now.mention.item is None and len(now.mention.strange) < _STRANGE:
        now.mention.strange.append(atom.text)
        now.mention.named = " ".join(now.mention.strange)
        now.mention.cover(atom.start, atom.end)
    else:
        now.unexplained.append(atom.text)
