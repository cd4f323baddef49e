"""Which line of the order the caller speaks of."""

from collections.abc import Sequence

from tollfree.flows.ordering.cart import Cart, Line
from tollfree.flows.ordering.mention import Mention
from tollfree.flows.ordering.menu import Menu, ValueRef
from tollfree.flows.ordering.stems import stems


def lines_meant(cart: Cart, mention: Mention, menu: Menu) -> tuple[Line, ...]:
    """The lines a mention points at: by item, by option, by place, or the one touched last. Empty: none fits."""
    if mention.ordinal is not None:
        place = mention.ordinal - 1 if mention.ordinal > 0 else len(cart.lines) - 1
        return (cart.lines[place],) if 0 <= place < len(cart.lines) else ()
    if mention.item is not None:
        skus = {menu.items[place].sku for place in mention.item.items}
        fitting = tuple(line for line in cart.lines if line.sku in skus) or _called(cart, mention)
        return _narrowed(fitting, mention.values, menu)
    if mention.other:
        return _others(cart)
    if mention.all:
        return cart.lines
    if mention.values:
        fitting = tuple(line for line in cart.lines if has_all(line, mention.values, menu))
        if fitting:
            return fitting
    last = cart.line(cart.last) if cart.last is not None else None
    return (last,) if last is not None else ()


def _called(cart: Cart, mention: Mention) -> tuple[Line, ...]:
    """Lines whose names have all the words the caller used: of what they ordered, a Diet Coke is "the coke"."""
    said = set(stems(mention.named))
    return tuple(line for line in cart.lines if said and said <= set(stems(line.name)))


def _others(cart: Cart) -> tuple[Line, ...]:
    """The lines that were not touched last: those of the same item if there are any."""
    last = cart.line(cart.last) if cart.last is not None else None
    others = tuple(line for line in cart.lines if last is None or line.id != last.id)
    return tuple(line for line in others if last is not None and line.sku == last.sku) or others


def _narrowed(lines: tuple[Line, ...], values: Sequence[tuple[ValueRef, ...]], menu: Menu) -> tuple[Line, ...]:
    """Those of the lines that are had as the option words say, or all when none is."""
    fitting = tuple(line for line in lines if has_all(line, values, menu))
    return fitting or lines


def has_all(line: Line, values: Sequence[tuple[ValueRef, ...]], menu: Menu) -> bool:
    """Whether the line is had in every way the option words name."""
    held = set(line.options)
    item = menu.places.get(line.sku)
    return all(any(ref.item == item and menu.choice(ref) in held for ref in refs) for refs in values)


def could_have(line: Line, values: Sequence[tuple[ValueRef, ...]], menu: Menu) -> bool:
    """Whether the line's item has an option for every one of the words."""
    item = menu.places.get(line.sku)
    return all(any(ref.item == item for ref in refs) for refs in values)


def line_for_options(cart: Cart, values: Sequence[tuple[ValueRef, ...]], menu: Menu, asked: int | None) -> Line | None:
    """The line that option words alone speak of: the one asked about, the last one, or the only one they fit."""
    fitting = [line for line in cart.lines if could_have(line, values, menu)]
    for number in (asked, cart.last):
        chosen = next((line for line in fitting if line.id == number), None)
        if chosen is not None:
            return chosen
    return fitting[0] if len(fitting) == 1 else None
