"""A call in another process, followed through the store."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.calls.store.shop import MAIN, NOW, SHOP, furnish, make_call, records
from tollfree.calls.log import of_note
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store, default_url
from tollfree.calls.virtual_time import run_virtually
from tollfree.cli.following import NoCall, follow
from tollfree.protocol.clock import Clock


def in_a_store(home: Path, work: Callable[[Store], Awaitable[None]]) -> None:
    """In virtual time: waiting for a call costs none."""

    async def run(clock: Clock) -> None:
        store = await Store.open(default_url(home), clock=clock)
        try:
            await furnish(store, SHOP)
            await work(store)
        finally:
            await store.close()

    run_virtually(run)


async def begin(store: Store, id: str, room: str) -> Call:
    call = make_call(id)
    await store.calls.begin(call)
    await store.log.append(call.id, [of_note(NOW.isoformat(), "room", {"room": room})], expected_seq=0)
    return call


def test_the_call_in_the_room_is_handed_on_record_by_record_until_it_has_ended(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        await begin(store, "c1", "another")
        here: asyncio.Future[str] = asyncio.Future()
        seen: list[LogEntry] = []
        following = asyncio.ensure_future(follow(store, SHOP, "ours", here, seen.append))
        await asyncio.sleep(3)
        call = await begin(store, "c2", "ours")
        for start in (1, 4):
            await store.log.append(call.id, records(3), expected_seq=start)
            while len(seen) < start + 3:  # noqa: ASYNC110  in virtual time, and nothing else tells
                await asyncio.sleep(1)
            assert [entry.seq for entry in seen] == list(range(start + 3))
        here.set_result("room_deleted")
        await store.log.append(call.id, records(1), expected_seq=7)
        await store.calls.end(call.id, ended_at=NOW, outcome="served", state={})
        done = await following
        assert (done.id, done.outcome, done.flow) == ("c2", "served", MAIN)
        assert [entry.seq for entry in seen] == list(range(8))

    in_a_store(tmp_path, work)


def test_a_call_that_nobody_answers_is_told_and_one_that_does_not_end_too(tmp_path: Path) -> None:
    async def work(store: Store) -> None:
        left: asyncio.Future[str] = asyncio.Future()
        left.set_result("")
        with pytest.raises(NoCall, match="nobody answered"):
            await follow(store, SHOP, "ours", left, lambda entry: None)
        with pytest.raises(NoCall, match="nobody answered"):
            await follow(store, SHOP, "ours", asyncio.Future(), lambda entry: None)
        await begin(store, "c1", "ours")
        with pytest.raises(NoCall, match="c1 has not ended"):
            await follow(store, SHOP, "ours", left, lambda entry: None)

    in_a_store(tmp_path, work)
