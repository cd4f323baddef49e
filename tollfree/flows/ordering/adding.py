"""What a mention adds to the order."""

from tollfree.flows.ordering.answers import answers_question
from tollfree.flows.ordering.cart import open_questions
from tollfree.flows.ordering.mention import Mention, can_leave_out, choices_for, unused
from tollfree.flows.ordering.menu import NEAREST, Found
from tollfree.flows.ordering.operations import Add, Ambiguous, Change, Unknown
from tollfree.flows.ordering.taking import GUESSED, Taking, overlaid
from tollfree.flows.ordering.targets import could_have, line_for_options, lines_meant


def add(taking: Taking, mention: Mention, heard: str, focus: Found | None) -> bool:
    """A mention in a sentence that adds. False: nothing could be made of it."""
    if answers_question(taking, mention, heard):
        return True
    if mention.strange and (mention.item is None or not mention.item.full) and not mention.points_back:
        return _unknown(taking, mention, heard)
    if mention.item is not None:
        return _add_item(taking, mention, mention.item, heard)
    if mention.more:
        return _same_again(taking, mention, heard)
    if mention.values or mention.leave_out:
        return _options_only(taking, mention, heard)
    if mention.quantity is None:
        return False
    if mention.ordered and focus is not None and focus.full:
        return _add_item(taking, mention, focus, heard)
    last = taking.last()
    if last is not None and (mention.only or mention.correcting or (mention.of and mention.that)):
        taking.emit(Change(line=last.id, quantity=mention.quantity, heard=heard, confidence=GUESSED))
        return True
    return False


def _add_item(taking: Taking, mention: Mention, item: Found, heard: str) -> bool:
    places = _fitting(taking, mention, item)
    quantity = mention.quantity or 1
    if mention.only and not mention.article and mention.quantity is not None:
        held = [line for line in lines_meant(taking.cart, mention, taking.menu) if line.quantity > quantity]
        if len(held) == 1:
            taking.emit(Change(line=held[0].id, quantity=quantity, heard=heard))
            return True
    if len(places) == 1:
        options, without = choices_for(taking.menu, places[0], mention)
        taking.emit(
            Add(
                sku=taking.menu.items[places[0]].sku,
                quantity=quantity,
                options=options,
                without=without,
                heard=heard,
                confidence=round(item.score, 2),
            )
        )
        return True
    skus = tuple(taking.menu.items[place].sku for place in places)
    options, without = choices_for(taking.menu, places[0], mention)
    taking.emit(
        Ambiguous(
            candidates=skus[:NEAREST],
            more=len(skus) > NEAREST,
            quantity=quantity,
            options=options,
            without=without,
            heard=heard,
            confidence=round(item.score, 2),
        )
    )
    return True


def _fitting(taking: Taking, mention: Mention, item: Found) -> tuple[int, ...]:
    """The item's candidates, or those of them that have the options said."""
    if len(item.items) == 1 or not mention.values:
        return item.items
    least = min(unused(place, mention) for place in item.items)
    return tuple(place for place in item.items if unused(place, mention) == least)


def _unknown(taking: Taking, mention: Mention, heard: str) -> bool:
    if mention.quantity is None and not mention.ordered:
        return False
    words = " ".join(mention.strange)
    nearest = mention.item.items[:NEAREST] if mention.item is not None else taking.menu.nearest(words)
    taking.emit(
        Unknown(
            heard=mention.named or words or heard,
            nearest=tuple(taking.menu.items[place].sku for place in nearest if taking.menu.items[place].available),
            quantity=mention.quantity or 1,
        )
    )
    return True


def _same_again(taking: Taking, mention: Mention, heard: str) -> bool:
    last = taking.last()
    if last is None:
        return False
    item = taking.menu.places.get(last.sku)
    extra, without = choices_for(taking.menu, item, mention) if item is not None else ((), ())
    taking.emit(
        Add(
            sku=last.sku,
            quantity=mention.quantity or 1,
            options=overlaid(last.options, extra, taking.menu, item),
            without=(*last.without, *without),
            heard=heard,
            confidence=GUESSED,
        )
    )
    return True


def _options_only(taking: Taking, mention: Mention, heard: str) -> bool:
    """Options without an item: they change the line asked about, the last one, or the only one they fit."""
    questions = open_questions(taking.cart, taking.catalogue)
    asked = questions[0].line.id if questions else None
    line = line_for_options(taking.cart, mention.values, taking.menu, asked)
    rest = taking.cart.line(taking.split) if taking.split is not None and mention.quantity is not None else None
    if rest is not None and could_have(rest, mention.values, taking.menu):
        line = rest
    if mention.points_back:
        meant = lines_meant(taking.cart, mention, taking.menu)
        line = meant[0] if len(meant) == 1 and could_have(meant[0], mention.values, taking.menu) else None
    item = None if line is None else taking.menu.places.get(line.sku)
    if line is None or item is None:
        return False
    if not mention.values and not any(can_leave_out(taking.menu, item, words) for words in mention.leave_out):
        if not mention.ordered and line.id != taking.cart.last:
            return False
    options, without = choices_for(taking.menu, item, mention, line.options)
    count = mention.quantity if mention.quantity is not None and not mention.article else None
    if count is not None and count >= line.quantity:
        count = None
    confidence = 0.9 if line.id == asked else GUESSED
    taking.emit(Change(line=line.id, count=count, options=options, without=without, heard=heard, confidence=confidence))
    return True
