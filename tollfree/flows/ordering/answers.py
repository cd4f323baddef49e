"""How the question "which one?" is answered."""

from collections.abc import Sequence
from dataclasses import replace

from tollfree.flows.ordering.cart import open_questions
from tollfree.flows.ordering.mention import Mention, choices_for, unused
from tollfree.flows.ordering.operations import Add, Ambiguous, Change, Choice, Dismiss, Which
from tollfree.flows.ordering.taking import Taking, overlaid
from tollfree.flows.ordering.targets import has_all, lines_meant


def answers_question(taking: Taking, mention: Mention, heard: str) -> bool:
    """Whether the mention says which of those we asked about; then it settles the question."""
    if not taking.cart.unsettled:
        return False
    question = taking.cart.unsettled[0]
    if isinstance(question, Which):
        return _answers_which(taking, question, mention, heard)
    chosen = _candidates_meant(taking, question, mention)
    if len(chosen) != 1 and not (chosen and mention.all):
        return False
    share = question.quantity // len(chosen)
    if len(chosen) > 1:
        quantity = max(share, 1)
    elif mention.quantity is None or (mention.article and question.quantity == 1):
        quantity = question.quantity
    else:
        quantity = mention.quantity
    for number, place in enumerate(chosen):
        options, without = choices_for(taking.menu, place, mention)
        known = [choice for choice in question.options if taking.has(place, choice)]
        item = taking.menu.items[place]
        taking.emit(
            Add(
                sku=item.sku,
                quantity=quantity,
                options=overlaid(known, options, taking.menu, place),
                without=(*question.without, *without),
                heard=heard,
                settles=number == 0 or share > 0,
            )
        )
    return True


def _candidates_meant(taking: Taking, question: Ambiguous, mention: Mention) -> list[int]:
    offered = [place for sku in question.candidates if (place := taking.menu.places.get(sku)) is not None]
    if mention.item is not None:
        chosen = [place for place in mention.item.items if place in offered]
        if len(chosen) != 1 and question.more and not chosen:
            chosen = [place for place in mention.item.items if mention.item.full or len(mention.item.items) == 1]
            chosen = chosen if _same_kind(taking, chosen, offered) else []
        return chosen
    if mention.ordinal is not None:
        place = mention.ordinal - 1 if mention.ordinal > 0 else len(offered) - 1
        return [offered[place]] if 0 <= place < len(offered) else []
    if mention.all:
        return offered[:2]
    if mention.values and not mention.more:
        return [place for place in offered if unused(place, mention) == 0]
    return []


def _same_kind(taking: Taking, chosen: Sequence[int], offered: Sequence[int]) -> bool:
    kinds = {taking.menu.items[place].category for place in offered}
    return all(taking.menu.items[place].category in kinds for place in chosen)


def _answers_which(taking: Taking, question: Which, mention: Mention, heard: str) -> bool:
    offered = [line for number in question.lines if (line := taking.cart.line(number)) is not None]
    if mention.ordinal is not None:
        place = mention.ordinal - 1 if mention.ordinal > 0 else len(offered) - 1
        chosen = [offered[place]] if 0 <= place < len(offered) else []
    elif mention.all:
        chosen = offered
    elif mention.values or mention.item is not None:
        meant = {line.id for line in lines_meant(taking.cart, mention, taking.menu)}
        chosen = [line for line in offered if line.id in meant and has_all(line, mention.values, taking.menu)]
    else:
        chosen = []
    if not chosen or (len(chosen) > 1 and not mention.all):
        return False
    for number, line in enumerate(chosen):
        taking.emit(replace(question.operation, line=line.id, heard=heard, settles=number == 0))
    return True


def any_will_do(taking: Taking, heard: str) -> bool:
    """The caller leaves the choice to us: the first that was offered, or the option's first value."""
    if taking.cart.unsettled:
        question = taking.cart.unsettled[0]
        if isinstance(question, Which):
            taking.emit(replace(question.operation, line=question.lines[0], heard=heard, settles=True))
            return True
        place = taking.menu.places.get(question.candidates[0])
        options = tuple(choice for choice in question.options if place is not None and taking.has(place, choice))
        taking.emit(
            Add(
                sku=question.candidates[0],
                quantity=question.quantity,
                options=options,
                without=question.without,
                heard=heard,
                settles=True,
            )
        )
        return True
    questions = open_questions(taking.cart, taking.catalogue)
    if not questions:
        return False
    group = questions[0].group
    taking.emit(Change(line=questions[0].line.id, options=(Choice(group.name, group.values[0].name),), heard=heard))
    return True


def dismiss(taking: Taking, heard: str) -> bool:
    """The open question is dropped. False: none is open."""
    if not taking.cart.unsettled and not open_questions(taking.cart, taking.catalogue):
        return False
    taking.emit(Dismiss(heard=heard))
    return True
