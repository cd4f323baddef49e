"""An order as flows and tools see it: a plain record."""

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.ordering.cart import Cart, Line
from tollfree.flows.ordering.wording import pieces, say_lines
from tollfree.protocol.values import Value


def order_record(cart: Cart, catalogue: Catalogue) -> dict[str, Value]:
    """`items` (sku, name, quantity, price, options by group), `count` of things, `total` and a spoken `summary`."""
    return {
        "items": [_item(line, catalogue) for line in cart.lines],
        "count": pieces(cart),
        "total": f"{cart.total:.2f}",
        "summary": say_lines(cart.lines, catalogue),
    }


def _item(line: Line, catalogue: Catalogue) -> dict[str, Value]:
    """Options of a group that allows several are a list, of any other one name."""
    many = {group.name for item in catalogue.items if item.sku == line.sku for group in item.options if group.many}
    options: dict[str, Value] = {}
    for choice in line.options:
        if choice.off:
            continue
        if choice.group in many:
            held = options.get(choice.group)
            options[choice.group] = [*(held if isinstance(held, list) else []), choice.value]
        else:
            options[choice.group] = choice.value
    record: dict[str, Value] = {
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "price": f"{line.unit_price:.2f}",
        "options": options,
    }
    return {**record, "without": list(line.without)} if line.without else record
