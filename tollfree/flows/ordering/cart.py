"""The order so far, and what each operation makes of it. Pure: the same cart and operation give the same cart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tollfree.flows.catalogue import Catalogue, Item, OptionGroup
from tollfree.flows.ordering.menu import NEAREST, menu_of
from tollfree.flows.ordering.operations import (
    Absent,
    Add,
    Ambiguous,
    Change,
    Choice,
    Clear,
    Dismiss,
    Operation,
    Remove,
    Unknown,
    Which,
)

MOST_OF_ONE = 99
"""Of one line; more is a misheard number or a matter for a person."""
MOST_LINES = 50
"""Lines of one order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Some of one item, all had the same way."""

    id: int
    """Unique in its cart for ever, from 1."""
    sku: str
    name: str
    quantity: int
    """1 to 99."""
    unit_price: Decimal
    """For one, options included, in the project's currency."""
    options: tuple[Choice, ...] = ()
    """In the catalogue's order, defaults included."""
    without: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """For all of them, exact."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """An order while it is taken."""

    lines: tuple[Line, ...] = ()
    unsettled: tuple[Ambiguous | Which, ...] = ()
    """What the caller still has to be asked, oldest first."""
    made: int = 0
    """Lines ever made: the next line's id is one more."""
    last: int | None = None
    """The line touched last: what "it" and "that" mean."""

    @property
    def total(self) -> Decimal:
        """The sum of all lines, exact."""
        return sum((line.total for line in self.lines), Decimal(0))

    def line(self, number: int) -> Line | None:
        """The line with this id."""
        return next((line for line in self.lines if line.id == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an operation left the cart as it was."""

    code: str
    """`unavailable`, `unknown`, `absent`, `too_many`, `too_many_lines`, `unknown_option` or `gone`."""
    heard: str = ""
    """What it concerns: the item's name, or the caller's words for it."""
    alternatives: tuple[str, ...] = ()
    """At most three skus to offer instead."""


@dataclass(frozen=True, slots=True)
class OptionQuestion:
    """A line lacks an option that the caller has to choose."""

    line: Line
    group: OptionGroup


def open_questions(cart: Cart, catalogue: Catalogue) -> tuple[OptionQuestion, ...]:
    """The options still to be asked for, line by line. Empty, with nothing unsettled: the order is complete."""
    menu = menu_of(catalogue)
    found: list[OptionQuestion] = []
    for line in cart.lines:
        place = menu.places.get(line.sku)
        if place is None:
            continue
        chosen = {choice.group for choice in line.options}
        for group in menu.items[place].options:
            if not group.many and group.name not in chosen:
                found.append(OptionQuestion(line, group))
    return tuple(found)


def apply(cart: Cart, operation: Operation, catalogue: Catalogue) -> Cart | Problem:
    """The cart after the operation, or why it cannot be done; then the cart stays as it was."""
    match operation:
        case Add():
            return _add(_settled(cart, operation.settles, operation.quantity), operation, catalogue)
        case Change():
            return _change(_settled(cart, operation.settles), operation, catalogue)
        case Remove():
            return _remove(_settled(cart, operation.settles), operation)
        case Ambiguous() | Which():
            return replace(cart, unsettled=(*cart.unsettled, operation))
        case Unknown():
            return Problem(code="unknown", heard=operation.heard, alternatives=operation.nearest)
        case Absent():
            return Problem(code="absent", heard=operation.heard)
        case Clear():
            return Cart(made=cart.made)
        case Dismiss():
            return _dismiss(cart, catalogue)


def _settled(cart: Cart, settles: bool, quantity: int | None = None) -> Cart:
    """The cart without its open question; of several asked about, those not named yet stay in question."""
    if not settles or not cart.unsettled:
        return cart
    question, *rest = cart.unsettled
    if isinstance(question, Ambiguous) and quantity is not None and quantity < question.quantity:
        rest = [replace(question, quantity=question.quantity - quantity), *rest]
    return replace(cart, unsettled=tuple(rest))


def _item(catalogue: Catalogue, sku: str) -> Item | None:
    menu = menu_of(catalogue)
    place = menu.places.get(sku)
    return None if place is None else menu.items[place]


def _with(item: Item, options: Sequence[Choice], changes: Sequence[Choice]) -> tuple[Choice, ...] | None:
    """The options after the changes, in the catalogue's order; None when the item has no such option."""
    values = {(group.name, value.name) for group in item.options for value in group.values}
    if any((change.group, change.value) not in values for change in changes):
        return None
    chosen = {(choice.group, choice.value) for choice in options}
    many = {group.name for group in item.options if group.many}
    for change in changes:
        if change.group not in many and not change.off:
            chosen = {(group, value) for group, value in chosen if group != change.group}
        if change.off:
            chosen.discard((change.group, change.value))
        else:
            chosen.add((change.group, change.value))
    return tuple(
        Choice(group.name, value.name)
        for group in item.options
        for value in group.values
        if (group.name, value.name) in chosen
    )


def _defaults(item: Item) -> tuple[Choice, ...]:
    return tuple(Choice(group.name, group.default) for group in item.options if group.default is not None)


def _unit_price(item: Item, options: Sequence[Choice]) -> Decimal:
    extras = {(group.name, value.name): value.extra for group in item.options for value in group.values}
    price = item.price + sum((extras[choice.group, choice.value] for choice in options), Decimal(0))
    return max(price, Decimal(0))


def _put(cart: Cart, line: Line) -> Cart | Problem:
    """The cart with one more line, joined to an equal one if there is one."""
    for held in cart.lines:
        if (held.sku, held.options, held.without) == (line.sku, line.options, line.without):
            if held.quantity + line.quantity > MOST_OF_ONE:
                return Problem(code="too_many", heard=line.name)
            joined = replace(held, quantity=held.quantity + line.quantity)
            return _replaced(cart, joined)
    if line.quantity > MOST_OF_ONE:
        return Problem(code="too_many", heard=line.name)
    if len(cart.lines) >= MOST_LINES:
        return Problem(code="too_many_lines", heard=line.name)
    line = replace(line, id=cart.made + 1)
    return replace(cart, lines=(*cart.lines, line), made=line.id, last=line.id)


def _replaced(cart: Cart, line: Line) -> Cart:
    lines = tuple(line if held.id == line.id else held for held in cart.lines)
    return replace(cart, lines=lines, last=line.id)


def _without_line(cart: Cart, number: int) -> Cart:
    """The cart without a line; what hung on it is settled too."""
    unsettled = tuple(kept for question in cart.unsettled if (kept := _still_open(question, number)) is not None)
    lines = tuple(line for line in cart.lines if line.id != number)
    last = cart.last if cart.last != number else (lines[-1].id if lines else None)
    return replace(cart, lines=lines, unsettled=unsettled, last=last)


def _still_open(question: Ambiguous | Which, gone: int) -> Ambiguous | Which | None:
    if isinstance(question, Ambiguous) or gone not in question.lines:
        return question
    left = tuple(number for number in question.lines if number != gone)
    if len(left) < 2:
        return None
    return replace(question, lines=left, operation=replace(question.operation, line=left[0]))


def _add(cart: Cart, add: Add, catalogue: Catalogue) -> Cart | Problem:
    item = _item(catalogue, add.sku)
    if item is None:
        return Problem(code="unknown", heard=add.heard or add.sku)
    if not item.available:
        return Problem(code="unavailable", heard=item.name, alternatives=alternatives(item, catalogue))
    options = _with(item, _defaults(item), add.options)
    if options is None:
        return Problem(code="unknown_option", heard=item.name)
    if add.quantity < 1:
        return cart
    price = _unit_price(item, options)
    without = tuple(dict.fromkeys(add.without))
    return _put(
        cart,
        Line(
            id=0,
            sku=item.sku,
            name=item.name,
            quantity=add.quantity,
            unit_price=price,
            options=options,
            without=without,
        ),
    )


def _change(cart: Cart, change: Change, catalogue: Catalogue) -> Cart | Problem:
    line = cart.line(change.line)
    item = None if line is None else _item(catalogue, line.sku)
    if line is None or item is None:
        return Problem(code="gone", heard=change.heard)
    if change.quantity is not None and change.quantity > MOST_OF_ONE:
        return Problem(code="too_many", heard=line.name)
    if change.quantity is not None and change.quantity < 1:
        return _without_line(cart, line.id)
    options = _with(item, line.options, change.options)
    if options is None:
        return Problem(code="unknown_option", heard=item.name)
    changed = replace(
        line,
        options=options,
        unit_price=_unit_price(item, options),
        without=tuple(dict.fromkeys([*line.without, *change.without])),
        quantity=change.quantity or line.quantity,
    )
    if change.count is None or change.count >= line.quantity or change.count < 1:
        twin = next((held for held in cart.lines if held.id != line.id and _alike(held, changed)), None)
        return _replaced(cart, changed) if twin is None else _put(_without_line(cart, line.id), changed)
    rest = _replaced(cart, replace(line, quantity=line.quantity - change.count))
    return _put(rest, replace(changed, quantity=change.count))


def _alike(one: Line, other: Line) -> bool:
    return (one.sku, one.options, one.without) == (other.sku, other.options, other.without)


def _remove(cart: Cart, remove: Remove) -> Cart | Problem:
    line = cart.line(remove.line)
    if line is None:
        return Problem(code="gone", heard=remove.heard)
    if remove.quantity is None or remove.quantity >= line.quantity:
        return _without_line(cart, line.id)
    return _replaced(cart, replace(line, quantity=line.quantity - max(remove.quantity, 0)))


def _dismiss(cart: Cart, catalogue: Catalogue) -> Cart:
    if cart.unsettled:
        return replace(cart, unsettled=cart.unsettled[1:])
    questions = open_questions(cart, catalogue)
    return _without_line(cart, questions[0].line.id) if questions else cart


def alternatives(item: Item, catalogue: Catalogue) -> tuple[str, ...]:
    """At most three available items to offer in place of one that is sold out: alike in name, then in category."""
    menu = menu_of(catalogue)
    near = [menu.items[place] for place in menu.nearest(item.name)]
    kin = [other for other in menu.items if other.available and item.category and other.category == item.category]
    ranked = [other for other in near if other in kin] + kin
    return tuple(dict.fromkeys(other.sku for other in ranked if other.sku != item.sku))[:NEAREST]
