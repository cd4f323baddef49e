"""Calls are found by what lists ask for and by words, and their logs are followed, on both databases."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.calls.store.shop import MAIN, NOW, SHOP, make_call, records
from tollfree.calls.call_id import began_ms, new_call_id
from tollfree.calls.store.call_filter import CallFilter
from tollfree.calls.store.errors import BadQuery, KeyReused, UnknownCall
from tollfree.calls.store.store import Store
from tollfree.calls.store.texts import CallText, query_of
from tollfree.protocol.ids import CallId, ProjectId


async def ended(
    store: Store, id: str, words: str, shown: str = "", *, project: ProjectId = SHOP, version: int = 1
) -> CallId:
    call = make_call(id, project=project, version=version)
    await store.calls.begin(call)
    said = CallText(words=frozenset(words.split()), shown=frozenset(shown.split()))
    await store.calls.end(call.id, ended_at=NOW + timedelta(minutes=1), outcome="done", state={}, said=said)
    return call.id


async def found(store: Store, written: str, *, personal: bool = True, **only: Any) -> list[str]:
    query = query_of(written, personal=personal)
    return [one.id for one in (await store.calls.found(CallFilter(project=SHOP, text=query, **only))).calls]


async def paged(store: Store, **only: Any) -> list[str]:
    """All calls in which `order` was said, two to a page."""
    wanted = CallFilter(project=SHOP, text=query_of("order", personal=True), **only)
    seen, before = list[str](), None
    while True:
        page = await store.calls.found(wanted, before=before, limit=2)
        seen += [one.id for one in page.calls]
        if (before := page.older) is None:
            return seen


async def test_words_find_calls_of_their_project_alone(shop: Store) -> None:
    await shop.projects.new(ProjectId("the-shop"))
    await shop.drafts.save(ProjectId("the-shop"), MAIN, {}, expected_revision=0)
    await shop.versions.publish(ProjectId("the-shop"), MAIN, {}, classifier=b"")
    one = await ended(shop, "c1", "where is my order 41755 cafe", "where is my order")
    await ended(shop, "c2", "where is my order", project=ProjectId("the-shop"))
    assert await found(shop, "Order WHERE") == [one]
    assert await found(shop, "41755") == await found(shop, "café") == await found(shop, "ord* 417*") == [one]
    assert await found(shop, "41755", personal=False) == await found(shop, "ord", personal=False) == []
    assert await found(shop, "order", outcome="done") == [one] and await found(shop, "order", outcome="other") == []


async def test_what_was_said_is_forgotten_kept_anew_and_goes_with_its_call(shop: Store) -> None:
    one = await ended(shop, "c1", "order")
    await shop.call_texts.forget(one)
    assert await found(shop, "order") == [] and await shop.call_texts.missing() == (one,)
    await shop.call_texts.keep(one, CallText(words=frozenset({"parcel"}), shown=frozenset()))
    await shop.call_texts.keep(one, CallText(words=frozenset({"letter"}), shown=frozenset()))
    assert await found(shop, "parcel") == [] and await found(shop, "letter") == [one]
    assert await shop.call_texts.missing() == ()
    await shop.projects.delete(SHOP)
    assert await found(shop, "letter") == []
    with pytest.raises(UnknownCall):
        await shop.call_texts.keep(one, CallText(words=frozenset(), shown=frozenset()))


async def test_calls_found_by_words_come_newest_first_page_by_page(shop: Store) -> None:
    ids = [await ended(shop, new_call_id(NOW + timedelta(milliseconds=n // 3)), "order") for n in range(7)]
    assert await paged(shop) == sorted(ids, reverse=True)


async def test_trials_among_the_newest_hide_no_older_calls(shop: Store) -> None:
    draft = (await shop.frozen_drafts.freeze(SHOP, MAIN, {}, classifier=b"", by="ann")).number
    versions = {
        await ended(shop, f"c{n:02}", "order", version=version): version
        for n, version in enumerate((1, draft, 1, 1, draft, draft, 1, draft, draft, draft, draft))
    }
    newest_first = sorted(versions, reverse=True)
    assert await paged(shop, trial=False) == [id for id in newest_first if versions[id] > 0]
    assert await paged(shop, trial=True) == [id for id in newest_first if versions[id] < 0]
    assert await paged(shop) == newest_first
    assert await paged(shop, trial=False, outcome="done") == await paged(shop, trial=False)


@pytest.mark.parametrize("written", ["", "  ", "?!", "*", " ".join("abcdefghijklmnopq")])
def test_a_search_without_words_or_with_too_many_is_refused(written: str) -> None:
    with pytest.raises(BadQuery):
        query_of(written, personal=True)


def test_a_call_id_tells_when_the_call_began() -> None:
    ms, chance = began_ms(new_call_id(NOW))
    assert ms == int(NOW.timestamp() * 1000) and 0 <= chance < 2**80


async def test_filters_and_running_calls(shop: Store) -> None:
    await ended(shop, "c1", "")
    await shop.calls.begin(make_call("c2"))
    for only, ids in (
        (CallFilter(project=SHOP), ["c2", "c1"]),
        (CallFilter(project=SHOP, ended=False), ["c2"]),
        (CallFilter(agent="front desk", line="text", caller=""), ["c2", "c1"]),
        (CallFilter(since=NOW, until=NOW + timedelta(seconds=1)), ["c2", "c1"]),
        (CallFilter(until=NOW), []),
    ):
        assert [one.id for one in (await shop.calls.found(only)).calls] == ids


async def test_calls_of_a_time_are_found_to_the_moment(shop: Store) -> None:
    moments = [NOW + timedelta(milliseconds=ms) for ms in (-90_000_000, -1000, -1, 0, 0, 1, 999, 60_000, 90_000_000)]
    calls = {new_call_id(at): at for at in moments}
    for id, at in calls.items():
        await shop.calls.begin(replace(make_call(id), started_at=at))
    edges = [None, NOW - timedelta(days=2), NOW, NOW + timedelta(milliseconds=1), NOW + timedelta(days=2)]
    for since, until in itertools.product(edges, edges):
        within = [id for id, at in calls.items() if (since is None or at >= since) and (until is None or at < until)]
        for project in (SHOP, None):
            found = (await shop.calls.found(CallFilter(project=project, since=since, until=until))).calls
            assert [one.id for one in found] == sorted(within, reverse=True)


async def test_logs_are_followed_by_one_look(shop: Store) -> None:
    for id in ("c1", "c2", "c3"):
        await shop.calls.begin(make_call(id))
        await shop.log.append(CallId(id), records(3), expected_seq=0)
    await shop.calls.end(CallId("c3"), ended_at=NOW, outcome="done", state={})
    look = await shop.growing.look({CallId("c1"): 2, CallId("c3"): 1, CallId("gone"): 5})
    assert [one.id for one in look.running] == ["c1", "c2"] and [one.id for one in look.ended] == ["c3"]
    seqs = {call: [one.seq for one in entries] for call, entries in look.records.items()}
    assert seqs == {"c1": [2], "c2": [0, 1, 2], "c3": [1, 2]} and look.whole
    assert (await shop.growing.look({CallId("c1"): 3, CallId("c2"): 3})).records == {}


async def test_a_request_is_done_once_for_its_key(shop: Store) -> None:
    times = 0

    async def work() -> dict[str, Any]:
        nonlocal times
        times += 1
        await asyncio.sleep(0)
        return {"n": times}

    async def ask(key: str = "k", who: str = "ada", **request: Any) -> Any:
        return await shop.idempotent.once(SHOP, who, key, request, work)

    assert await asyncio.gather(ask(), ask()) == [{"n": 1}, {"n": 1}]
    assert await ask() == {"n": 1} and await ask("other") == {"n": 2} and await ask(who="eve") == {"n": 3}
    with pytest.raises(KeyReused):
        await ask(to="somebody")


async def test_a_request_that_failed_is_done_again(shop: Store) -> None:
    async def fails() -> dict[str, Any]:
        raise OSError

    async def works() -> dict[str, Any]:
        return {"done": True}

    with pytest.raises(OSError):
        await shop.idempotent.once(SHOP, "ada", "k", {}, fails)
    assert await shop.idempotent.once(SHOP, "ada", "k", {}, works) == {"done": True}


async def test_calls_of_before_are_given_their_caller(shop: Store) -> None:
    await shop.calls.begin(make_call("c1"))
    await shop.calls.called_by(CallId("c1"), "+12025550143")
    assert [one.id for one in (await shop.calls.found(CallFilter(caller="+12025550143"))).calls] == ["c1"]
