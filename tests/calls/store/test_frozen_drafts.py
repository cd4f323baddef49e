"""Drafts that trial calls run on are kept beside the versions, and count as none."""

import json
from datetime import timedelta

import pytest

from tests.calls.store.shop import MAIN, NOW, SHOP, MovedClock, make_call
from tollfree.calls.store.call_filter import CallFilter
from tollfree.calls.store.document import digest
from tollfree.calls.store.errors import UnknownFlow, UnknownVersion
from tollfree.calls.store.frozen_drafts import UNCALLED
from tollfree.calls.store.hours import Count
from tollfree.calls.store.store import Store
from tollfree.calls.store.usage import UsageRow
from tollfree.protocol.ids import CallId, FlowId


async def frozen(store: Store, n: int) -> int:
    return (await store.frozen_drafts.freeze(SHOP, MAIN, {"n": n}, classifier=b"\0\1", by="ann")).number


async def test_a_frozen_draft_is_read_like_a_version_and_is_none(shop: Store) -> None:
    made = await shop.frozen_drafts.freeze(SHOP, MAIN, {"n": 1}, classifier=b"\0\1", by="ann")
    assert (made.number, made.sha256, made.created_by) == (-1, digest({"n": 1}), "ann")
    kept = await shop.versions.get(SHOP, MAIN, -1)
    assert (kept.info, kept.bundle, kept.classifier) == (made, {"n": 1}, b"\0\1")
    assert [one.number for one in await shop.versions.list(SHOP, MAIN)] == [1]
    assert await shop.versions.published_number(SHOP, MAIN) == 1


async def test_a_draft_that_did_not_change_is_kept_once_and_another_beside_it(shop: Store) -> None:
    assert [await frozen(shop, n) for n in (1, 1, 2, 1)] == [-1, -1, -2, -1]


async def test_nobody_rolls_back_to_one(shop: Store) -> None:
    with pytest.raises(UnknownVersion):
        await shop.versions.rollback(SHOP, MAIN, await frozen(shop, 1))
    assert await shop.versions.published_number(SHOP, MAIN) == 1


async def test_a_flow_that_was_only_tried_begins_with_version_1(store: Store) -> None:
    await store.projects.new(SHOP)
    await store.drafts.save(SHOP, MAIN, {}, expected_revision=0)
    await frozen(store, 1)
    assert await store.versions.published_number(SHOP, MAIN) is None
    assert (await store.versions.publish(SHOP, MAIN, {"n": 1}, classifier=b"")).info.number == 1


async def test_a_flow_that_is_not_there_has_none(shop: Store) -> None:
    with pytest.raises(UnknownFlow):
        await shop.frozen_drafts.freeze(SHOP, FlowId("none"), {}, classifier=b"")


async def test_those_that_nobody_called_go_and_the_others_stay(url: str) -> None:
    clock = MovedClock()
    async with await Store.open(url, clock=clock) as store:
        await store.projects.new(SHOP)
        await store.drafts.save(SHOP, MAIN, {}, expected_revision=0)
        called, uncalled = await frozen(store, 1), await frozen(store, 2)
        await store.calls.begin(make_call("c1", version=called))
        clock.at += UNCALLED
        assert await frozen(store, 1) == -2, "whoever is let in now has an hour"
        assert (await store.versions.get(SHOP, MAIN, called)).bundle == {"n": 1}
        assert uncalled == -2 and (await store.versions.get(SHOP, MAIN, uncalled)).bundle == {"n": 1}


async def test_a_trial_is_found_apart_from_customers_calls(shop: Store) -> None:
    await shop.calls.begin(make_call("c1"))
    await shop.calls.begin(make_call("c2", version=await frozen(shop, 1)))

    async def found(trial: bool | None) -> list[str]:
        return [one.id for one in (await shop.calls.found(CallFilter(project=SHOP, trial=trial))).calls]

    assert [await found(trial) for trial in (False, True, None)] == [["c1"], ["c2"], ["c2", "c1"]]


async def test_a_trial_that_runs_is_no_call_that_runs_unless_it_is_asked_for_too(shop: Store) -> None:
    await shop.calls.begin(make_call("c1", version=await frozen(shop, 1)))
    assert (await shop.calls.running(SHOP), await shop.calls.running_by_project()) == (0, {})
    await shop.calls.begin(make_call("c2"))
    assert (await shop.calls.running(SHOP), await shop.calls.running_by_project()) == (1, {SHOP: 1})
    assert await shop.calls.running(trials=True) == 2


async def test_nothing_counts_a_trial_and_no_webhook_tells_of_it(shop: Store) -> None:
    await shop.webhooks.add(
        "wh_1", SHOP, url="https://example.com", events=("call.started", "call.ended"), sealed=b"s", created_by="ada"
    )
    asked = UsageRow(work="llm", intent="order", engine="fast", prompt_tokens=90)
    for id, version in (("c1", 1), ("c2", await frozen(shop, 1))):
        await shop.calls.begin(make_call(id, version=version))
        counts = (Count(what="calls"),)
        await shop.calls.end(CallId(id), ended_at=NOW, outcome="done", state={}, usage=(asked,), counts=counts)
        await shop.usage.add(CallId(id), (asked,))
    kept = await shop.hours.between(SHOP, NOW, NOW + timedelta(hours=1))
    sums = {row.what: row.count for row in kept.sums}
    assert sums == {"calls": 1, "prompt_tokens": 180}
    told = (await shop.outbox.list("wh_1", limit=10)).deliveries
    assert {json.loads(one.payload)["data"]["call"] for one in told} == {"c1"}
    assert len(await shop.usage.of_call(CallId("c2"))) == 2, "what engines did for it is known"
