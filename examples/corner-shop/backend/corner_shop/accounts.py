"""Customers' accounts."""

import sqlite3
from dataclasses import asdict, dataclass

from corner_shop.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer who has given the shop a phone number and an address."""

    id: str
    name: str
    phone: str
    """E.164."""
    email: str
    """Lower case."""
    address: str
    member_since: str
    """ISO date."""


def find(connection: sqlite3.Connection, *, phone: str = "", email: str = "") -> Account:
    """The account with this number or address (upper and lower case alike). Raises NotFound."""
    column, wanted = ("phone", phone) if phone else ("email", email.lower())
    row = connection.execute(f"SELECT * FROM accounts WHERE {column} = ?", (wanted,)).fetchone()
    if row is None:
        raise NotFound("account_not_found", f"There is no account with {column} {wanted}.")
    return Account(**dict(row))


def get(connection: sqlite3.Connection, account: str) -> Account:
    """The account with this id. Raises NotFound."""
    row = connection.execute("SELECT * FROM accounts WHERE id = ?", (account,)).fetchone()
    if row is None:
        raise NotFound("account_not_found", f"There is no account {account}.")
    return Account(**dict(row))


def to_json(connection: sqlite3.Connection, account: Account) -> dict[str, object]:
    """An account with the numbers of its orders, newest first, and of those still on their way."""
    rows = connection.execute(
        "SELECT number, status FROM orders WHERE account = ? ORDER BY placed_at DESC, number DESC", (account.id,)
    ).fetchall()
    under_way = [str(row["number"]) for row in rows if row["status"] in ("preparing", "ready", "out_for_delivery")]
    return {
        **asdict(account),
        "first_name": account.name.partition(" ")[0],
        "order_count": len(rows),
        "order_numbers": [str(row["number"]) for row in rows],
        "open_order_numbers": under_way,
        "latest_order_number": str(rows[0]["number"]) if rows else None,
    }
