"""One shop's SQLite database: its tables, and transactions that are whole or never happened."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

VERSION = 1
"""Of the tables. A file with another number is refused rather than guessed at."""

TABLES = (
    """CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        phone TEXT NOT NULL UNIQUE,
        email TEXT NOT NULL UNIQUE,
        address TEXT NOT NULL,
        member_since TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE orders (
        number INTEGER PRIMARY KEY CHECK (number BETWEEN 10000 AND 99999),
        account TEXT REFERENCES accounts (id),
        customer TEXT NOT NULL,
        phone TEXT NOT NULL,
        status TEXT NOT NULL,
        fulfilment TEXT NOT NULL CHECK (fulfilment IN ('pickup', 'delivery')),
        address TEXT NOT NULL,
        note TEXT NOT NULL,
        total INTEGER NOT NULL CHECK (total >= 0),
        placed_at TEXT NOT NULL,
        delivered_on TEXT,
        eta_minutes INTEGER
    ) STRICT""",
    "CREATE INDEX orders_of_account ON orders (account)",
    """CREATE TABLE order_lines (
        number INTEGER NOT NULL REFERENCES orders (number),
        position INTEGER NOT NULL,
        sku TEXT NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        options TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
        returnable INTEGER NOT NULL,
        PRIMARY KEY (number, position)
    ) STRICT""",
    """CREATE TABLE returns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        number INTEGER NOT NULL REFERENCES orders (number),
        accepted INTEGER NOT NULL,
        refusal TEXT,
        reason TEXT NOT NULL,
        skus TEXT NOT NULL,
        refund INTEGER NOT NULL,
        requested_at TEXT NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX one_return_per_order ON returns (number) WHERE accepted = 1",
    """CREATE TABLE staff_requests (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('callback', 'transfer')),
        name TEXT NOT NULL,
        phone TEXT NOT NULL,
        reason TEXT NOT NULL,
        summary TEXT NOT NULL,
        call TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'withdrawn', 'done')),
        requested_at TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE answered (
        key TEXT NOT NULL,
        operation TEXT NOT NULL,
        digest TEXT NOT NULL,
        result INTEGER NOT NULL,
        PRIMARY KEY (key, operation)
    ) STRICT""",
)
"""Money is whole cents, moments are ISO 8601 with offset. `answered` remembers what each idempotency key made."""


class Database:
    """A connection that one thread uses at a time. SQLite serialises writers between processes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """The connection, for statements that see one moment and change nothing."""
        with self._lock:
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """The connection inside a transaction: committed at the end, undone by any exception."""
        with self._lock:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def close(self) -> None:
        """Waits for the statement under way, then lets go of the file."""
        with self._lock:
            self.connection.close()


def open_file(path: Path) -> Database:
    """The database in a file, durable against a crash at any moment. Tables are there only after `create_tables`."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return Database(connection)


def open_memory(contents: bytes | None = None) -> Database:
    """A database in memory: empty, or a copy of one that was serialised."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if contents is not None:
        connection.deserialize(contents)
    return Database(connection)


def version_of(connection: sqlite3.Connection) -> int:
    """The number of the tables found, 0 when there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def create_tables(connection: sqlite3.Connection) -> None:
    """Every table, inside the caller's transaction."""
    for statement in TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
