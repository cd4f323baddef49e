"""What people tell running calls to do."""

import asyncio

import pytest

from tests.calls.store.shop import NOW, SHOP, make_call
from tollfree.calls.store.commands import Command
from tollfree.calls.store.errors import CallClosed, InvalidDocument, UnknownCall
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId
from tollfree.protocol.values import Value

CALL = CallId("c1")


@pytest.fixture
async def running(shop: Store) -> Store:
    """A store with two calls that run."""
    await shop.calls.begin(make_call("c1"))
    await shop.calls.begin(make_call("c2"))
    return shop


async def test_a_call_finds_what_it_was_told_in_order_and_only_what_is_new(running: Store) -> None:
    first = await running.commands.give(CALL, action="set_slot", by="ann", name="code", value="123")
    second = await running.commands.give(CALL, action="hang_up", by="bob")
    one, other = await running.commands.since(CALL, 0)
    assert one == Command(id=first, action="set_slot", by="ann", name="code", value="123", at=one.at)
    assert (other.id, other.action, other.name, other.value) == (second, "hang_up", "", None)
    assert NOW < one.at < other.at and first < second
    assert await running.commands.since(CALL, first) == (other,)
    assert await running.commands.since(CALL, second) == ()


@pytest.mark.parametrize("value", ["", "Ünïcode \ud800", 5, 1.5, True, None, [1, {"a": "b"}], {"n": None}])
async def test_a_value_comes_back_as_it_was_given(running: Store, value: Value) -> None:
    await running.commands.give(CALL, action="set_slot", by="ann", name="code", value=value)
    [command] = await running.commands.since(CALL, 0)
    assert command.value == value


async def test_a_call_is_told_nothing_of_another_calls_commands(running: Store) -> None:
    await running.commands.give(CallId("c2"), action="take_over", by="ann")
    assert await running.commands.since(CALL, 0) == ()


async def test_commands_given_at_once_have_ids_in_the_order_in_which_they_are_seen(running: Store) -> None:
    seen: list[int] = []

    async def give() -> None:
        for _ in range(5):
            await running.commands.give(CALL, action="say", by="ann", value="Hello.")

    async def look() -> None:
        while len(seen) < 20:
            seen.extend(one.id for one in await running.commands.since(CALL, seen[-1] if seen else 0))
            await asyncio.sleep(0)

    await asyncio.gather(look(), *(give() for _ in range(4)))
    assert len(set(seen)) == 20 and seen == sorted(seen)


async def test_the_news_of_many_calls_come_at_once(running: Store) -> None:
    other = CallId("c2")
    first = await running.commands.give(CALL, action="say", by="ann", value="One.")
    second = await running.commands.give(other, action="say", by="ann", value="Two.")
    third = await running.commands.give(CALL, action="say", by="ann", value="Three.")
    news = await running.commands.news({CALL: first, other: 0})
    assert {call: [one.id for one in found] for call, found in news.items()} == {CALL: [third], other: [second]}
    assert await running.commands.news({CALL: third}) == {}
    assert await running.commands.news({}) == {}


async def test_of_a_persons_renewals_only_the_latest_is_kept(running: Store) -> None:
    for by in ("ann", "bob", "ann", "ann"):
        last = await running.commands.give(CALL, action="renew", by=by)
    found = await running.commands.since(CALL, 0)
    assert [one.by for one in found] == ["bob", "ann"] and found[-1].id == last


async def test_an_unknown_call_and_one_that_has_ended_are_told_nothing(running: Store) -> None:
    with pytest.raises(UnknownCall):
        await running.commands.give(CallId("nobody"), action="hang_up", by="ann")
    await running.calls.end(CALL, ended_at=NOW, outcome="done", state={})
    with pytest.raises(CallClosed):
        await running.commands.give(CALL, action="hang_up", by="ann")


async def test_a_value_that_is_no_json_is_refused(running: Store) -> None:
    with pytest.raises(InvalidDocument):
        await running.commands.give(CALL, action="say", by="ann", value=float("nan"))


async def test_a_calls_commands_go_when_it_ends_and_with_their_project(running: Store) -> None:
    for call in (CALL, CallId("c2")):
        await running.commands.give(call, action="say", by="ann", value="My card number is 5.")
    await running.calls.end(CALL, ended_at=NOW, outcome="done", state={})
    assert await running.commands.since(CALL, 0) == ()
    assert len(await running.commands.since(CallId("c2"), 0)) == 1
    await running.projects.delete(SHOP)
    assert await running.commands.since(CallId("c2"), 0) == ()
