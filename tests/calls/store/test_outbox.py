"""What webhooks are told is kept with what happened, and given out until it is settled."""

import asyncio
import json
from datetime import timedelta

import pytest

from tests.calls.store.shop import MAIN, NOW, SHOP, MovedClock, furnish, make_call
from tollfree.calls.store.errors import CallClosed, StaleResource, UnknownProject, UnknownResource
from tollfree.calls.store.store import Store
from tollfree.calls.store.webhooks import Webhook
from tollfree.protocol.ids import CallId, ProjectId

LEASE = timedelta(seconds=60)
BAKERY = ProjectId("bakery")


async def hook(store: Store, *events: str, id: str = "wh_1", project: ProjectId = SHOP) -> str:
    made = await store.webhooks.add(
        id, project, url="https://example.com", events=events, sealed=b"s", created_by="ada"
    )
    return made.id


async def told(store: Store, webhook: str = "wh_1") -> list[tuple[str, dict]]:
    """What a webhook is told, oldest first."""
    page = await store.outbox.list(webhook, limit=200)
    return [(one.event, json.loads(one.payload)["data"]) for one in reversed(page.deliveries)]


async def test_a_call_is_told_as_it_begins_and_as_it_ends(shop: Store) -> None:
    await hook(shop, "call.started", "call.ended")
    await shop.calls.begin(make_call("c1"))
    await shop.calls.end(CallId("c1"), ended_at=NOW + timedelta(seconds=90), outcome="done", state={"name": "Ada"})
    (began, first), (ended, second) = await told(shop)
    assert (began, ended) == ("call.started", "call.ended")
    assert first["call"] == "c1" and "outcome" not in first
    assert (second["outcome"], second["seconds"]) == ("done", 90.0)
    assert "Ada" not in json.dumps(second)


async def test_what_did_not_happen_is_not_told(shop: Store) -> None:
    await hook(shop, "call.ended")
    await shop.calls.begin(make_call("c1"))
    await shop.calls.end(CallId("c1"), ended_at=NOW, outcome="done", state={})
    with pytest.raises(CallClosed):
        await shop.calls.end(CallId("c1"), ended_at=NOW, outcome="again", state={})
    assert len(await told(shop)) == 1


async def test_a_publish_and_a_roll_back_are_told(shop: Store) -> None:
    await hook(shop, "flow.published")
    await shop.versions.publish(SHOP, MAIN, {"flow": "main", "n": 2}, classifier=b"", by="ada")
    await shop.versions.publish(SHOP, MAIN, {"flow": "main", "n": 2}, classifier=b"", by="ada")
    await shop.versions.rollback(SHOP, MAIN, 1, by="bob")
    assert [(data["version"], data["by"]) for _, data in await told(shop)] == [(2, "ada"), (1, "bob")]


async def test_only_those_are_told_who_want_to_know_and_are_enabled_and_of_the_project(shop: Store) -> None:
    await furnish(shop, BAKERY)
    await hook(shop, "call.ended")
    await hook(shop, "knowledge.changed", id="wh_2")
    await hook(shop, "knowledge.changed", id="wh_3")
    await hook(shop, "knowledge.changed", id="wh_4", project=BAKERY)
    await shop.webhooks.change(SHOP, "wh_3", enabled=False)
    await shop.outbox.tell(SHOP, "knowledge.changed", {"documents": 3})
    assert [len(await told(shop, f"wh_{n}")) for n in (1, 2, 3, 4)] == [0, 1, 0, 0]
    with pytest.raises(UnknownProject):
        await shop.outbox.tell(ProjectId("nowhere"), "knowledge.changed", {})


async def test_a_message_is_given_to_one_and_again_when_that_one_died(shop: Store) -> None:
    clock = MovedClock()
    shop.outbox._clock = clock  # noqa: SLF001 - moved by hand
    await hook(shop, "knowledge.changed")
    await shop.outbox.tell(SHOP, "knowledge.changed", {})
    (one,) = await shop.outbox.claim(10, LEASE)
    assert await shop.outbox.claim(10, LEASE) == ()
    clock.at += LEASE
    assert [again.id for again in await shop.outbox.claim(10, LEASE)] == [one.id]


async def test_a_message_is_settled_or_comes_again(shop: Store) -> None:
    await hook(shop, "knowledge.changed")
    for _ in range(3):
        await shop.outbox.tell(SHOP, "knowledge.changed", {})
    taken, failed, given_up = await shop.outbox.claim(10, LEASE)
    await shop.outbox.delivered(taken.id, 204)
    await shop.outbox.again(failed.id, 500, "answered 500", NOW + timedelta(days=1))
    await shop.outbox.dead(given_up.id, None, "cannot be reached")
    assert await shop.outbox.count() == {"delivered": 1, "waiting": 1, "dead": 1}
    (dead,) = (await shop.outbox.list("wh_1", state="dead")).deliveries
    assert (dead.error, dead.status, dead.attempts) == ("cannot be reached", None, 1)
    await shop.outbox.redeliver(SHOP, "wh_1", dead.id)
    assert [one.id for one in await shop.outbox.claim(10, LEASE)] == [dead.id]
    with pytest.raises(UnknownResource):
        await shop.outbox.redeliver(SHOP, "wh_other", dead.id)


async def test_what_was_settled_long_ago_is_forgotten(shop: Store) -> None:
    await hook(shop, "knowledge.changed")
    for _ in range(2):
        await shop.outbox.tell(SHOP, "knowledge.changed", {})
    taken, _ = await shop.outbox.claim(10, LEASE)
    await shop.outbox.delivered(taken.id, 200)
    assert await shop.outbox.forget(NOW) == 0
    assert await shop.outbox.forget(NOW + timedelta(days=1)) == 1
    assert await shop.outbox.count() == {"waiting": 1}


async def test_a_webhook_is_its_projects_and_goes_with_its_messages(shop: Store) -> None:
    await furnish(shop, BAKERY)
    await hook(shop, "knowledge.changed")
    await shop.outbox.tell(SHOP, "knowledge.changed", {})
    for foreign in (
        shop.webhooks.get(BAKERY, "wh_1"),
        shop.webhooks.change(BAKERY, "wh_1", enabled=False),
        shop.webhooks.remove(BAKERY, "wh_1"),
    ):
        with pytest.raises(UnknownResource):
            await foreign
    changed = await shop.webhooks.change(SHOP, "wh_1", url="https://other.example", events=("call.ended",))
    assert (changed.url, changed.events, changed.enabled) == ("https://other.example", ("call.ended",), True)
    await shop.webhooks.remove(SHOP, "wh_1")
    assert await shop.outbox.count() == {} and await shop.webhooks.target("wh_1") is None


async def test_of_two_who_change_a_webhook_at_once_one_does(shop: Store) -> None:
    await hook(shop, "call.ended")
    seen = await shop.webhooks.get(SHOP, "wh_1")
    changes = [shop.webhooks.change(SHOP, "wh_1", enabled=False, expected=seen.sha256) for _ in range(2)]
    ended = await asyncio.gather(*changes, return_exceptions=True)
    assert [type(one) for one in ended].count(StaleResource) == 1
    [made] = [one for one in ended if isinstance(one, Webhook)]
    assert await shop.webhooks.get(SHOP, "wh_1") == made and not made.enabled
    await shop.webhooks.change(SHOP, "wh_1", enabled=True, expected=made.sha256)
