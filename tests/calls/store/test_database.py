"""How reads of SQLite share its threads, and that time which is not real stands still meanwhile."""

import asyncio
import sqlite3
import threading
import time
from datetime import timedelta

from sqlalchemy import Connection

from tests.calls.store.shop import NOW, SHOP, furnish, make_call
from tollfree.calls.store.call_filter import CallFilter
from tollfree.calls.store.database import SEARCHERS
from tollfree.calls.store.store import Store
from tollfree.calls.store.texts import query_of
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import CallId


async def test_long_searches_hold_up_each_other_and_nothing_else(sqlite_url: str) -> None:
    over = threading.Event()

    def search(_connection: Connection) -> bool:
        return over.wait(60)

    async with await Store.open(sqlite_url) as store, asyncio.TaskGroup() as tasks:
        await furnish(store, SHOP)
        await store.calls.begin(make_call("c1"))
        database = store._database  # noqa: SLF001  # a search that lasts until it is told to end
        held = [tasks.create_task(database.read(search, long=True)) for _ in range(SEARCHERS)]
        words = CallFilter(project=SHOP, text=query_of("order", personal=True))
        behind = [
            tasks.create_task(store.calls.found(words)),
            tasks.create_task(store.calls.list(project=SHOP)),
            tasks.create_task(store.hours.between(SHOP, NOW, NOW + timedelta(days=1))),
            tasks.create_task(store.hours.totals()),
        ]
        try:
            async with asyncio.timeout(30):
                assert (await store.calls.get(CallId("c1"))).id == "c1"
                assert len((await store.growing.look({})).running) == 1
                assert len((await store.calls.list(project=SHOP, ended=False)).calls) == 1
                assert await store.api_keys.list(SHOP) == ()
            assert not any(task.done() for task in (*held, *behind))
        finally:
            over.set()
    assert all(task.result() for task in held) and len(behind[1].result().calls) == 1


def test_while_the_store_waits_for_its_file_a_virtual_clock_stands_still(sqlite_url: str) -> None:
    locked = threading.Event()

    def hold() -> None:
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            time.sleep(0.1)
            other.execute("COMMIT")

    async def main(clock: Clock) -> float:
        async with await Store.open(sqlite_url, clock=clock) as store:
            holder = threading.Thread(target=hold)
            holder.start()
            locked.wait()
            elsewhere = asyncio.create_task(clock.sleep(0.2))  # whoever has a timer does not move it
            await store.projects.new(SHOP)
            holder.join()
            elsewhere.cancel()
            return clock.elapsed_ms()

    assert run_virtually(main) == 0
