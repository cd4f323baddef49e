"""What the drivers raise, as the errors of this room."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  # it ships without types
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tollfree.calls.store.errors import StoreDamaged, StoreError, StoreFull, StoreReadOnly, StoreUnavailable


@contextmanager
def translated(place: str) -> Generator[None, None, None]:
    """Raises a `StoreError` that names `place` for whatever a driver raises inside.

    `IntegrityError` is for the repositories, which know what the violated rule means, to catch before it gets here.
    """
    try:
        yield
    except DBAPIError as error:
        raise _from_driver(place, error.orig if error.orig is not None else error) from error
    except (PoolTimeout, OSError, asyncpg.InterfaceError, asyncpg.PostgresError, sqlite3.Error) as error:
        # Errors of a connection being made reach us as the driver raised them; `TimeoutError` is an `OSError`.
        raise _from_driver(place, error) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The store at {place} failed: {error}") from error


def _from_driver(place: str, error: BaseException) -> StoreError:
    state = getattr(error, "pgcode", None) or getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return _from_postgresql(place, state, error)
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(place, getattr(error, "sqlite_errorcode", 0) & 0xFF, error)
    if isinstance(error, PoolTimeout):
        return StoreUnavailable(f"Too many requests wait for the store at {place}. Try again in a moment.")
    return StoreUnavailable(
        f"The store at {place} cannot be reached: {_sentence(error)} "
        "Check that the server runs and that the URL is right."
    )


def _from_sqlite(place: str, code: int, error: sqlite3.Error) -> StoreError:
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreUnavailable(
                f"The store at {place} is locked by another program. "
                "Try again; if it stays locked, close what has the file open for writing."
            )
        case sqlite3.SQLITE_FULL:
            return StoreFull(
                f"The disk of the store at {place} is full. Nothing was lost; free some space and try again."
            )
        case sqlite3.SQLITE_NOTADB:
            return StoreDamaged(
                f"The file at {place} is not a tollfree store. Move it away to begin a new one, or restore a backup."
            )
        case sqlite3.SQLITE_CORRUPT:
            return StoreDamaged(
                f"The store at {place} is damaged: {_sentence(error)} Restore a backup, "
                "or rescue what is readable with `sqlite3 FILE .recover`."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return StoreReadOnly(
                f"The store at {place} cannot be written. Check the permissions of the file and of its folder."
            )
        case sqlite3.SQLITE_CANTOPEN:
            return StoreUnavailable(
                f"The store at {place} cannot be opened. Check that its folder exists and may be read and written.",
                retryable=False,
            )
        case sqlite3.SQLITE_IOERR:
            return StoreUnavailable(
                f"The disk of the store at {place} cannot be read or written: {_sentence(error)} Check the disk."
            )
        case _:
            return StoreError(f"The store at {place} failed: {_sentence(error)}")


def _from_postgresql(place: str, state: str, error: BaseException) -> StoreError:
    """By SQLSTATE; the classes are those of PostgreSQL's manual, appendix A."""
    if state in ("53100", "53200"):
        return StoreFull(
            f"The server of the store at {place} has no room left. Nothing was lost; free some space and try again."
        )
    if state in ("55P03", "40001", "40P01", "57014"):
        return StoreUnavailable(f"The store at {place} is locked by another program. Try again.")
    if state in ("25006", "42501"):
        return StoreReadOnly(f"The store at {place} cannot be written: {_sentence(error)} Check the role's rights.")
    if state in ("XX001", "XX002"):
        return StoreDamaged(f"The store at {place} is damaged: {_sentence(error)} Restore a backup.")
    if state == "3D000":
        return StoreUnavailable(
            f"The database of the store at {place} does not exist. Create it with `createdb`.", retryable=False
        )
    if state.startswith("28"):
        return StoreUnavailable(
            f"The server of the store at {place} refuses the role: {_sentence(error)} Check name and password.",
            retryable=False,
        )
    if state[:2] in ("08", "53", "57", "58"):
        return StoreUnavailable(f"The store at {place} cannot be reached: {_sentence(error)} Try again in a moment.")
    return StoreError(f"The store at {place} failed: {_sentence(error)}")


def _sentence(error: BaseException) -> str:
    """The driver's words, ending as a sentence does."""
    words = str(error).strip().splitlines()
    text = words[0] if words else type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."
