"""The SQLite file beside a project's index: its sources, their documents, the records of their passages, and jobs."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.folder import refuse_link

T = TypeVar("T")

FILE = "sources.sqlite"
BUSY_S = 30.0
"""Seconds to wait for another process that writes."""

_TABLES = """
CREATE TABLE IF NOT EXISTS sources (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,              -- file, folder, page, sitemap, site
    tags TEXT NOT NULL,              -- JSON list
    pages INTEGER NOT NULL,          -- limit of a sitemap or a crawl
    depth INTEGER NOT NULL,          -- links followed from the first page
    refresh_every_s INTEGER,         -- NULL: by command only
    added_at TEXT NOT NULL,
    checked_at TEXT,                 -- NULL: never to its end
    faults TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources (id),
    kind TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,             -- in, failed
    hash TEXT NOT NULL DEFAULT '',   -- SHA-256 of its bytes and of how it was read; empty: read it again
    etag TEXT NOT NULL DEFAULT '',
    modified TEXT NOT NULL DEFAULT '',
    links TEXT NOT NULL DEFAULT '[]',
    fetched_at TEXT NOT NULL DEFAULT '',
    passages INTEGER NOT NULL DEFAULT 0,
    faults TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS documents_of_source ON documents (source);
CREATE TABLE IF NOT EXISTS records (
    key TEXT PRIMARY KEY,            -- a passage's id
    group_id TEXT NOT NULL,          -- its document's
    updated_at REAL NOT NULL,        -- 0: on its way into the index, or left there by a job that died
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS records_of_group ON records (group_id, updated_at);
CREATE INDEX IF NOT EXISTS records_by_time ON records (updated_at);
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,              -- add, refresh, remove, rebuild, change
    state TEXT NOT NULL DEFAULT 'queued',
    request TEXT NOT NULL,           -- JSON: what is to be done
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    began_at TEXT,
    ended_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    cancelling INTEGER NOT NULL DEFAULT 0,
    progress TEXT NOT NULL DEFAULT '{}',
    report TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS jobs_to_do ON jobs (number) WHERE state IN ('queued', 'running');
"""


class Database:
    """One connection, used by one thread, off the loop. Every piece of work is a transaction."""

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        """`make`: make the file where there is none; else there is nothing in it, and nothing is left behind by those
        who only look, also when the project is deleted meanwhile."""
        self._file = folder / FILE
        self._make = make
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sources")
        self._connection: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it in one transaction. Raises `IndexUnusable`, or `BadKnowledgeFolder` for a symbolic link."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    def run_now(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The same for those who may block."""
        return self._thread.submit(self._transact, work).result()

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection = self._connection = self._connection or self._open()
            with connection:
                return work(connection)
        except (sqlite3.Error, OSError) as error:
            raise IndexUnusable(
                f"{self._file} cannot be used: {error}. If the disk is full, make room; if the file is damaged, put "
                "the folder back from a backup, or remove it and add the documents again."
            ) from error

    def _open(self) -> sqlite3.Connection:
        for path in self._file.parent.glob(f"{FILE}*"):
            refuse_link(path)
        if self._make:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._place(), uri=True, timeout=BUSY_S)
        connection.row_factory = sqlite3.Row
        if self._make:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a passage on its way must be known of before it arrives
        connection.executescript(_TABLES)
        return connection

    def _place(self) -> str:
        """As SQLite is told it: a file, or an empty database in memory that only we see."""
        if self._make:
            return f"{self._file.absolute().as_uri()}?mode=rwc"
        return f"{self._file.absolute().as_uri()}?mode=rw" if self._file.exists() else "file::memory:"

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
