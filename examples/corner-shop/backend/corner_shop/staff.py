"""The queue of callers who wait for a person."""

import sqlite3

from corner_shop import idempotency
from corner_shop.bodies import NewStaffRequest
from corner_shop.calendar import Calendar
from corner_shop.errors import Invalid, NotFound

MINUTES_EACH = 4
"""How long one caller takes, on average: what the waiting time is reckoned with."""


def queue(
    connection: sqlite3.Connection, body: NewStaffRequest, key: str, call: str, calendar: Calendar
) -> tuple[dict[str, object], bool]:
    """Puts a caller in the queue, once per idempotency key; the flag says whether it is new.

    Raises Invalid for a callback without a number, Conflict for a key used otherwise.
    """
    before = idempotency.result(connection, key, "staff", body)
    if before is not None:
        return get(connection, str(before)), False
    if body.kind == "callback" and not body.phone:
        raise Invalid("phone_missing", "A callback needs a phone number.")
    made = connection.execute(
        "INSERT INTO staff_requests (kind, name, phone, reason, summary, call, state, requested_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)",
        (body.kind, body.name, body.phone, body.reason, body.summary, call, calendar.now().isoformat()),
    ).lastrowid
    assert made is not None  # an INSERT that did not raise has a row
    idempotency.remember(connection, key, "staff", body, made)
    return get(connection, str(made)), True


def waiting(connection: sqlite3.Connection) -> list[dict[str, object]]:
    """Everybody who waits, first come first."""
    rows = connection.execute("SELECT id FROM staff_requests WHERE state = 'waiting' ORDER BY id").fetchall()
    return [get(connection, str(row["id"])) for row in rows]


def get(connection: sqlite3.Connection, number: str) -> dict[str, object]:
    """One request with its place in the queue (1 is next; null once it is out). Raises NotFound."""
    known = number.isascii() and number.isdigit() and len(number) < 10
    row = connection.execute("SELECT * FROM staff_requests WHERE id = ?", (int(number),)).fetchone() if known else None
    if row is None:
        raise NotFound("request_not_found", f"There is no staff request {number[:40]}.")
    ahead = connection.execute(
        "SELECT count(*) FROM staff_requests WHERE state = 'waiting' AND id < ?", (row["id"],)
    ).fetchone()[0]
    in_queue = row["state"] == "waiting"
    return {
        **dict(row),
        "id": str(row["id"]),
        "position": ahead + 1 if in_queue else None,
        "wait_minutes": (ahead + 1) * MINUTES_EACH if in_queue else None,
    }


def withdraw(connection: sqlite3.Connection, number: str) -> dict[str, object]:
    """Takes a caller out of the queue; a second time changes nothing. Raises NotFound."""
    get(connection, number)
    connection.execute("UPDATE staff_requests SET state = 'withdrawn' WHERE id = ? AND state = 'waiting'", (number,))
    return get(connection, number)
