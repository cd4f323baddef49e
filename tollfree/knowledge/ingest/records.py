"""LangChain's record manager on SQLite: which passages the index holds, and of which document each is."""

import sqlite3
import time
from collections.abc import Sequence

from langchain_core.indexing import RecordManager
from typing_extensions import override

from tollfree.knowledge.ingest.database import Database

_MANY = 500
"""Parameters in one statement."""


class SqliteRecords(RecordManager):
    """A record is of a passage that is in the index, or *on its way*: noted before it is written, so that what a job
    that was killed left behind is found and removed."""

    def __init__(self, database: Database) -> None:
        super().__init__(namespace="passages")
        self._database = database

    @override
    def create_schema(self) -> None:
        """Opening the database does it."""

    @override
    async def acreate_schema(self) -> None:
        """Opening the database does it."""

    @override
    def get_time(self) -> float:
        return time.time()

    @override
    async def aget_time(self) -> float:
        """Later than every record's, whatever became of the machine's clock."""
        return await self._database.run(_next_time)

    @override
    def update(
        self, keys: Sequence[str], *, group_ids: Sequence[str | None] | None = None, time_at_least: float | None = None
    ) -> None:
        self._database.run_now(lambda at: _update(at, keys, group_ids, time_at_least))

    @override
    async def aupdate(
        self, keys: Sequence[str], *, group_ids: Sequence[str | None] | None = None, time_at_least: float | None = None
    ) -> None:
        await self._database.run(lambda at: _update(at, keys, group_ids, time_at_least))

    @override
    def exists(self, keys: Sequence[str]) -> list[bool]:
        return self._database.run_now(lambda at: _exist(at, keys))

    @override
    async def aexists(self, keys: Sequence[str]) -> list[bool]:
        return await self._database.run(lambda at: _exist(at, keys))

    @override
    def list_keys(
        self,
        *,
        before: float | None = None,
        after: float | None = None,
        group_ids: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> list[str]:
        return self._database.run_now(lambda at: _list(at, before, after, group_ids, limit))

    @override
    async def alist_keys(
        self,
        *,
        before: float | None = None,
        after: float | None = None,
        group_ids: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> list[str]:
        return await self._database.run(lambda at: _list(at, before, after, group_ids, limit))

    @override
    def delete_keys(self, keys: Sequence[str]) -> None:
        self._database.run_now(lambda at: _delete(at, keys))

    @override
    async def adelete_keys(self, keys: Sequence[str]) -> None:
        await self._database.run(lambda at: _delete(at, keys))

    async def on_the_way(self, keys: Sequence[str], group_ids: Sequence[str]) -> None:
        """Note passages that are about to be written."""
        await self._database.run(lambda at: _note(at, keys, group_ids))

    async def clear(self) -> None:
        """The index holds none of them any more."""
        await self._database.run(lambda at: at.execute("DELETE FROM records"))

    async def doubt(self, group_ids: Sequence[str]) -> None:
        """Take the passages of documents for such that are on their way."""
        rows = [(group,) for group in group_ids]
        await self._database.run(
            lambda at: at.executemany("UPDATE records SET updated_at = 0 WHERE group_id = ?", rows)
        )

    async def counts(self) -> dict[str, int]:
        """How many passages there are of each document."""
        rows = await self._database.run(
            lambda at: at.execute("SELECT group_id, count(*) AS passages FROM records GROUP BY group_id").fetchall()
        )
        return {row["group_id"]: row["passages"] for row in rows}

    async def new_keys(self, group_id: str, since: float, limit: int) -> list[str]:
        """Of a document's passages those that were first noted since then."""
        rows = await self._database.run(
            lambda at: at.execute(
                "SELECT key FROM records WHERE group_id = ? AND created_at >= ? LIMIT ?", (group_id, since, limit)
            ).fetchall()
        )
        return [row["key"] for row in rows]


def _next_time(at: sqlite3.Connection) -> float:
    (latest,) = at.execute("SELECT max(updated_at) FROM records").fetchone()
    return max(time.time(), (latest or 0.0) + 1e-6)


def _note(at: sqlite3.Connection, keys: Sequence[str], group_ids: Sequence[str]) -> None:
    now = _next_time(at)
    at.executemany(
        "INSERT INTO records (key, group_id, updated_at, created_at) VALUES (?, ?, 0, ?) "
        "ON CONFLICT (key) DO UPDATE SET updated_at = 0, group_id = excluded.group_id",
        [(key, group, now) for key, group in zip(keys, group_ids, strict=True)],
    )


def _update(
    at: sqlite3.Connection, keys: Sequence[str], group_ids: Sequence[str | None] | None, time_at_least: float | None
) -> None:
    now = max(time.time(), time_at_least or 0.0)
    if group_ids is None:
        at.executemany("UPDATE records SET updated_at = ? WHERE key = ?", [(now, key) for key in keys])
        return
    at.executemany(
        "INSERT INTO records (key, group_id, updated_at, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at, group_id = excluded.group_id",
        [(key, group or "", now, now) for key, group in zip(keys, group_ids, strict=True)],
    )


def _exist(at: sqlite3.Connection, keys: Sequence[str]) -> list[bool]:
    there: set[str] = set()
    for start in range(0, len(keys), _MANY):
        part = keys[start : start + _MANY]
        marks = ", ".join("?" * len(part))
        query = f"SELECT key FROM records WHERE updated_at > 0 AND key IN ({marks})"
        there.update(row["key"] for row in at.execute(query, part))
    return [key in there for key in keys]


def _list(
    at: sqlite3.Connection,
    before: float | None,
    after: float | None,
    group_ids: Sequence[str] | None,
    limit: int | None,
) -> list[str]:
    found: list[str] = []
    groups = [None] if group_ids is None else [group_ids[n : n + _MANY] for n in range(0, len(group_ids), _MANY)]
    for part in groups:
        where, given = ["1"], list[str | float]()
        if before is not None:
            where, given = [*where, "updated_at < ?"], [*given, before]
        if after is not None:
            where, given = [*where, "updated_at > ?"], [*given, after]
        if part is not None:
            where, given = [*where, f"group_id IN ({', '.join('?' * len(part))})"], [*given, *part]
        left = -1 if limit is None else limit - len(found)
        query = f"SELECT key FROM records WHERE {' AND '.join(where)} LIMIT ?"
        found += [row["key"] for row in at.execute(query, (*given, left))] if left else []
    return found


def _delete(at: sqlite3.Connection, keys: Sequence[str]) -> None:
    at.executemany("DELETE FROM records WHERE key = ?", [(key,) for key in keys])
