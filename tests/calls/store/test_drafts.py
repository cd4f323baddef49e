import asyncio

import pytest

from tests.calls.store.shop import MAIN, SHOP, MovedClock
from tollfree.calls.store.errors import InvalidDocument, StaleDraft, UnknownFlow
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import FlowId


@pytest.fixture
async def begun(store: Store) -> Store:
    await store.projects.new(SHOP)
    return store


async def test_saves_count_from_one(begun: Store) -> None:
    first = await begun.drafts.save(SHOP, MAIN, {"n": 1}, expected_revision=0, by="ann")
    second = await begun.drafts.save(SHOP, MAIN, {"n": 2}, expected_revision=first.revision, by="bob")
    assert (first.revision, second.revision) == (1, 2)
    assert await begun.drafts.get(SHOP, MAIN) == second


async def test_the_order_of_keys_is_kept(begun: Store) -> None:
    document = {"nodes": {"z": 1, "a": 2, "m": 3}}
    await begun.drafts.save(SHOP, MAIN, document, expected_revision=0)
    assert list((await begun.drafts.get(SHOP, MAIN)).document["nodes"]) == ["z", "a", "m"]  # type: ignore[arg-type]


async def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(begun: Store) -> None:
    await begun.drafts.save(SHOP, MAIN, {"n": 1}, expected_revision=0, by="ann")
    await begun.drafts.save(SHOP, MAIN, {"n": "ann's"}, expected_revision=1, by="ann")
    with pytest.raises(StaleDraft, match="saved by ann") as refused:
        await begun.drafts.save(SHOP, MAIN, {"n": "bob's"}, expected_revision=1, by="bob")
    assert (refused.value.stored, refused.value.document) == (2, {"n": "ann's"})
    assert (await begun.drafts.get(SHOP, MAIN)).document == {"n": "ann's"}


async def test_a_flow_that_is_there_cannot_be_begun_again(begun: Store) -> None:
    await begun.drafts.save(SHOP, MAIN, {"n": 1}, expected_revision=0)
    with pytest.raises(StaleDraft):
        await begun.drafts.save(SHOP, MAIN, {"n": 2}, expected_revision=0)


async def test_a_revision_of_a_flow_that_is_not_there_is_refused(begun: Store) -> None:
    with pytest.raises(UnknownFlow, match="'main'"):
        await begun.drafts.save(SHOP, MAIN, {"n": 2}, expected_revision=3)
    with pytest.raises(UnknownFlow):
        await begun.drafts.get(SHOP, MAIN)


@pytest.mark.parametrize("revision", [0, 1])
async def test_of_many_who_save_at_once_through_two_stores_one_wins(begun: Store, url: str, revision: int) -> None:
    if revision:
        await begun.drafts.save(SHOP, MAIN, {}, expected_revision=0)
    async with await Store.open(url, clock=MovedClock()) as other:
        results = await asyncio.gather(
            *(
                store.drafts.save(SHOP, MAIN, {"by": n}, expected_revision=revision)
                for n, store in enumerate([begun, other] * 4)
            ),
            return_exceptions=True,
        )
    saved = [one for one in results if not isinstance(one, BaseException)]
    stale = [one for one in results if isinstance(one, StaleDraft)]
    assert (len(saved), len(stale)) == (1, 7)
    assert all(one.document == saved[0].document for one in stale)


async def test_flows_are_listed_with_where_they_stand(begun: Store) -> None:
    await begun.drafts.save(SHOP, FlowId("returns"), {}, expected_revision=0, by="ann")
    await begun.drafts.save(SHOP, MAIN, {}, expected_revision=0)
    await begun.drafts.save(SHOP, MAIN, {"n": 1}, expected_revision=1, by="bob")
    await begun.versions.publish(SHOP, MAIN, {}, classifier=b"")
    main, returns = await begun.flows.list(SHOP)
    assert (main.name, main.revision, main.saved_by, main.published) == ("main", 2, "bob", 1)
    assert (returns.name, returns.revision, returns.saved_by, returns.published) == ("returns", 1, "ann", None)
    assert await begun.flows.get(SHOP, MAIN) == main
    with pytest.raises(UnknownFlow, match="'other'"):
        await begun.flows.get(SHOP, FlowId("other"))


async def test_what_is_not_json_is_refused(begun: Store) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for document in ({"n": float("nan")}, {"n": object()}, {"n": deep}):
        with pytest.raises(InvalidDocument):
            await begun.drafts.save(SHOP, MAIN, document, expected_revision=0)  # type: ignore[arg-type]
