import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.calls.store.shop import NOW, make_call, records
from tollfree.calls.store.errors import (
    CallClosed,
    InvalidDocument,
    OutOfSequence,
    StoreError,
    StoreUnavailable,
    UnknownCall,
)
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId

CALL = CallId("c1")

# Every code point, lone surrogates and NUL as well: a caller's line may hold anything.
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
some_records = st.builds(
    LogRecord,
    at=st.datetimes().map(lambda at: at.isoformat()),
    kind=st.sampled_from(["event", "effect", "token", "note"]),
    type=st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1),
    data=st.dictionaries(st.text(), values, max_size=4),
)


@pytest.fixture
async def calling(shop: Store) -> Store:
    await shop.calls.begin(make_call("c1"))
    return shop


numbers = count()


@given(steps=st.lists(st.lists(some_records, max_size=5), max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_appended_is_read_back(shop: Store, steps: list[list[LogRecord]]) -> None:
    call = CallId(f"call-{next(numbers):09}")
    await shop.calls.begin(make_call(call))
    place = 0
    for step in steps:
        place = await shop.log.append(call, step, expected_seq=place)
    expected = [record for step in steps for record in step]
    assert place == len(expected)
    assert await shop.log.read(call) == tuple(LogEntry(n, record) for n, record in enumerate(expected))


@pytest.mark.parametrize("place", [-1, 0, 2, 4, 100])
async def test_a_gap_or_a_place_written_twice_is_refused(calling: Store, place: int) -> None:
    assert await calling.log.append(CALL, records(3), expected_seq=0) == 3
    with pytest.raises(OutOfSequence, match="gap" if place > 3 else "twice") as refused:
        await calling.log.append(CALL, records(2), expected_seq=place)
    assert refused.value.next == 3
    assert len(await calling.log.read(CALL)) == 3


async def test_a_call_that_ended_takes_nothing_more(calling: Store) -> None:
    await calling.calls.end(CALL, ended_at=NOW, outcome="done", state={})
    with pytest.raises(CallClosed):
        await calling.log.append(CALL, records(1), expected_seq=0)


async def test_a_call_that_never_began_takes_nothing(calling: Store) -> None:
    with pytest.raises(UnknownCall):
        await calling.log.append(CallId("other"), records(1), expected_seq=0)


async def test_what_is_not_json_is_refused_before_anything_is_stored(calling: Store) -> None:
    bad = LogRecord(at="", kind="event", type="x", data={"n": float("inf")})
    with pytest.raises(InvalidDocument):
        await calling.log.append(CALL, [*records(2), bad], expected_seq=0)
    assert await calling.log.read(CALL) == ()


async def test_many_calls_append_at_once_and_each_log_is_its_own(shop: Store) -> None:
    calls = [CallId(f"c{n}") for n in range(20)]
    for call in calls:
        await shop.calls.begin(make_call(call))

    async def talk(call: CallId) -> None:
        place = 0
        for step in range(10):
            place = await shop.log.append(call, records(step % 4, text=call), expected_seq=place)

    await asyncio.gather(*(talk(call) for call in calls))
    for call in calls:
        entries = await shop.log.read(call)
        assert [entry.seq for entry in entries] == list(range(13))
        assert {entry.record.data["text"] for entry in entries} == {call}


async def test_a_refused_append_costs_its_neighbours_nothing(shop: Store) -> None:
    await shop.calls.begin(make_call("c1"))
    await shop.calls.begin(make_call("c2"))
    bad_kind: LogRecord = LogRecord(at="", kind="rumour", type="x", data={})  # type: ignore[arg-type]
    batches: Sequence[tuple[str, list[LogRecord], int]] = [
        ("c1", records(2), 0),
        ("c2", records(1), 5),
        ("other", records(1), 0),
        ("c2", [bad_kind], 0),
        ("c1", records(2), 2),
    ]
    results = await asyncio.gather(
        *(shop.log.append(CallId(call), some, expected_seq=place) for call, some, place in batches),
        return_exceptions=True,
    )
    assert results[0] == 2 and results[4] == 4
    assert [type(result) for result in results[1:4]] == [OutOfSequence, UnknownCall, StoreError]
    assert len(await shop.log.read(CallId("c1"))) == 4


async def test_of_two_processes_that_write_the_same_place_one_is_refused(calling: Store, url: str) -> None:
    async with await Store.open(url) as other:
        results = await asyncio.gather(
            *(store.log.append(CALL, records(2), expected_seq=0) for store in (calling, other)), return_exceptions=True
        )
    assert [2 in results, any(isinstance(one, OutOfSequence) for one in results)] == [True, True]
    assert len(await calling.log.read(CALL)) == 2


async def test_reading_goes_by_pages(calling: Store) -> None:
    await calling.log.append(CALL, records(10), expected_seq=0)
    assert [entry.seq for entry in await calling.log.read(CALL, start=4, limit=3)] == [4, 5, 6]
    assert await calling.log.read(CALL, start=10) == ()
    for page in (1, 3, 5, 10, 11):
        assert [entry.seq async for entry in calling.log.stream(CALL, page=page)] == list(range(10))
    assert [entry.seq async for entry in calling.log.stream(CALL, start=8)] == [8, 9]


async def test_streaming_a_call_that_is_not_there_says_so(shop: Store) -> None:
    with pytest.raises(UnknownCall):
        _ = [entry async for entry in shop.log.stream(CallId("other"))]


async def test_closing_waits_for_appends_and_refuses_later_ones(url: str, shop: Store) -> None:
    await shop.calls.begin(make_call("c1"))
    store = await Store.open(url)
    pending = [asyncio.ensure_future(store.log.append(CALL, records(1), expected_seq=n)) for n in range(5)]
    await asyncio.sleep(0)  # lets each of them begin
    await store.close()
    assert [future.result() for future in pending] == [1, 2, 3, 4, 5]
    for request in (store.log.append(CALL, records(1), expected_seq=5), store.log.read(CALL), store.projects.list()):
        with pytest.raises(StoreUnavailable, match="closed"):
            await request
    await store.close()


async def test_a_cancelled_append_leaves_no_gap_and_harms_nobody(shop: Store) -> None:
    await shop.calls.begin(make_call("c1"))
    await shop.calls.begin(make_call("c2"))
    doomed = asyncio.ensure_future(shop.log.append(CALL, records(2), expected_seq=0))
    spared = asyncio.ensure_future(shop.log.append(CallId("c2"), records(2), expected_seq=0))
    await asyncio.sleep(0)
    doomed.cancel()
    assert await spared == 2
    stored = len(await shop.log.read(CALL))
    assert stored in (0, 2)
    assert await shop.log.append(CALL, records(1), expected_seq=stored) == stored + 1


async def test_the_database_itself_refuses_to_change_a_record(calling: Store) -> None:
    await calling.log.append(CALL, records(1), expected_seq=0)
    database = calling._database  # noqa: SLF001  # there is no public way to try
    with pytest.raises(StoreError, match="written once"):
        async with database.writing() as connection:
            await connection.execute(text("UPDATE call_events SET data = '{}'"))


async def test_moments_come_back_in_utc(shop: Store) -> None:

    there = NOW.astimezone(timezone(timedelta(hours=-5)))
    await shop.calls.begin(replace(make_call("c1"), started_at=there))
    stored = (await shop.calls.get(CALL)).started_at
    assert stored == there and stored.utcoffset() == timedelta(0)
