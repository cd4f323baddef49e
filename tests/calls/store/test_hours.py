"""Counts are kept with the end of a call, and summed up by the hour and by the day."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from tests.calls.store.shop import NOW, SHOP, make_call
from tollfree.calls.store.hours import Count
from tollfree.calls.store.store import Store
from tollfree.calls.store.usage import UsageRow
from tollfree.protocol.ids import CallId

HOUR = timedelta(hours=1)


async def ended(store: Store, id: str, *counts: Count, hours: int = 0, usage: tuple[UsageRow, ...] = ()) -> None:
    at = NOW + hours * HOUR
    call = replace(make_call(id), started_at=at)
    await store.calls.begin(call)
    await store.calls.end(call.id, ended_at=at, outcome="done", state={}, usage=usage, counts=counts)


async def sums_of(store: Store, since: int = 0, until: int = 1) -> tuple[Count, ...]:
    return (await store.hours.between(SHOP, NOW + since * HOUR, NOW + until * HOUR)).sums


async def by_day(store: Store, what: str) -> list[tuple[str, int]]:
    days = (await store.hours.between(SHOP, NOW, NOW + 48 * HOUR)).days
    return sorted((day, row.count) for day, rows in days.items() for row in rows if row.what == what)


async def test_counts_of_many_calls_add_up(shop: Store) -> None:
    one = (Count(what="calls", amount=1.5), Count(what="outcome", name="done"), Count(what="calls", amount=0.5))
    await asyncio.gather(*(ended(shop, f"c{n}", *one) for n in range(5)))
    sums = {(row.what, row.name): (row.count, row.amount) for row in await sums_of(shop)}
    assert sums == {("calls", ""): (10, 10.0), ("outcome", "done"): (5, 0.0)}


async def test_a_time_is_counted_by_its_hours(shop: Store) -> None:
    for hours in (0, 1, 24):
        await ended(shop, f"c{hours}", Count(what="calls"), hours=hours)
    assert [row.count for row in await sums_of(shop)] == [1]
    assert [row.count for row in await sums_of(shop, until=2)] == [2]
    assert await by_day(shop, "calls") == [("2026-11-22", 2), ("2026-11-23", 1)]
    assert await by_day(shop, "turns") == []


async def test_whole_days_and_hours_come_to_the_same(shop: Store) -> None:
    began = range(0, 96, 7)
    for hours in began:
        await ended(shop, f"c{hours:02}", Count(what="calls"), Count(what="outcome", name="done"), hours=hours)
    for since, until in itertools.combinations((0, 5, 14, 15, 38, 39, 70, 96), 2):
        expected = sum(since <= hours < until for hours in began)
        counted = await sums_of(shop, since, until)
        assert {(row.what, row.count) for row in counted} == (
            {("calls", expected), ("outcome", expected)} if expected else set()
        )


async def test_what_intents_cost_is_counted_also_when_it_comes_late(shop: Store) -> None:
    asked = UsageRow(work="llm", intent="order", engine="fast", prompt_tokens=90, completion_tokens=10)
    lasted = UsageRow(work="time", intent="order", seconds=30.0)
    await ended(shop, "c1", usage=(asked, lasted))
    await shop.usage.add(CallId("c1"), (asked,))
    sums = {(row.what, row.name): (row.count, row.amount) for row in await sums_of(shop)}
    assert sums == {
        ("intent", "order"): (1, 30.0),
        ("prompt_tokens", "order\nfast"): (180, 0.0),
        ("completion_tokens", "order\nfast"): (20, 0.0),
    }


async def test_counts_go_with_their_project(shop: Store) -> None:
    await ended(shop, "c1", Count(what="calls"))
    await shop.projects.delete(SHOP)
    assert await sums_of(shop) == ()


async def test_waits_are_counted_by_the_day(shop: Store) -> None:
    for hours in (-2, 0, 24):
        await ended(shop, f"c{hours}", Count(what="wait", name="response:130"), Count(what="calls"), hours=hours)
    sums = {row.what: row.count for row in await sums_of(shop)}
    assert sums == {"wait": 2, "calls": 1}, "the first day of waits counts whole"
    assert await by_day(shop, "wait") == [("2026-11-22", 2), ("2026-11-23", 1)]


FORMER = text(
    "INSERT INTO hourly_counts (project, hour, what, name, count, amount) "
    "VALUES ('shop', :hour, :what, :name, :count, :amount) ON CONFLICT (project, hour, what, name) DO UPDATE "
    "SET count = hourly_counts.count + excluded.count, amount = hourly_counts.amount + excluded.amount"
)
"""How programs of before migration 0009 count: waits in an hour that is a day, or before that in their hour."""


async def test_what_a_former_program_counts_is_in_its_day_and_the_totals(shop: Store) -> None:
    calls = {"what": "calls", "name": "", "count": 1, "amount": 1.5}
    waits = {"what": "wait", "name": "response:130", "count": 1, "amount": 0.0}
    hours = {"2026-11-22T14": calls, "2026-11-22T20": calls, "2026-11-22": waits, "2026-11-22T15": waits}
    rows = [{"hour": hour, **counted} for hour, counted in hours.items()]
    for time in range(2):
        async with shop._database.writing() as connection:  # noqa: SLF001  # what no store writes any more
            await connection.execute(FORMER, rows)
        await ended(shop, f"c{time}", Count(what="calls", amount=0.5), Count(what="wait", name="response:130"))
    whole, evening = await sums_of(shop, -14, 10), await sums_of(shop, 1, 10)
    assert {(row.what, row.count, row.amount) for row in whole} == {("calls", 6, 7.0), ("wait", 6, 0.0)}
    assert {(row.what, row.count, row.amount) for row in evening} == {("calls", 2, 3.0), ("wait", 6, 0.0)}
    assert await shop.hours.totals() == ((SHOP, Count(what="calls", count=6, amount=7.0)),)
