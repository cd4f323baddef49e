import asyncio

import pytest
from sqlalchemy import text

from tests.calls.store.shop import MAIN, SHOP
from tollfree.calls.store.document import digest
from tollfree.calls.store.errors import StoreError, UnknownFlow, UnknownVersion
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import FlowId


@pytest.fixture
async def drafted(store: Store) -> Store:
    await store.projects.new(SHOP)
    await store.drafts.save(SHOP, MAIN, {}, expected_revision=0)
    return store


async def test_publishing_makes_a_version_that_new_calls_use(drafted: Store) -> None:
    made = await drafted.versions.publish(SHOP, MAIN, {"n": 1}, classifier=b"\0\1", note="first", by="ann")
    assert made.changed and made.info.number == 1 and made.info.sha256 == digest({"n": 1})
    version = await drafted.versions.published(SHOP, MAIN)
    assert (version.info, version.bundle, version.classifier) == (made.info, {"n": 1}, b"\0\1")
    assert await drafted.versions.get(SHOP, MAIN, 1) == version


async def test_publishing_what_is_published_says_so_and_makes_nothing(drafted: Store) -> None:
    first = await drafted.versions.publish(SHOP, MAIN, {"n": 1}, classifier=b"")
    again = await drafted.versions.publish(SHOP, MAIN, {"n": 1}, classifier=b"other", note="again")
    assert not again.changed and again.info == first.info
    assert len(await drafted.versions.list(SHOP, MAIN)) == len(await drafted.versions.history(SHOP, MAIN)) == 1


async def test_a_call_that_begins_after_a_publish_finds_the_new_version(drafted: Store) -> None:
    assert await drafted.versions.published_number(SHOP, MAIN) is None
    for n in (1, 2):
        await drafted.versions.publish(SHOP, MAIN, {"n": n}, classifier=b"")
        assert await drafted.versions.published_number(SHOP, MAIN) == n
    assert (await drafted.versions.get(SHOP, MAIN, 1)).bundle == {"n": 1}


async def test_a_rollback_publishes_an_older_version_again(drafted: Store) -> None:
    for n in (1, 2, 3):
        await drafted.versions.publish(SHOP, MAIN, {"n": n}, classifier=b"", by="ann")
    back = await drafted.versions.rollback(SHOP, MAIN, 1, by="bob")
    assert back.changed and back.info.number == 1
    assert (await drafted.versions.published(SHOP, MAIN)).bundle == {"n": 1}
    assert not (await drafted.versions.rollback(SHOP, MAIN, 1)).changed
    history = await drafted.versions.history(SHOP, MAIN)
    assert [(one.version, one.published_by) for one in history] == [(1, "bob"), (3, "ann"), (2, "ann"), (1, "ann")]


async def test_after_a_rollback_the_next_version_has_a_new_number(drafted: Store) -> None:
    for n in (1, 2):
        await drafted.versions.publish(SHOP, MAIN, {"n": n}, classifier=b"")
    await drafted.versions.rollback(SHOP, MAIN, 1)
    assert (await drafted.versions.publish(SHOP, MAIN, {"n": 2}, classifier=b"")).info.number == 3
    assert [one.number for one in await drafted.versions.list(SHOP, MAIN)] == [3, 2, 1]


async def test_what_is_not_there_is_named(drafted: Store) -> None:
    with pytest.raises(UnknownVersion, match="no published version"):
        await drafted.versions.published(SHOP, MAIN)
    with pytest.raises(UnknownVersion, match="version 7"):
        await drafted.versions.get(SHOP, MAIN, 7)
    with pytest.raises(UnknownVersion, match="version 7"):
        await drafted.versions.rollback(SHOP, MAIN, 7)
    for request in (
        drafted.versions.publish(SHOP, FlowId("other"), {}, classifier=b""),
        drafted.versions.list(SHOP, FlowId("other")),
        drafted.versions.get(SHOP, FlowId("other"), 1),
        drafted.versions.published(SHOP, FlowId("other")),
    ):
        with pytest.raises(UnknownFlow, match="'other'"):
            await request


async def test_people_who_publish_at_once_get_numbers_of_their_own(drafted: Store) -> None:
    made = await asyncio.gather(
        *(drafted.versions.publish(SHOP, MAIN, {"n": n}, classifier=b"") for n in range(8)),
    )
    assert sorted(one.info.number for one in made) == list(range(1, 9))
    assert await drafted.versions.published_number(SHOP, MAIN) == 8


async def test_the_database_itself_refuses_to_change_a_version(drafted: Store) -> None:
    await drafted.versions.publish(SHOP, MAIN, {"n": 1}, classifier=b"")
    database = drafted._database  # noqa: SLF001  # there is no public way to try
    with pytest.raises(StoreError, match="written once"):
        async with database.writing() as connection:
            await connection.execute(text("UPDATE versions SET bundle = '{}'"))
    assert (await drafted.versions.get(SHOP, MAIN, 1)).bundle == {"n": 1}
