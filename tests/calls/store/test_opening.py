import asyncio
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, text

from tests.calls.store.shop import NOW, SHOP
from tollfree.calls.store import migrate
from tollfree.calls.store.database import Database, parse_url
from tollfree.calls.store.errors import StoreError, StoreNewer
from tollfree.calls.store.sqlite_file import prepare
from tollfree.calls.store.store import Store, default_url
from tollfree.calls.store.tables import metadata, projects

BY_WORDS = ("call_words", "ix_call_texts_")
MIGRATIONS = Path(migrate.__file__).parent / "migrations"


async def run(url: str, work: Callable[[Connection], object]) -> object:
    """Something on the database behind the store's back."""
    parsed = parse_url(url)
    if parsed.drivername.startswith("sqlite"):
        prepare(Path(str(parsed.database)), wait_ms=1000)
    database = Database(parsed, wait_ms=1000)
    try:
        async with database.writing() as connection:
            return await connection.run_sync(work)
    finally:
        await database.close()


async def test_an_empty_place_becomes_a_store_that_can_be_opened_again(url: str) -> None:
    async with await Store.open(url) as store:
        await store.projects.new(SHOP)
    async with await Store.open(url) as store:
        assert [one.id for one in await store.projects.list()] == [SHOP]


async def test_the_migrations_make_what_the_tables_say(store: Store, url: str) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": migrate.VERSION_TABLE,
                "compare_type": True,
                # How words are indexed is each database's own.
                "include_name": lambda name, kind, parents: not str(name).startswith(BY_WORDS),
            },
        )
        return compare_metadata(context, metadata)

    assert await run(url, differences) == []


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    assert ScriptDirectory(MIGRATIONS).get_heads() == [migrate.HEAD]


def as_of(revision: str) -> Callable[[Connection], None]:
    """Makes the tables that an earlier program made."""

    def work(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    return work


async def test_days_are_summed_up_of_hours_that_an_earlier_program_goes_on_to_count(url: str) -> None:
    def count(connection: Connection) -> None:
        for what, hour in (("calls", "2026-11-22T14"), ("calls", "2026-11-22T15"), ("wait", "2026-11-22")):
            connection.execute(
                text(
                    "INSERT INTO hourly_counts (project, hour, what, name, count, amount) "
                    "VALUES ('shop', :hour, :what, '', 1, 0.5) ON CONFLICT (project, hour, what, name) DO UPDATE "
                    "SET count = hourly_counts.count + excluded.count, amount = hourly_counts.amount + excluded.amount"
                ),
                {"hour": hour, "what": what},
            )

    def begin(connection: Connection) -> None:
        as_of("0008")(connection)
        connection.execute(insert(projects), {"id": SHOP, "name": "", "settings": "{}", "created_at": NOW})
        count(connection)
        count(connection)

    await run(url, begin)
    async with await Store.open(url) as store:
        await run(url, count)
        of_day = (await store.hours.between(SHOP, NOW.replace(hour=0), NOW.replace(hour=0) + timedelta(days=1))).sums
        of_hour = (await store.hours.between(SHOP, NOW, NOW + timedelta(hours=1))).sums
    assert {(row.what, row.count, row.amount) for row in of_day} == {("calls", 6, 3.0), ("wait", 3, 1.5)}
    assert {(row.what, row.count, row.amount) for row in of_hour} == {("calls", 3, 1.5), ("wait", 3, 1.5)}


OPENING = """
import asyncio, sys
from tollfree.calls.store.store import Store

async def main():
    async with await Store.open(sys.argv[1], wait_ms=60_000) as store:
        await store.projects.new(sys.argv[2])

sys.stdin.readline()  # everything is loaded: they go together
asyncio.run(main())
"""


def opening(url: str, project: str) -> "subprocess.Popen[str]":
    """A program that is ready to open the store and begin a project."""
    return subprocess.Popen([sys.executable, "-c", OPENING, url, project], stdin=subprocess.PIPE, text=True)


async def test_several_programs_may_open_a_new_store_at_once(url: str) -> None:
    programs = [opening(url, f"p{n}") for n in range(3)]
    for one in programs:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in programs:
        with one:
            assert await asyncio.to_thread(one.wait) == 0
    async with await Store.open(url) as store:
        assert [one.id for one in await store.projects.list()] == ["p0", "p1", "p2"]


async def test_one_program_may_open_many_stores_at_once(tmp_path: Path, url: str) -> None:
    urls = [url, url, *(f"sqlite:///{tmp_path / str(n)}.db" for n in range(3))]
    for store in await asyncio.gather(*(Store.open(one) for one in urls)):
        assert await store.projects.list() == ()
        await store.close()


async def test_a_store_of_a_newer_program_is_left_alone(url: str) -> None:
    async with await Store.open(url):
        pass
    await run(url, lambda raw: raw.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'")))
    with pytest.raises(StoreNewer, match="schema 9999") as refused:
        await Store.open(url)
    assert "Update this program" in refused.value.message


async def test_another_programs_database_is_left_alone(url: str) -> None:
    await run(url, lambda raw: raw.execute(text("CREATE TABLE projects (id INTEGER)")))
    with pytest.raises(StoreError, match="another program's tables"):
        await Store.open(url)


async def test_the_file_is_its_owners_alone_and_acknowledges_only_what_is_on_disk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with await Store.open(default_url(home)) as store:
        database = store._database  # noqa: SLF001  # pragmas have no public door
        async with database.writing() as connection:
            pragmas = {
                name: await connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        for file in home.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true", "nonsense"]
)
async def test_a_url_it_cannot_use_is_answered_with_those_it_can(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite:///FILE"):
        await Store.open(url)
