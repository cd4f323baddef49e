"""What may come back, and the requests to take it back. `policies/returns.md` says the same in words."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import cast

from corner_shop import idempotency, orders
from corner_shop.bodies import NewReturn
from corner_shop.calendar import Calendar
from corner_shop.catalogue import dollars
from corner_shop.errors import Invalid
from corner_shop.orders import Line, Order

WINDOW_DAYS = 30
"""How long after delivery a return is taken; the thirtieth day still counts."""

REFUSALS = {
    "not_delivered": "it hasn't reached you yet",
    "cancelled": "it was cancelled, so there is nothing to return",
    "already_returned": "it has already been returned",
    "too_old": f"it was delivered more than {WINDOW_DAYS} days ago",
    "perishable": "food and drink that doesn't keep can't come back",
}
"""Why a return is refused, to be said after "I can't take it back, because"."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says of an order."""

    refusal: str | None
    """A key of REFUSALS; None: it may come back."""
    lines: tuple[Line, ...] = ()
    """What may come back."""

    @property
    def refund(self) -> int:
        """In cents."""
        return sum(line.unit_price * line.quantity for line in self.lines)

    def to_json(self) -> dict[str, object]:
        """The verdict as part of an order."""
        return {
            "returnable": self.refusal is None,
            "refusal": self.refusal,
            "refusal_text": REFUSALS[self.refusal] if self.refusal else "",
            "returnable_items": [line.sku for line in self.lines],
            "refund": dollars(self.refund),
        }


def judge(order: Order, today: date, skus: frozenset[str] = frozenset()) -> Verdict:
    """Whether the order, or these items of it, may come back today."""
    if order.status in ("cancelled", "returned"):
        return Verdict("cancelled" if order.status == "cancelled" else "already_returned")
    if order.status != "delivered" or order.delivered_on is None:
        return Verdict("not_delivered")
    if (today - date.fromisoformat(order.delivered_on)).days > WINDOW_DAYS:
        return Verdict("too_old")
    wanted = [line for line in order.lines if not skus or line.sku in skus]
    lines = tuple(line for line in wanted if line.returnable)
    refused = not lines or (skus and len(lines) < len(wanted))
    return Verdict("perishable") if refused else Verdict(None, lines)


def request(
    connection: sqlite3.Connection, number: str, body: NewReturn, key: str, calendar: Calendar
) -> tuple[dict[str, object], bool]:
    """Takes a return, or refuses it with the reason; either is stored. The flag says whether it is new.

    Raises NotFound for an unknown order, Invalid for items that are not in it, Conflict for a key used otherwise.
    """
    operation = f"return:{number}"
    before = idempotency.result(connection, key, operation, body)
    if before is not None:
        return _stored(connection, before), False
    order = orders.get(connection, number)
    unknown = [sku for sku in body.items if sku not in {line.sku for line in order.lines}]
    if unknown:
        faults = tuple(f"Order {number} has no item {sku!r}." for sku in unknown)
        raise Invalid("return_invalid", " ".join(faults), faults)
    verdict = judge(order, calendar.today(), frozenset(body.items))
    made = connection.execute(
        "INSERT INTO returns (number, accepted, refusal, reason, skus, refund, requested_at) VALUES (?,?,?,?,?,?,?)",
        (
            order.number,
            verdict.refusal is None,
            verdict.refusal,
            body.reason,
            json.dumps([line.sku for line in verdict.lines]),
            verdict.refund,
            calendar.now().isoformat(),
        ),
    ).lastrowid
    assert made is not None  # an INSERT that did not raise has a row
    if verdict.refusal is None:
        connection.execute("UPDATE orders SET status = 'returned' WHERE number = ?", (order.number,))
    idempotency.remember(connection, key, operation, body, made)
    return _stored(connection, made), True


def of_order(connection: sqlite3.Connection, number: str) -> list[dict[str, object]]:
    """Every return asked for of an order, oldest first. Raises NotFound."""
    order = orders.get(connection, number)
    rows = connection.execute("SELECT id FROM returns WHERE number = ? ORDER BY id", (order.number,)).fetchall()
    return [_stored(connection, row["id"]) for row in rows]


def _stored(connection: sqlite3.Connection, made: int) -> dict[str, object]:
    row = connection.execute("SELECT * FROM returns WHERE id = ?", (made,)).fetchone()
    refusal = cast(str | None, row["refusal"])
    return {
        "id": f"R{row['id']:04d}",
        "number": str(row["number"]),
        "accepted": bool(row["accepted"]),
        "refusal": refusal,
        "refusal_text": REFUSALS[refusal] if refusal else "",
        "reason": row["reason"],
        "items": json.loads(row["skus"]),
        "refund": dollars(row["refund"]),
        "requested_at": row["requested_at"],
    }
