"""The same tests on both databases: a SQLite file, and a database of a throw-away PostgreSQL server."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.calls.store.shop import SHOP, MovedClock, furnish
from tollfree.calls.store.store import Store

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def server_url() -> Iterator[str | None]:
    """A PostgreSQL server for all tests of this process, or None where it is not installed."""
    with subprocess.Popen(
        [ROOT / "scripts" / "postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None and server.stderr is not None and server.stdin is not None
        line = server.stdout.readline().strip()
        if line:
            yield line
        elif server.wait() == 3:
            yield None
        else:
            raise AssertionError(server.stderr.read())
        server.stdin.close()
        server.wait()


@pytest.fixture
async def postgresql_url(server_url: str | None) -> str:
    """The URL of an empty PostgreSQL database. Emptied rather than made: a new database is 7 MB of files."""
    if server_url is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql): only SQLite was tested")
    engine = create_async_engine(make_url(server_url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return server_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """An empty store's URL, on each kind of database."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet, in a folder that is not there either."""
    return f"sqlite:///{tmp_path / 'home' / 'tollfree.db'}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with await Store.open(url, clock=MovedClock()) as opened:
        yield opened


@pytest.fixture
async def shop(store: Store) -> Store:
    """A store with the project `shop` and version 1 of its flow `main` published."""
    await furnish(store, SHOP)
    return store
