"""The cart as plain JSON, as a call's variables and the order's tool hold it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from tollfree.flows.ordering.cart import Cart, Line
from tollfree.flows.ordering.operations import (
    Ambiguous,
    Which,
    choice_to_json,
    choices_from_json,
    operation_from_json,
    operation_to_json,
)
from tollfree.protocol.values import Value


def cart_to_json(cart: Cart) -> Value:
    """The cart as plain JSON; `cart_from_json` gives it back. Money is a string with its exact decimals."""
    return {
        "lines": [
            {
                "id": line.id,
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": str(line.unit_price),
                "options": [choice_to_json(choice) for choice in line.options],
                "without": list(line.without),
            }
            for line in cart.lines
        ],
        "unsettled": [operation_to_json(question) for question in cart.unsettled],
        "made": cart.made,
        "last": cart.last,
    }


def cart_from_json(value: Value) -> Cart:
    """The cart that `cart_to_json` wrote. Raises `ValueError` for anything else."""
    if not isinstance(value, Mapping):
        raise ValueError("the value is not a cart")
    try:
        unsettled = tuple(operation_from_json(part) for part in _sequence(value["unsettled"]))
        last = value["last"]
        return Cart(
            lines=tuple(_line_from_json(part) for part in _sequence(value["lines"])),
            unsettled=tuple(part for part in unsettled if isinstance(part, Ambiguous | Which)),
            made=int(str(value["made"])),
            last=None if last is None else int(str(last)),
        )
    except (KeyError, InvalidOperation) as error:
        raise ValueError("the value is not a cart") from error


def _sequence(value: Value) -> Sequence[Value]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _line_from_json(value: Value) -> Line:
    if not isinstance(value, Mapping):
        raise ValueError("a line is not a record")
    return Line(
        id=int(str(value["id"])),
        sku=str(value["sku"]),
        name=str(value["name"]),
        quantity=int(str(value["quantity"])),
        unit_price=Decimal(str(value["unit_price"])),
        options=choices_from_json(value["options"]),
        without=tuple(str(part) for part in _sequence(value["without"])),
    )
