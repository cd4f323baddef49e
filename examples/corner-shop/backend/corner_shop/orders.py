"""Orders: finding them, and placing one exactly once."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import cast

from corner_shop import accounts, idempotency
from corner_shop.bodies import NewOrder
from corner_shop.calendar import Calendar
from corner_shop.catalogue import Catalogue, Priced, cents, dollars
from corner_shop.errors import Conflict, Invalid, NotFound
from corner_shop.wording import joined

FIRST_NUMBER = 61001
"""Of the orders placed after the seeded ones."""
READY_MINUTES = {"pickup": 20, "delivery": 45}
"""How long a new order takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order, as it was sold."""

    sku: str
    name: str
    text: str
    """As it is said: "two large pepperoni pizzas"."""
    options: dict[str, object]
    quantity: int
    unit_price: int
    """In cents."""
    returnable: bool

    def to_json(self) -> dict[str, object]:
        """The line, with money as `22.50`."""
        return {
            "sku": self.sku,
            "name": self.name,
            "text": self.text,
            "options": self.options,
            "quantity": self.quantity,
            "unit_price": dollars(self.unit_price),
            "total": dollars(self.unit_price * self.quantity),
            "returnable": self.returnable,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and what has become of it."""

    number: int
    account: str | None
    customer: str
    phone: str
    status: str
    """preparing, ready, out_for_delivery, delivered, cancelled or returned."""
    fulfilment: str
    address: str
    note: str
    total: int
    """In cents."""
    placed_at: str
    """ISO 8601 with offset."""
    delivered_on: str | None
    """ISO date on which it reached the customer."""
    eta_minutes: int | None
    """Until it is ready or arrives; None once it has."""
    lines: tuple[Line, ...]

    def status_text(self) -> str:
        """What has become of it, to be said after "Your order"."""
        soon = f" and should be {'with you' if self.fulfilment == 'delivery' else 'ready'} in about {self.eta_minutes}"
        soon = f"{soon} minutes" if self.eta_minutes is not None else ""
        if self.status == "delivered" and self.delivered_on is not None:
            verb = "was delivered on" if self.fulfilment == "delivery" else "was picked up on"
            return f"{verb} {spoken_date(date.fromisoformat(self.delivered_on))}"
        return {
            "preparing": f"is being prepared{soon}",
            "ready": "is ready and waiting at the counter",
            "out_for_delivery": f"is out for delivery{soon}",
            "cancelled": "was cancelled",
            "returned": "was returned and has been refunded",
        }[self.status]

    def to_json(self) -> dict[str, object]:
        """The order, without what the returns policy makes of it."""
        return {
            "number": str(self.number),
            "account_id": self.account,
            "customer": self.customer,
            "phone": self.phone,
            "status": self.status,
            "status_text": self.status_text(),
            "fulfilment": self.fulfilment,
            "address": self.address,
            "note": self.note,
            "items": [line.to_json() for line in self.lines],
            "summary": joined([line.text for line in self.lines]),
            "total": dollars(self.total),
            "placed_at": self.placed_at,
            "placed_date": self.placed_at[:10],
            "delivered_date": self.delivered_on,
            "eta_minutes": self.eta_minutes,
        }


def spoken_date(day: date) -> str:
    """A date as it is said: `Tuesday, November 17`."""
    return f"{day:%A, %B} {day.day}"


def get(connection: sqlite3.Connection, number: str) -> Order:
    """The order with this number. Raises NotFound, also when it is no number at all."""
    known = number.isascii() and number.isdigit() and len(number) == 5
    row = connection.execute("SELECT * FROM orders WHERE number = ?", (int(number),)).fetchone() if known else None
    if row is None:
        raise NotFound("order_not_found", f"There is no order {number[:40]}.")
    return _order(connection, row)


def of_account(connection: sqlite3.Connection, account: str) -> list[Order]:
    """All orders of an account, newest first. Raises NotFound when there is no such account."""
    accounts.get(connection, account)
    rows = connection.execute(
        "SELECT * FROM orders WHERE account = ? ORDER BY placed_at DESC, number DESC", (account,)
    ).fetchall()
    return [_order(connection, row) for row in rows]


