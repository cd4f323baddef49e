"""What a mention takes away, changes or replaces."""

from collections.abc import Sequence
from dataclasses import replace

from tollfree.flows.ordering.adding import add
from tollfree.flows.ordering.cart import Line, open_questions
from tollfree.flows.ordering.mention import Mention, can_leave_out, choices_for
from tollfree.flows.ordering.operations import Absent, Change, Remove
from tollfree.flows.ordering.taking import GUESSED, Taking
from tollfree.flows.ordering.targets import could_have, line_for_options, lines_meant


def remove(taking: Taking, mention: Mention, heard: str) -> bool:
    """A mention in a sentence that takes away."""
    if not mention.points and (mention.leave_out or mention.values):
        return _remove_option(taking, mention, heard) or _absent(taking, mention, heard)
    if mention.strange and mention.item is None:
        taking.emit(Absent(heard=" ".join(mention.strange)))
        return True
    lines = lines_meant(taking.cart, mention, taking.menu)
    if not lines:
        return _remove_option(taking, mention, heard) or _absent(taking, mention, heard)
    count = None if mention.quantity is None or mention.article else mention.quantity
    if mention.article and not mention.of and len(lines) == 1 and lines[0].quantity > 1:
        count = 1
    if mention.all:
        for line in lines:
            taking.emit(Remove(line=line.id, heard=heard))
    elif len(lines) == 1:
        taking.emit(Remove(line=lines[0].id, quantity=count, heard=heard))
    else:
        taking.ask_which(lines, Remove(line=lines[0].id, quantity=count, heard=heard), heard)
    return True


def _remove_option(taking: Taking, mention: Mention, heard: str) -> bool:
    """ "take off the onions": something of a line, not a line."""
    words = mention.leave_out or mention.value_words or ([mention.named] if mention.named else [])
    lines = [line for line in taking.cart.lines if line.id == taking.cart.last]
    lines += [line for line in taking.cart.lines if line.id != taking.cart.last]
    for noted in (False, True):
        for line in lines:
            item = taking.menu.places.get(line.sku)
            if item is None or not words:
                continue
            options, without = choices_for(taking.menu, item, Mention(leave_out=list(words)), line.options)
            known = all(can_leave_out(taking.menu, item, part) for part in without)
            if not without or (noted and known):
                taking.emit(Change(line=line.id, options=options, without=without, heard=heard, confidence=GUESSED))
                return True
    return False


def _absent(taking: Taking, mention: Mention, heard: str) -> bool:
    if mention.item is None:
        words = mention.leave_out or mention.value_words
        if words:
            taking.emit(Absent(heard=" and ".join(words)))
        return bool(words)
    item = taking.menu.items[mention.item.items[0]]
    taking.emit(Absent(heard=item.name if len(mention.item.items) == 1 else mention.named or heard, sku=item.sku))
    return True


def change(taking: Taking, target: Mention | None, right: Mention, heard: str) -> bool:
    """ "make the pizza large", "change the coke to a sprite": the right side is what shall be."""
    if right.item is not None and (target is None or target.empty) and not right.article:
        target, right = (right, Mention(values=[], quantity=None)) if target is None else (target, right)
    lines = _lines_to_change(taking, target, right)
    if target is None or target.that and target.item is None:
        lines = _counted_anew(taking, right) or lines
    if not lines:
        if target is not None and target.item is not None:
            return _absent(taking, target, heard)
        return add(taking, right, heard, None)
    if right.item is not None and lines[0].sku not in {taking.menu.items[place].sku for place in right.item.items}:
        return _replace(taking, lines[0], target, right, heard)
    count = target.quantity if target is not None and target.of else None
    made = [change for line in lines if (change := _changed(taking, line, count, right, heard)) is not None]
    if len(made) == 1 or (target is not None and target.all):
        for change in made:
            taking.emit(change)
    elif made:
        taking.ask_which(lines, made[0], heard)
    return bool(made)


def _lines_to_change(taking: Taking, target: Mention | None, right: Mention) -> tuple[Line, ...]:
    if target is not None and not target.empty:
        return lines_meant(taking.cart, target, taking.menu)
    if right.values:
        questions = open_questions(taking.cart, taking.catalogue)
        line = line_for_options(taking.cart, right.values, taking.menu, questions[0].line.id if questions else None)
        return (line,) if line is not None else ()
    last = taking.last()
    return (last,) if last is not None else ()


def _counted_anew(taking: Taking, mention: Mention) -> tuple[Line, ...]:
    """Lines of an item that is named with a number ("make it three cokes"): of what is ordered already, that is how
    many there shall be, whatever was mentioned since."""
    if mention.item is None or mention.quantity is None or mention.article:
        return ()
    skus = {taking.menu.items[place].sku for place in mention.item.items}
    return tuple(line for line in taking.cart.lines if line.sku in skus)


def _changed(taking: Taking, line: Line, count: int | None, right: Mention, heard: str) -> Change | None:
    item = taking.menu.places.get(line.sku)
    if item is None or (right.values and not could_have(line, right.values, taking.menu)):
        return None
    options, without = choices_for(taking.menu, item, right, line.options)
    quantity = None if right.article else right.quantity
    if quantity is not None and options and quantity < line.quantity and right.item is None:
        quantity, count = None, quantity
    if not options and not without and quantity is None:
        return None
    return Change(
        line=line.id, quantity=quantity, count=count, options=options, without=without, heard=heard, confidence=0.9
    )


def _replace(taking: Taking, line: Line, target: Mention | None, right: Mention, heard: str) -> bool:
    """Another item in place of a line, or of some of it."""
    count = target.quantity if target is not None and target.of else None
    quantity = right.quantity if right.quantity is not None and not right.article else count or line.quantity
    taking.emit(Remove(line=line.id, quantity=count, heard=heard))
    return add(taking, _counted(right, quantity), heard, None)


def correct(taking: Taking, last: Line, mention: Mention, heard: str, sure: bool) -> bool:
    """The mention corrects the last line: its number, or which of a kind it is. False: it is something else.

    `sure`: the caller said "instead", so that another kind of item replaces it as well.
    """
    if mention.item is None:
        return False
    places = mention.item.items
    anew = () if sure else _counted_anew(taking, mention)
    line = last if taking.menu.places.get(last.sku) in places else anew[0] if len(anew) == 1 else None
    if line is not None:
        change = _changed(taking, line, None, mention, heard)
        if change is not None:
            taking.emit(change)
        return change is not None
    item = taking.menu.places.get(last.sku)
    kind = taking.menu.items[item].category if item is not None else ""
    if not sure and not (kind and all(taking.menu.items[place].category == kind for place in places)):
        return False
    return replace_with(taking, (last,), mention, heard)


def replace_with(taking: Taking, lines: Sequence[Line], mention: Mention, heard: str) -> bool:
    """A new mention in place of the lines."""
    quantity = mention.quantity if mention.quantity is not None and not mention.article else None
    for line in lines[:1]:
        taking.emit(Remove(line=line.id, heard=heard))
        quantity = quantity or line.quantity
    return add(taking, _counted(mention, quantity or 1), heard, None)


def _counted(mention: Mention, quantity: int) -> Mention:
    return replace(mention, quantity=quantity, article=False)
