"""Usage is kept with a call as it ends, and summed up by the database."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy import Engine, event

from tests.calls.store.shop import MAIN, NOW, SHOP, furnish, make_call
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.calls.store.store import Store
from tollfree.calls.store.usage import By, Lasted, UsageRow
from tollfree.protocol.ids import CallId, ProjectId

BAKERY = ProjectId("bakery")
HEARD = UsageRow(work="stt", engine="whisper:tiny.en", times=2, heard_s=4.5, heard_ahead_s=1.0, took_s=0.2)
ASKED = UsageRow(
    work="llm", intent="order", engine="fast", model="q", times=1, prompt_tokens=900, cached_tokens=800, gpu_s=0.5
)
TIMES = (UsageRow(work="time", seconds=20.0), UsageRow(work="time", intent="order", seconds=40.0))


async def called(
    store: Store,
    id: str,
    usage: tuple[UsageRow, ...],
    *,
    project: ProjectId = SHOP,
    at: datetime = NOW,
    version: int = 1,
) -> None:
    """A call of a minute."""
    call = make_call(id, project=project)
    call = type(call)(id=call.id, project=project, agent="", flow=MAIN, version=version, line="text", started_at=at)
    await store.calls.begin(call)
    await store.calls.end(call.id, ended_at=at + timedelta(minutes=1), outcome="done", state={}, usage=usage)


@pytest.fixture
async def used(shop: Store) -> Store:
    """Four calls: two in the shop on one day, an old one without usage, and one of the bakery a day later."""
    await furnish(shop, BAKERY)
    await called(shop, "c1", (HEARD, ASKED, *TIMES))
    await called(shop, "c2", (HEARD, *TIMES))
    await called(shop, "c3", (), at=NOW - timedelta(days=1))
    await called(shop, "c4", (ASKED, *TIMES), project=BAKERY, at=NOW + timedelta(days=1))
    await shop.calls.begin(make_call("running"))
    return shop


def minutes(lasted: dict[str, Lasted]) -> dict[str, tuple[int, float]]:
    return {group: (one.calls, round(one.seconds / 60, 3)) for group, one in lasted.items()}


async def test_usage_is_kept_with_the_end_of_a_call(shop: Store) -> None:
    await called(shop, "c1", (HEARD, ASKED))
    assert await shop.usage.of_call(CallId("c1")) == (HEARD, ASKED)
    with pytest.raises(CallClosed):
        await shop.calls.end(CallId("c1"), ended_at=NOW, outcome="again", state={}, usage=(HEARD,))
    assert len(await shop.usage.of_call(CallId("c1"))) == 2, "a call that has ended is not charged again"


async def test_late_usage_is_added(shop: Store) -> None:
    await called(shop, "c1", (HEARD,))
    await shop.usage.add(CallId("c1"), (ASKED,))
    assert await shop.usage.of_call(CallId("c1")) == (HEARD, ASKED)
    with pytest.raises(UnknownCall):
        await shop.usage.add(CallId("nobody"), (ASKED,))


async def test_minutes_and_work_are_summed_up_by_project(used: Store) -> None:
    sums = await used.usage.sums("project")
    assert minutes(sums.lasted) == {"shop": (3, 3.0), "bakery": (1, 1.0)}
    by = {(group, row.work): row for group, row in sums.work}
    assert by["shop", "stt"].heard_s == pytest.approx(9.0) and by["shop", "stt"].times == 4
    assert by["shop", "llm"].prompt_tokens == 900 and by["bakery", "llm"].gpu_s == pytest.approx(0.5)
    assert by["shop", "stt"].gpu_s is None, "nobody has said"
    assert isinstance(by["shop", "llm"].prompt_tokens, int)


async def test_by_day_in_utc(used: Store) -> None:
    assert minutes((await used.usage.sums("day")).lasted) == {
        "2026-11-21": (1, 1.0),
        "2026-11-22": (2, 2.0),
        "2026-11-23": (1, 1.0),
    }


async def test_by_intent_with_the_rest_under_none(used: Store) -> None:
    sums = await used.usage.sums("intent")
    assert minutes(sums.lasted) == {"": (4, 2.0), "order": (3, 2.0)}
    assert {group for group, _ in sums.work} == {"", "order"}


async def test_by_route_and_engine_the_calls_that_used_it(used: Store) -> None:
    assert {group: one.calls for group, one in (await used.usage.sums("route")).lasted.items()} == {
        "fast": 2,
        "whisper:tiny.en": 2,
    }


async def test_by_call(used: Store) -> None:
    assert set((await used.usage.sums("call")).lasted) == {"c1", "c2", "c3", "c4"}


async def test_of_a_time_and_a_project(used: Store) -> None:
    sums = await used.usage.sums("project", since=NOW, until=NOW + timedelta(days=1))
    assert minutes(sums.lasted) == {"shop": (2, 2.0)} and {group for group, _ in sums.work} == {"shop"}
    assert set((await used.usage.sums("call", project=BAKERY)).lasted) == {"c4"}
    none = await used.usage.sums("intent", since=datetime(2030, 1, 1, tzinfo=UTC))
    assert (none.lasted, none.work) == ({}, ())


@pytest.mark.parametrize("by", get_args(By))
async def test_a_trial_counts_with_the_work_of_engines_and_with_no_call_and_no_minute(used: Store, by: By) -> None:
    before = await used.usage.sums(by)
    frozen = await used.frozen_drafts.freeze(SHOP, MAIN, {"flow": "main"}, classifier=b"")
    tried = replace(ASKED, engine="other")
    await called(used, "c5", (tried, UsageRow(work="time", intent="refund", seconds=30.0)), version=frozen.number)
    after = await used.usage.sums(by)
    assert after.lasted == before.lasted
    assert [row for _, row in after.work if row.engine == "other"] == [replace(tried, intent="")]
    assert len(after.work) == len(before.work) + 1


async def test_what_a_project_used_goes_with_it(used: Store) -> None:
    await used.projects.delete(BAKERY)
    assert set((await used.usage.sums("project")).lasted) == {"shop"}
    assert {group for group, _ in (await used.usage.sums("route")).work} == {"fast", "whisper:tiny.en"}


@pytest.mark.parametrize("by", ["project", "day", "intent"])
async def test_minutes_are_counted_without_reading_the_calls_themselves(by: By, sqlite_url: str) -> None:
    """Calls hold their final states: of a hundred thousand, only an index is read."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def ask(connection: object, cursor: object, statement: str, parameters: tuple[object, ...], *more: object) -> None:
        asked.append((statement, parameters))

    async with await Store.open(sqlite_url) as store:
        event.listen(Engine, "before_cursor_execute", ask)
        try:
            await store.usage.sums(by, since=NOW)
        finally:
            event.remove(Engine, "before_cursor_execute", ask)
    counting = [one for one in asked if "FROM calls" in one[0]]
    assert counting
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        for statement, parameters in counting:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            assert "COVERING INDEX ix_calls_project_started_at_ended_at_version" in plan[0][-1]
