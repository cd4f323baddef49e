"""Counts are kept with the end of a call, and summed up by the database."""

import asyncio
from datetime import timedelta

from tests.calls.store.shop import NOW, SHOP, make_call
from tollfree.calls.store.hours import Count
from tollfree.calls.store.store import Store
from tollfree.calls.store.usage import UsageRow
from tollfree.protocol.ids import CallId

HOUR = timedelta(hours=1)


async def ended(store: Store, id: str, *counts: Count, hours: int = 0, usage: tuple[UsageRow, ...] = ()) -> None:
    call = make_call(id)
    at = NOW + hours * HOUR
    call = type(call)(**{name: getattr(call, name) for name in call.__slots__} | {"started_at": at})
    await store.calls.begin(call)
    await store.calls.end(call.id, ended_at=at, outcome="done", state={}, usage=usage, counts=counts)


async def test_counts_of_many_calls_add_up(shop: Store) -> None:
    one = (Count(what="calls", amount=1.5), Count(what="outcome", name="done"), Count(what="calls", amount=0.5))
    await asyncio.gather(*(ended(shop, f"c{n}", *one) for n in range(5)))
    sums = {(row.what, row.name): (row.count, row.amount) for row in await shop.hours.sums(SHOP, NOW, NOW + HOUR)}
    assert sums == {("calls", ""): (10, 10.0), ("outcome", "done"): (5, 0.0)}


async def test_a_time_is_counted_by_its_hours(shop: Store) -> None:
    for hours in (0, 1, 24):
        await ended(shop, f"c{hours}", Count(what="calls"), hours=hours)
    assert [row.count for row in await shop.hours.sums(SHOP, NOW, NOW + HOUR)] == [1]
    assert [row.count for row in await shop.hours.sums(SHOP, NOW, NOW + 2 * HOUR)] == [2]
    days = await shop.hours.days(SHOP, NOW, NOW + 48 * HOUR, ["calls"])
    assert [(day, row.count) for day, row in days] == [("2026-11-22", 2), ("2026-11-23", 1)]
    assert await shop.hours.days(SHOP, NOW, NOW + 48 * HOUR, ["turns"]) == ()


async def test_what_intents_cost_is_counted_also_when_it_comes_late(shop: Store) -> None:
    asked = UsageRow(work="llm", intent="order", engine="fast", prompt_tokens=90, completion_tokens=10)
    lasted = UsageRow(work="time", intent="order", seconds=30.0)
    await ended(shop, "c1", usage=(asked, lasted))
    await shop.usage.add(CallId("c1"), (asked,))
    sums = {(row.what, row.name): (row.count, row.amount) for row in await shop.hours.sums(SHOP, NOW, NOW + HOUR)}
    assert sums == {
        ("intent", "order"): (1, 30.0),
        ("prompt_tokens", "order\nfast"): (180, 0.0),
        ("completion_tokens", "order\nfast"): (20, 0.0),
    }


async def test_counts_go_with_their_project(shop: Store) -> None:
    await ended(shop, "c1", Count(what="calls"))
    await shop.projects.delete(SHOP)
    assert await shop.hours.sums(SHOP, NOW, NOW + HOUR) == ()


async def test_waits_are_counted_by_the_day(shop: Store) -> None:
    for hours in (-2, 0, 24):
        await ended(shop, f"c{hours}", Count(what="wait", name="response:130"), Count(what="calls"), hours=hours)
    sums = {row.what: row.count for row in await shop.hours.sums(SHOP, NOW, NOW + HOUR)}
    assert sums == {"wait": 2, "calls": 1}, "the first day of waits counts whole"
    days = await shop.hours.days(SHOP, NOW, NOW + 48 * HOUR, ["wait"])
    assert [(day, row.count) for day, row in days] == [("2026-11-22", 2), ("2026-11-23", 1)]
