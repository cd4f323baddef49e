import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text

from tests.calls.store.shop import MAIN, SHOP, furnish, make_call, records
from tollfree.calls.store.errors import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnavailable,
)
from tollfree.calls.store.faults import translated
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId

CALL = CallId("c1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


async def pragma(store: Store, command: str) -> None:
    """Sets something on the store's one connection so far."""
    async with store._database.reading() as connection:  # noqa: SLF001  # pragmas have no public door
        await connection.execute(text(f"PRAGMA {command}"))


async def limit_size(store: Store, *, pages: int) -> None:
    """The disk of the connection that logs are written through, as it were."""
    await store._database.write(  # noqa: SLF001  # pragmas have no public door
        lambda connection: connection.execute(text(f"PRAGMA max_page_count={pages}"))
    )


async def test_a_full_disk_refuses_the_append_and_loses_nothing(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}") as store:
        await furnish(store, SHOP)
        await store.calls.begin(make_call(CALL))
        place = await store.log.append(CALL, records(3), expected_seq=0)
        await limit_size(store, pages=1)  # SQLite makes it the present size
        with pytest.raises(StoreFull, match="free some space") as refused:
            await store.log.append(CALL, records(50, text="x" * 4000), expected_seq=place)
        assert str(file) in refused.value.message and refused.value.retryable
        assert len(await store.log.read(CALL)) == 3
        await limit_size(store, pages=1_000_000)
        assert await store.log.append(CALL, records(50, text="x" * 4000), expected_seq=place) == 53
        assert len(await store.log.read(CALL)) == 53


async def test_a_locked_file_is_worth_another_try(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}", wait_ms=20) as store:
        await furnish(store, SHOP)
        await store.calls.begin(make_call(CALL))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreUnavailable, match="locked by another program") as refused:
                await store.log.append(CALL, records(1), expected_seq=0)
            assert str(file) in refused.value.message and refused.value.retryable
            assert await store.log.read(CALL) == ()  # readers go on
            other.execute("ROLLBACK")
        assert await store.log.append(CALL, records(1), expected_seq=0) == 1


async def test_a_file_that_is_locked_for_good_cannot_be_opened(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await Store.open(f"sqlite:///{file}", wait_ms=20)


async def test_a_lock_that_is_released_in_time_is_waited_for(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}", wait_ms=60_000) as store:
        await furnish(store, SHOP)
        await store.calls.begin(make_call(CALL))
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            append = asyncio.ensure_future(store.log.append(CALL, records(1), expected_seq=0))
            await store.log.read(CALL)  # the append is under way by now, and cannot be done
            assert not append.done()
            other.execute("COMMIT")
            assert await append == 1


DIARY = b"Dear diary, this is not a database. " * 100


@pytest.fixture
def diary(file: Path) -> Iterator[Path]:
    """A file that is something else; it must come out as it went in."""
    file.write_bytes(DIARY)
    yield file
    assert file.read_bytes() == DIARY


async def test_a_file_that_is_no_database_is_not_touched(diary: Path) -> None:
    with pytest.raises(StoreDamaged, match="not a tollfree store") as refused:
        await Store.open(f"sqlite:///{diary}")
    assert str(diary) in refused.value.message


def damage(file: Path) -> None:
    """Overwrites everything but the first page."""
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))


async def test_a_damaged_database_says_so(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}") as store:
        await furnish(store, SHOP)
    damage(file)
    with pytest.raises(StoreDamaged, match="Restore a backup"):
        async with await Store.open(f"sqlite:///{file}") as store:
            await store.drafts.get(SHOP, MAIN)


async def test_a_store_that_cannot_be_written_says_so(file: Path) -> None:
    async with await Store.open(f"sqlite:///{file}") as store:
        await pragma(store, "query_only=ON")
        with pytest.raises(StoreReadOnly, match="permissions"):
            await store.projects.new(SHOP)
        assert await store.projects.list() == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
@pytest.mark.parametrize("mode", [0o500, 0o000])
async def test_a_folder_without_permission_says_so(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=mode)
    with pytest.raises(StoreReadOnly, match="permissions"):
        await Store.open(f"sqlite:///{folder / 'shop.db'}")
    folder.chmod(0o700)


