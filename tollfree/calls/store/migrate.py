"""Bringing the tables to this program's schema."""

import asyncio
import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import StoreError, StoreNewer

HEAD = "0010"
"""The newest migration. Held here too, so that opening a current store does not load Alembic (half a second)."""
VERSION_TABLE = "tollfree_schema"
"""Not Alembic's default name, so that a database shared with another program is never taken for ours."""
_ALEMBIC = threading.Lock()
"""Alembic keeps the migration it runs in module globals: one at a time in this process, whatever the store."""
_LOCK = 0x746F6C6C66726565
"""PostgreSQL's advisory lock of a migration: "tollfree" in ASCII."""


async def migrate(database: Database) -> None:
    """Runs what is missing, in one transaction; of several programs that open a store at once, one does.

    Raises `StoreNewer` when a newer program has been here.
    """
    async with database.reading() as connection:
        if await revision_of(connection) == HEAD:
            return
    while not _ALEMBIC.acquire(blocking=False):  # noqa: ASYNC110  # held across event loops, which no asyncio lock can be
        await asyncio.sleep(0.01)
    try:
        await _migrate(database)
    finally:
        _ALEMBIC.release()


async def _migrate(database: Database) -> None:
    async with database.writing() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = await revision_of(connection)
        if revision != HEAD:
            await connection.run_sync(_upgrade, revision, database.place)


async def revision_of(connection: AsyncConnection) -> str | None:
    """Of the tables as they are; None when there are none."""
    if not await connection.run_sync(lambda raw: inspect(raw).has_table(VERSION_TABLE)):
        return None
    return await connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))


def _upgrade(connection: Connection, revision: str | None, place: str) -> None:
    # Loaded here because only the first opening of a store needs it, and it takes longer than everything else.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreNewer(
            f"The store at {place} was written by a newer tollfree (schema {revision}; this program knows {HEAD}). "
            "Update this program; nothing was changed."
        )
    if revision is None and inspect(connection).has_table("projects"):
        raise StoreError(
            f"The database at {place} holds another program's tables. Give tollfree a database of its own."
        )
    command.upgrade(config, "head")
