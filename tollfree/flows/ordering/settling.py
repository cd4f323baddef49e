"""What a finished mention amounts to: the operations it makes of the order."""

from collections.abc import Sequence
from dataclasses import replace

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.cart import Cart, Line, Problem, apply, open_questions
from tollfree.flows.ordering.mention import Mention, can_leave_out, choices_for, unused
from tollfree.flows.ordering.menu import NEAREST, Found, Menu
from tollfree.flows.ordering.operations import (
    Absent,
    Add,
    Ambiguous,
    Change,
    Choice,
    Dismiss,
    Operation,
    Remove,
    Unknown,
    Which,
)
from tollfree.flows.ordering.targets import could_have, has_all, line_for_options, lines_meant

GUESSED = 0.75
"""Confidence of an operation whose target was inferred, not named."""


class Settler:
    """Turns mentions into operations, one after the other, and keeps the order as it will then be."""

    def __init__(self, menu: Menu, catalogue: Catalogue, cart: Cart) -> None:
        self.menu = menu
        self.catalogue = catalogue
        self.cart = cart
        """The order after the operations so far: what the next words refer to."""
        self.operations: list[Operation] = []
        self._split: int | None = None
        """The line that was last divided: "one large and one small" divides it twice."""

    def emit(self, operation: Operation) -> None:
        """Notes the operation and applies it, so that later words can refer to what it did."""
        self.operations.append(operation)
        if isinstance(operation, Change) and operation.count is not None:
            self._split = operation.line
        after = apply(self.cart, operation, self.catalogue)
        if not isinstance(after, Problem):
            self.cart = after

    # -- adding ---------------------------------------------------------------------------------------------------

    def add(self, mention: Mention, heard: str, focus: Found | None) -> bool:
        """A mention in a sentence that adds. False: nothing could be made of it."""
        if self._answers_question(mention, heard):
            return True
        if mention.strange and (mention.item is None or not mention.item.full) and not mention.points_back:
            return self._unknown(mention, heard)
        if mention.item is not None:
            return self._add_item(mention, mention.item, heard)
        if mention.more:
            return self._same_again(mention, heard)
        if mention.values or mention.leave_out:
            return self._options_only(mention, heard)
        if mention.quantity is None:
            return False
        if mention.ordered and focus is not None and focus.full:
            return self._add_item(mention, focus, heard)
        last = self._last()
        if last is not None and (mention.only or mention.correcting or (mention.of and mention.that)):
            self.emit(Change(line=last.id, quantity=mention.quantity, heard=heard, confidence=GUESSED))
            return True
        return False

    def _last(self) -> Line | None:
        return self.cart.line(self.cart.last) if self.cart.last is not None else None

    def _add_item(self, mention: Mention, item: Found, heard: str) -> bool:
        places = self._fitting(mention, item)
        quantity = mention.quantity or 1
        if mention.only and not mention.article and mention.quantity is not None:
            held = [line for line in lines_meant(self.cart, mention, self.menu) if line.quantity > quantity]
            if len(held) == 1:
                self.emit(Change(line=held[0].id, quantity=quantity, heard=heard))
                return True
        if len(places) == 1:
            options, without = choices_for(self.menu, places[0], mention)
            self.emit(
                Add(
                    sku=self.menu.items[places[0]].sku,
                    quantity=quantity,
                    options=options,
                    without=without,
                    heard=heard,
                    confidence=round(item.score, 2),
                )
            )
            return True
        skus = tuple(self.menu.items[place].sku for place in places)
        options, without = choices_for(self.menu, places[0], mention)
        self.emit(
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

    def _fitting(self, mention: Mention, item: Found) -> tuple[int, ...]:
        """The item's candidates, or those of them that have the options said."""
        if len(item.items) == 1 or not mention.values:
            return item.items
        least = min(unused(place, mention) for place in item.items)
        return tuple(place for place in item.items if unused(place, mention) == least)

    def _unknown(self, mention: Mention, heard: str) -> bool:
        if mention.quantity is None and not mention.ordered:
            return False
        words = " ".join(mention.strange)
        nearest = mention.item.items[:NEAREST] if mention.item is not None else self.menu.nearest(words)
        self.emit(
            Unknown(
                heard=mention.named or words or heard,
                nearest=tuple(self.menu.items[place].sku for place in nearest if self.menu.items[place].available),
                quantity=mention.quantity or 1,
            )
        )
        return True

    def _same_again(self, mention: Mention, heard: str) -> bool:
        last = self._last()
        if last is None:
            return False
        item = self.menu.places.get(last.sku)
        extra, without = choices_for(self.menu, item, mention) if item is not None else ((), ())
        self.emit(
            Add(
                sku=last.sku,
                quantity=mention.quantity or 1,
                options=_overlaid(last.options, extra, self.menu, item),
                without=(*last.without, *without),
                heard=heard,
                confidence=GUESSED,
            )
        )
        return True

    def _options_only(self, mention: Mention, heard: str) -> bool:
        """Options without an item: they change the line asked about, the last one, or the only one they fit."""
        questions = open_questions(self.cart, self.catalogue)
        asked = questions[0].line.id if questions else None
        line = line_for_options(self.cart, mention.values, self.menu, asked)
        rest = self.cart.line(self._split) if self._split is not None and mention.quantity is not None else None
        if rest is not None and could_have(rest, mention.values, self.menu):
            line = rest
        if mention.points_back:
            meant = lines_meant(self.cart, mention, self.menu)
            line = meant[0] if len(meant) == 1 and could_have(meant[0], mention.values, self.menu) else None
        item = None if line is None else self.menu.places.get(line.sku)
        if line is None or item is None:
            return False
        if not mention.values and not any(can_leave_out(self.menu, item, words) for words in mention.leave_out):
            if not mention.ordered and line.id != self.cart.last:
                return False
        options, without = choices_for(self.menu, item, mention, line.options)
        count = mention.quantity if mention.quantity is not None and not mention.article else None
        if count is not None and count >= line.quantity:
            count = None
        confidence = 0.9 if line.id == asked else GUESSED
        self.emit(
            Change(line=line.id, count=count, options=options, without=without, heard=heard, confidence=confidence)
        )
        return True

    # -- the open question ----------------------------------------------------------------------------------------

    def _answers_question(self, mention: Mention, heard: str) -> bool:
        """Whether the mention says which of those we asked about; then it settles the question."""
        if not self.cart.unsettled:
            return False
        question = self.cart.unsettled[0]
        if isinstance(question, Which):
            return self._answers_which(question, mention, heard)
        chosen = self._candidates_meant(question, mention)
        if len(chosen) != 1 and not (chosen and mention.all):
            return False
        share = question.quantity // len(chosen)
        several = len(chosen) > 1
        for number, place in enumerate(chosen):
            counted = mention.quantity is not None and not (mention.article and question.quantity == 1)
            options, without = choices_for(self.menu, place, mention)
            known = [choice for choice in question.options if self._has(place, choice)]
            item = self.menu.items[place]
            self.emit(
                Add(
                    sku=item.sku,
                    quantity=max(share, 1)
                    if len(chosen) > 1
                    else (mention.quantity or 1)
                    if counted
                    else question.quantity,
                    options=_overlaid(known, options, self.menu, place),
                    without=(*question.without, *without),
                    heard=heard,
                    settles=number == 0 or share > 0,
                )
            )
        return True

    def _candidates_meant(self, question: Ambiguous, mention: Mention) -> list[int]:
        offered = [place for sku in question.candidates if (place := self.menu.places.get(sku)) is not None]
        if mention.item is not None:
            chosen = [place for place in mention.item.items if place in offered]
            if len(chosen) != 1 and question.more and not chosen:
                chosen = [place for place in mention.item.items if mention.item.full or len(mention.item.items) == 1]
                chosen = chosen if self._same_kind(chosen, offered) else []
            return chosen
        if mention.ordinal is not None:
            place = mention.ordinal - 1 if mention.ordinal > 0 else len(offered) - 1
            return [offered[place]] if 0 <= place < len(offered) else []
        if mention.all:
            return offered[:2]
        if mention.values and not mention.more:
            return [place for place in offered if unused(place, mention) == 0]
        return []

    def _same_kind(self, chosen: Sequence[int], offered: Sequence[int]) -> bool:
        kinds = {self.menu.items[place].category for place in offered}
        return all(self.menu.items[place].category in kinds for place in chosen)

    def _has(self, place: int, choice: Choice) -> bool:
        return any(
            group.name == choice.group and value.name == choice.value
            for group in self.menu.items[place].options
            for value in group.values
        )

    def _answers_which(self, question: Which, mention: Mention, heard: str) -> bool:
        offered = [line for number in question.lines if (line := self.cart.line(number)) is not None]
        if mention.ordinal is not None:
            place = mention.ordinal - 1 if mention.ordinal > 0 else len(offered) - 1
            chosen = [offered[place]] if 0 <= place < len(offered) else []
        elif mention.all:
            chosen = offered
        elif mention.values or mention.item is not None:
            meant = {line.id for line in lines_meant(self.cart, mention, self.menu)}
            chosen = [line for line in offered if line.id in meant and has_all(line, mention.values, self.menu)]
        else:
            chosen = []
        if not chosen or (len(chosen) > 1 and not mention.all):
            return False
        for number, line in enumerate(chosen):
            self.emit(replace(question.operation, line=line.id, heard=heard, settles=number == 0))
        return True

    def any_will_do(self, heard: str) -> bool:
        """The caller leaves the choice to us: the first that was offered, or the option's first value."""
        if self.cart.unsettled:
            question = self.cart.unsettled[0]
            if isinstance(question, Which):
                self.emit(replace(question.operation, line=question.lines[0], heard=heard, settles=True))
                return True
            place = self.menu.places.get(question.candidates[0])
            options = tuple(choice for choice in question.options if place is not None and self._has(place, choice))
            self.emit(
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
        questions = open_questions(self.cart, self.catalogue)
        if not questions:
            return False
        group = questions[0].group
        self.emit(Change(line=questions[0].line.id, options=(Choice(group.name, group.values[0].name),), heard=heard))
        return True

    def dismiss(self, heard: str) -> bool:
        """The open question is dropped. False: none is open."""
        if not self.cart.unsettled and not open_questions(self.cart, self.catalogue):
            return False
        self.emit(Dismiss(heard=heard))
        return True

    # -- removing -------------------------------------------------------------------------------------------------

    def remove(self, mention: Mention, heard: str) -> bool:
        """A mention in a sentence that takes away."""
        if not mention.points and (mention.leave_out or mention.values):
            return self._remove_option(mention, heard) or self._absent(mention, heard)
        if mention.strange and mention.item is None:
            self.emit(Absent(heard=" ".join(mention.strange)))
            return True
        lines = lines_meant(self.cart, mention, self.menu)
        if not lines:
            return self._remove_option(mention, heard) or self._absent(mention, heard)
        count = None if mention.quantity is None or mention.article else mention.quantity
        if mention.article and not mention.of and len(lines) == 1 and lines[0].quantity > 1:
            count = 1
        if mention.all:
            for line in lines:
                self.emit(Remove(line=line.id, heard=heard))
        elif len(lines) == 1:
            self.emit(Remove(line=lines[0].id, quantity=count, heard=heard))
        else:
            self.ask_which(lines, Remove(line=lines[0].id, quantity=count, heard=heard), heard)
        return True

    def _remove_option(self, mention: Mention, heard: str) -> bool:
        """ "take off the onions": something of a line, not a line."""
        words = mention.leave_out or mention.value_words or ([mention.named] if mention.named else [])
        lines = [line for line in self.cart.lines if line.id == self.cart.last]
        lines += [line for line in self.cart.lines if line.id != self.cart.last]
        for noted in (False, True):
            for line in lines:
                item = self.menu.places.get(line.sku)
                if item is None or not words:
                    continue
                options, without = choices_for(self.menu, item, Mention(leave_out=list(words)), line.options)
                known = all(can_leave_out(self.menu, item, part) for part in without)
                if not without or (noted and known):
                    self.emit(Change(line=line.id, options=options, without=without, heard=heard, confidence=GUESSED))
                    return True
        return False

    def _absent(self, mention: Mention, heard: str) -> bool:
        if mention.item is None:
            words = mention.leave_out or mention.value_words
            if words:
                self.emit(Absent(heard=" and ".join(words)))
            return bool(words)
        item = self.menu.items[mention.item.items[0]]
        self.emit(Absent(heard=item.name if len(mention.item.items) == 1 else mention.named or heard, sku=item.sku))
        return True

    def ask_which(self, lines: Sequence[Line], operation: Change | Remove, heard: str) -> None:
        """Several lines fit: the caller is asked."""
        self.emit(Which(lines=tuple(line.id for line in lines[:NEAREST]), operation=operation, heard=heard))

    # -- changing -------------------------------------------------------------------------------------------------

    def change(self, target: Mention | None, right: Mention, heard: str) -> bool:
        """ "make the pizza large", "change the coke to a sprite": the right side is what shall be."""
        if right.item is not None and (target is None or target.empty) and not right.article:
            target, right = (right, Mention(values=[], quantity=None)) if target is None else (target, right)
        lines = self._lines_to_change(target, right)
        if not lines:
            if target is not None and target.item is not None:
                return self._absent(target, heard)
            return self.add(right, heard, None)
        if right.item is not None and lines[0].sku not in {self.menu.items[place].sku for place in right.item.items}:
            return self._replace(lines[0], target, right, heard)
        count = target.quantity if target is not None and target.of else None
        made = [change for line in lines if (change := self._changed(line, count, right, heard)) is not None]
        if len(made) == 1 or (target is not None and target.all):
            for change in made:
                self.emit(change)
        elif made:
            self.ask_which(lines, made[0], heard)
        return bool(made)

    def _lines_to_change(self, target: Mention | None, right: Mention) -> tuple[Line, ...]:
        if target is not None and not target.empty:
            return lines_meant(self.cart, target, self.menu)
        if right.values:
            questions = open_questions(self.cart, self.catalogue)
            line = line_for_options(self.cart, right.values, self.menu, questions[0].line.id if questions else None)
            return (line,) if line is not None else ()
        last = self._last()
        return (last,) if last is not None else ()

    def _changed(self, line: Line, count: int | None, right: Mention, heard: str) -> Change | None:
        item = self.menu.places.get(line.sku)
        if item is None or (right.values and not could_have(line, right.values, self.menu)):
            return None
        options, without = choices_for(self.menu, item, right, line.options)
        quantity = None if right.article else right.quantity
        if quantity is not None and options and quantity < line.quantity and right.item is None:
            quantity, count = None, quantity
        if not options and not without and quantity is None:
            return None
        return Change(
            line=line.id, quantity=quantity, count=count, options=options, without=without, heard=heard, confidence=0.9
        )

    def _replace(self, line: Line, target: Mention | None, right: Mention, heard: str) -> bool:
        """Another item in place of a line, or of some of it."""
        count = target.quantity if target is not None and target.of else None
        quantity = right.quantity if right.quantity is not None and not right.article else count or line.quantity
        self.emit(Remove(line=line.id, quantity=count, heard=heard))
        return self.add(_counted(right, quantity), heard, None)

    def correct(self, last: Line, mention: Mention, heard: str, sure: bool) -> bool:
        """The mention corrects the last line: its number, or which of a kind it is. False: it is something else.

        `sure`: the caller said "instead", so that another kind of item replaces it as well.
        """
        if mention.item is None:
            return False
        places = mention.item.items
        if self.menu.places.get(last.sku) in places:
            change = self._changed(last, None, mention, heard)
            if change is not None:
                self.emit(change)
            return change is not None
        item = self.menu.places.get(last.sku)
        kind = self.menu.items[item].category if item is not None else ""
        if not sure and not (kind and all(self.menu.items[place].category == kind for place in places)):
            return False
        return self.replace_with((last,), mention, heard)

    def replace_with(self, lines: Sequence[Line], mention: Mention, heard: str) -> bool:
        """A new mention in place of the lines."""
        quantity = mention.quantity if mention.quantity is not None and not mention.article else None
        for line in lines[:1]:
            self.emit(Remove(line=line.id, heard=heard))
            quantity = quantity or line.quantity
        return self.add(_counted(mention, quantity or 1), heard, None)


def _counted(mention: Mention, quantity: int) -> Mention:
    return replace(mention, quantity=quantity, article=False)


def _overlaid(
    options: Sequence[Choice], changes: Sequence[Choice], menu: Menu, place: int | None
) -> tuple[Choice, ...]:
    """The options with the changes laid over them: one value a group, unless the group allows several."""
    many = set[str]() if place is None else {group.name for group in menu.items[place].options if group.many}
    groups = {change.group for change in changes} - many
    return (*(choice for choice in options if choice.group not in groups and choice not in changes), *changes)