def place(
    connection: sqlite3.Connection, body: NewOrder, key: str, catalogue: Catalogue, calendar: Calendar
) -> tuple[Order, bool]:
    """A new order and True, or the one that this idempotency key already made and False.

    Raises Invalid with every fault, NotFound for an unknown account, Conflict for a key used for another order
    or for a price that is not the one the caller was told. Nothing is stored then.
    """
    before = idempotency.result(connection, key, "order", body)
    if before is not None:
        return get(connection, str(before)), False
    priced = _priced(body, catalogue)
    total = sum(line.unit_price * item.quantity for line, item in zip(priced, body.items, strict=True))
    if body.total is not None and body.total != dollars(total):
        raise Conflict("price_changed", f"This order costs {dollars(total)}, not {body.total}.")
    order = _insert(connection, body, priced, total, calendar)
    idempotency.remember(connection, key, "order", body, order)
    return get(connection, str(order)), True


def _priced(body: NewOrder, catalogue: Catalogue) -> list[Priced]:
    faults: list[str] = []
    priced: list[Priced] = []
    for item in body.items:
        found = catalogue.price(item.sku, item.options)
        if isinstance(found, Priced):
            priced.append(found)
        else:
            faults += found
    if body.total is not None:
        faults += _money_faults(body.total)
    if faults:
        raise Invalid("order_invalid", " ".join(faults), tuple(faults))
    return priced


def _money_faults(amount: str) -> list[str]:
    try:
        cents(amount)
    except (ValueError, ArithmeticError):
        return [f"total {amount[:40]!r} is not an amount of money such as 22.50."]
    return []


def _insert(
    connection: sqlite3.Connection, body: NewOrder, priced: list[Priced], total: int, calendar: Calendar
) -> int:
    account = accounts.get(connection, body.account_id) if body.account_id else None
    address = body.address or (account.address if account and body.fulfilment == "delivery" else "")
    if body.fulfilment == "delivery" and not address:
        raise Invalid("address_missing", "A delivery needs an address.")
    number = next_number(connection)
    order = Order(
        number=number,
        account=account.id if account else None,
        customer=body.name or (account.name if account else ""),
        phone=body.phone or (account.phone if account else ""),
        status="preparing",
        fulfilment=body.fulfilment,
        address=address,
        note=body.note,
        total=total,
        placed_at=calendar.now().isoformat(),
        delivered_on=None,
        eta_minutes=READY_MINUTES[body.fulfilment],
        lines=tuple(sold(found, item.quantity) for found, item in zip(priced, body.items, strict=True)),
    )
    insert(connection, order)
    return number


def sold(priced: Priced, quantity: int) -> Line:
    """A priced item as a line of an order."""
    return Line(
        sku=priced.item.sku,
        name=priced.item.name,
        text=priced.text(quantity),
        options=dict(priced.options),
        quantity=quantity,
        unit_price=priced.unit_price,
        returnable=priced.item.returnable,
    )


def next_number(connection: sqlite3.Connection) -> int:
    """The number of the next order. Raises Conflict when five digits are used up."""
    highest = connection.execute("SELECT max(number) FROM orders").fetchone()[0]
    number = max(FIRST_NUMBER, int(highest or 0) + 1)
    if number > 99999:
        raise Conflict("numbers_used_up", "There are no order numbers left.")
    return number


def insert(connection: sqlite3.Connection, order: Order) -> None:
    """Stores an order and its lines, inside the caller's transaction."""
    connection.execute(
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.number,
            order.account,
            order.customer,
            order.phone,
            order.status,
            order.fulfilment,
            order.address,
            order.note,
            order.total,
            order.placed_at,
            order.delivered_on,
            order.eta_minutes,
        ),
    )
    for position, line in enumerate(order.lines):
        options = json.dumps(line.options)
        columns = (line.sku, line.name, line.text, options, line.quantity, line.unit_price, line.returnable)
        connection.execute(
            "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (order.number, position, *columns)
        )


def _order(connection: sqlite3.Connection, row: sqlite3.Row) -> Order:
    lines = connection.execute(
        "SELECT * FROM order_lines WHERE number = ? ORDER BY position", (row["number"],)
    ).fetchall()
    return Order(**dict(row), lines=tuple(_line(line) for line in lines))


def _line(row: sqlite3.Row) -> Line:
    return Line(
        sku=row["sku"],
        name=row["name"],
        text=row["text"],
        options=cast(dict[str, object], json.loads(row["options"])),
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        returnable=bool(row["returnable"]),
    )
