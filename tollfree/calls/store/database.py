"""The connection to SQLite or PostgreSQL: how transactions begin, and how durable a commit is."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TypeVar, TypeVarTuple

from sqlalchemy import URL, Connection, Engine, Row, Select, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from tollfree.calls.store.errors import StoreError, StoreUnavailable
from tollfree.calls.store.faults import translated
from tollfree.protocol.clock import Clock, SystemClock

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

ResultT = TypeVar("ResultT")
ColumnTs = TypeVarTuple("ColumnTs")
READERS = 3
"""Threads that read SQLite at once: more than there are cores to do so would only wait for each other."""
SEARCHERS = 2
"""Threads besides, for reads that may take long: so many at once leave a core for the others."""


def parse_url(url: str) -> URL:
    """The URL with the driver this room uses. Raises `StoreError` for a database it cannot use."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("This is not a database URL. Write sqlite:///FILE or postgresql://HOST/NAME.") from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreError(
            f"The store cannot use {parsed.drivername!r}. Write sqlite:///FILE or postgresql://USER@HOST/NAME."
        )
    parsed = parsed.set(drivername=driver)
    if driver.startswith("sqlite") and (parsed.database in (None, "", ":memory:") or "uri" in parsed.query):
        raise StoreError("The store needs a file: a call's log must outlive the process. Write sqlite:///FILE.")
    return parsed


class Database:
    """Transactions on one database. Bound to the event loop it is first used in."""

    def __init__(self, url: URL, *, wait_ms: int, clock: Clock | None = None) -> None:
        """`wait_ms`: how long a transaction waits for another program's lock before it gives up. `clock`: stands still
        while the database works, unless it is real."""
        self.is_sqlite = url.drivername.startswith("sqlite")
        self.place = str(url.database) if self.is_sqlite else url.render_as_string(hide_password=True)
        """Where the store is, for messages: the file, or the URL without its password."""
        self._wait_ms = wait_ms
        self._working = (clock or SystemClock()).working
        self._closed = False
        self._engine = self._sqlite_engine(url) if self.is_sqlite else self._postgresql_engine(url)
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self._engine.execution_options(**snapshot)
        self._direct = self._sqlite_direct(url, 1, "BEGIN IMMEDIATE") if self.is_sqlite else None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tollfree-store")
        self._readers = self._lane(url, READERS, "reader") if self.is_sqlite else None
        self._searchers = self._lane(url, SEARCHERS, "searcher") if self.is_sqlite else None
        self._writer = self._engine.execution_options(tollfree_begin="BEGIN IMMEDIATE")
        # SQLite has one writer: waiting here costs nothing, waiting in the driver is a poll with sleeps.
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection, None]:
        """A transaction that sees one state of the store."""
        self._check_open()
        with self._working(), translated(self.place):
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection, None]:
        """A transaction that is durable when the block has ended, and undone when the block raises."""
        async with self._taking_turns(), self._writer.begin() as connection:
            yield connection

    async def read(self, work: Callable[[Connection], ResultT], *, long: bool = False) -> ResultT:
        """`reading` for statements that need nothing from the event loop in between: on SQLite one hop to a thread and
        back, where each statement of `reading` is several, and each waits for the loop's other work. `long`: it may
        look at many calls, so on SQLite it waits for others of its kind, and nothing else waits for it."""
        self._check_open()
        lane = self._searchers if long else self._readers
        with self._working(), translated(self.place):
            if lane is not None:
                return await lane.read(work)
            async with self._reader.connect() as connection:
                return await connection.run_sync(work)

    async def rows(self, wanted: Select[*ColumnTs]) -> Sequence[Row[*ColumnTs]]:
        """All that a statement chooses, of one state of the store."""
        return await self.read(lambda connection: connection.execute(wanted).all())

    async def write(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """`writing` for statements that need nothing from the event loop in between. The SQLite driver hops to a
        thread and back a dozen times for a transaction; here it is once, which is most of an append's time."""
        async with self._taking_turns():
            if self._direct is not None:
                return await asyncio.get_running_loop().run_in_executor(
                    self._thread, _in_transaction, self._direct, work
                )
            async with self._writer.begin() as connection:
                return await connection.run_sync(work)

    async def close(self) -> None:
        """Closes every connection. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._direct is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._direct.dispose)
        self._thread.shutdown()
        for lane in (self._readers, self._searchers):
            if lane is not None:
                lane.close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _taking_turns(self) -> AsyncGenerator[None]:
        """What a transaction that writes lies in."""
        self._check_open()
        with self._working():
            async with self._turn:
                with translated(self.place):
                    yield

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable(f"The store at {self.place} was closed.", retryable=False)

    def _sqlite_engine(self, url: URL) -> AsyncEngine:
        engine = create_async_engine(url, connect_args={"timeout": self._wait_ms / 1000})
        _configure_sqlite(engine.sync_engine, self._wait_ms)
        return engine

    def _sqlite_direct(self, url: URL, threads: int, begin: str) -> Engine:
        """A connection for each of so many threads."""
        engine = create_engine(
            url.set(drivername="sqlite"),
            pool_size=threads,
            max_overflow=0,
            connect_args={"timeout": self._wait_ms / 1000},
            execution_options={"tollfree_begin": begin},
        )
        _configure_sqlite(engine, self._wait_ms)
        return engine

    def _lane(self, url: URL, threads: int, name: str) -> "_Lane":
        return _Lane(self._sqlite_direct(url, threads, "BEGIN"), threads, name)

    def _postgresql_engine(self, url: URL) -> AsyncEngine:
        return create_async_engine(
            url,
            pool_pre_ping=True,  # a server that was restarted costs one ping, not one failed call
            connect_args={
                "timeout": 10,
                "server_settings": {
                    "application_name": "tollfree",
                    "lock_timeout": str(self._wait_ms),
                    "synchronous_commit": "on",  # a server may default to less; an acknowledged event must last
                },
            },
        )


class _Lane:
    """Threads that read SQLite, each on a connection of its own."""

    def __init__(self, engine: Engine, threads: int, name: str) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"tollfree-store-{name}")

    async def read(self, work: Callable[[Connection], ResultT]) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _in_snapshot, self._engine, work)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()


def _in_transaction(engine: Engine, work: Callable[[Connection], ResultT]) -> ResultT:
    with engine.begin() as connection:
        return work(connection)


def _in_snapshot(engine: Engine, work: Callable[[Connection], ResultT]) -> ResultT:
    with engine.connect() as connection:
        return work(connection)


def _configure_sqlite(engine: Engine, wait_ms: int) -> None:
    """How each connection of a SQLite engine behaves."""

    def configure(connection: DBAPIConnection, _record: object) -> None:
        # None: the driver must not begin transactions by itself; `begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={wait_ms}", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        # IMMEDIATE: a writer waits for the lock at once; a reader that becomes a writer later is refused.
        connection.exec_driver_sql(connection.get_execution_options().get("tollfree_begin", "BEGIN"))

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
