"""One key, one result: a request that is sent twice is carried out once."""

import hashlib
import sqlite3

from corner_shop.bodies import Body
from corner_shop.errors import Conflict


def result(connection: sqlite3.Connection, key: str, operation: str, body: Body) -> int | None:
    """The number of what this key made before, None when it is new or empty.

    Raises Conflict when the key was used for a different request.
    """
    if not key:
        return None
    row = connection.execute(
        "SELECT digest, result FROM answered WHERE key = ? AND operation = ?", (key, operation)
    ).fetchone()
    if row is None:
        return None
    if row["digest"] != _digest(body):
        raise Conflict("key_reused", "This Idempotency-Key was used for a different request.")
    return int(row["result"])


def remember(connection: sqlite3.Connection, key: str, operation: str, body: Body, made: int) -> None:
    """Ties a key to what it made, in the transaction that makes it."""
    if key:
        connection.execute("INSERT INTO answered VALUES (?, ?, ?, ?)", (key, operation, _digest(body), made))


def _digest(body: Body) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()
