"""The SQLite file before its first transaction: private, and in write-ahead mode."""

import errno
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tollfree.calls.store.errors import StoreError, StoreFull, StoreReadOnly, StoreUnavailable
from tollfree.calls.store.faults import translated


def prepare(file: Path, *, wait_ms: int) -> None:
    """Creates the file if there is none, readable by its owner alone (calls are personal data), and has readers and
    the writer stop blocking each other (WAL). Blocking. Raises `StoreError`."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise _cannot_open(file, error) from error
    with translated(str(file)), closing(sqlite3.connect(file, timeout=wait_ms / 1000, isolation_level=None)) as raw:
        _use_write_ahead_log(raw, give_up=time.monotonic() + wait_ms / 1000)


def _use_write_ahead_log(raw: sqlite3.Connection, *, give_up: float) -> None:
    """Kept in the file. SQLite does not wait when two programs change the mode together, so this does."""
    while raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _cannot_open(file: Path, error: OSError) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull(f"The disk of the store at {file} is full. Free some space and try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreReadOnly(
            f"The store at {file} cannot be written. Check the permissions of the file and of its folder."
        )
    return StoreUnavailable(
        f"The store at {file} cannot be opened: {error.strerror}. Give the path of a file in a folder of its own.",
        retryable=False,
    )