async def test_a_folder_in_the_files_place_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened") as refused:
        await Store.open(f"sqlite:///{tmp_path}")
    assert not refused.value.retryable


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached") as refused:
        await Store.open("postgresql://ann:hunter2@127.0.0.1:1/shop")
    assert "127.0.0.1:1/shop" in refused.value.message and "hunter2" not in refused.value.message
    assert refused.value.retryable


@pytest.mark.postgres
async def test_a_database_that_is_not_there_is_not_worth_another_try(postgresql_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="createdb") as refused:
        await Store.open(make_url(postgresql_url).set(database="missing").render_as_string())
    assert not refused.value.retryable


@pytest.mark.postgres
async def test_a_role_that_is_not_there_is_not_worth_another_try(postgresql_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="refuses the role") as refused:
        await Store.open(make_url(postgresql_url).set(username="nobody").render_as_string())
    assert not refused.value.retryable


@pytest.mark.postgres
async def test_a_locked_table_is_worth_another_try(postgresql_url: str) -> None:
    async with await Store.open(postgresql_url, wait_ms=50) as store, await Store.open(postgresql_url) as other:
        await furnish(store, SHOP)
        await store.calls.begin(make_call(CALL))
        async with other._database.writing() as connection:  # noqa: SLF001  # another program, as it were
            await connection.execute(text("LOCK TABLE call_events IN EXCLUSIVE MODE"))
            with pytest.raises(StoreUnavailable, match="locked by another program") as refused:
                await store.log.append(CALL, records(1), expected_seq=0)
            assert refused.value.retryable
        assert await store.log.append(CALL, records(1), expected_seq=0) == 1


@pytest.mark.postgres
async def test_a_server_that_was_restarted_is_found_again(postgresql_url: str) -> None:
    async with await Store.open(postgresql_url) as store, await Store.open(postgresql_url) as other:
        await furnish(store, SHOP)
        await store.calls.begin(make_call(CALL))
        async with other._database.writing() as connection:  # noqa: SLF001  # what a restart does to connections
            await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        assert await store.log.append(CALL, records(1), expected_seq=0) == 1


def in_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("raised", "kind", "retryable"),
    [
        (in_sqlite(sqlite3.SQLITE_FULL), StoreFull, True),
        (in_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), StoreUnavailable, True),
        (in_sqlite(sqlite3.SQLITE_READONLY_DIRECTORY), StoreReadOnly, False),
        (in_sqlite(sqlite3.SQLITE_CORRUPT_INDEX), StoreDamaged, False),
        (in_sqlite(sqlite3.SQLITE_CANTOPEN_ISDIR), StoreUnavailable, False),
        (in_sqlite(sqlite3.SQLITE_IOERR_FSYNC), StoreUnavailable, True),
        (in_sqlite(sqlite3.SQLITE_ERROR), StoreError, False),
        (asyncpg.DiskFullError("x"), StoreFull, True),
        (asyncpg.TooManyConnectionsError("x"), StoreUnavailable, True),
        (asyncpg.DeadlockDetectedError("x"), StoreUnavailable, True),
        (asyncpg.ReadOnlySQLTransactionError("x"), StoreReadOnly, False),
        (asyncpg.InsufficientPrivilegeError("x"), StoreReadOnly, False),
        (asyncpg.DataCorruptedError("x"), StoreDamaged, False),
        (asyncpg.InvalidPasswordError("x"), StoreUnavailable, False),
        (asyncpg.AdminShutdownError("x"), StoreUnavailable, True),
        (asyncpg.ConnectionDoesNotExistError("x"), StoreUnavailable, True),
        (asyncpg.InterfaceError("x"), StoreUnavailable, True),
        (ConnectionRefusedError("x"), StoreUnavailable, True),
        (TimeoutError(), StoreUnavailable, True),
        (asyncpg.UndefinedTableError("x"), StoreError, False),
    ],
)
def test_what_a_driver_raises_becomes_the_error_a_caller_can_act_on(
    raised: Exception, kind: type[StoreError], retryable: bool
) -> None:
    with pytest.raises(StoreError) as refused, translated("HERE"):
        raise raised
    assert (type(refused.value), refused.value.retryable) == (kind, retryable)
    assert "HERE" in refused.value.message and refused.value.message.endswith(".")


def test_a_store_error_passes_through_unchanged() -> None:
    error = StoreFull("full")
    with pytest.raises(StoreFull) as refused, translated("HERE"):
        raise error
    assert refused.value is error
