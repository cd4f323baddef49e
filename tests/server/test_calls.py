"""Calls are listed, found, looked at and exported, by whom and as far as they may."""

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.patience import PATIENCE_S
from tests.server.shop_calls import SECRET, Held, open_shop, place, running
from tests.server.tower import OTHER, SHOP, Tower, address, tower
from tollfree.protocol.role import Role
from tollfree.wiring.found_again import find_again

CALLS = f"/api/v1/projects/{SHOP}/calls"
NUMBER = "+12025550143"


@pytest.fixture
async def shop(tmp_path: Path) -> Any:
    async with tower(tmp_path) as made:
        await open_shop(made)
        yield made


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(CALLS, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_calls_are_listed_newest_first_page_by_page(shop: Tower) -> None:
    ids = [await place(shop, SECRET, "two two two") for _ in range(3)]
    async with shop.client(address(Role.VIEWER)) as client:
        page = (await client.get(CALLS, params={"limit": 2})).json()
        rest = (await client.get(CALLS, params={"limit": 2, "cursor": page["next"]})).json()
    assert [one["id"] for one in (*page["items"], *rest["items"])] == ids[::-1]
    assert rest["next"] is None


async def test_filters_leave_only_what_matches_all_of_them(shop: Tower) -> None:
    whole, cut = await place(shop, SECRET, "two two two", caller=NUMBER), await place(shop, SECRET)
    runs = await running(shop)
    async with shop.client(address(Role.SUPERVISOR)) as client:
        assert await listed(client, running=True) == [runs]
        assert await listed(client, running=False) == [cut, whole]
        assert await listed(client, line="text", flow="made", agent="main") == [cut, whole]
        outcome = (await client.get(f"{CALLS}/{whole}")).json()["call"]["outcome"]
        assert await listed(client, outcome=outcome) == [whole]
        assert await listed(client, caller=NUMBER, running=False) == [whole]
        began = (await client.get(f"{CALLS}/{cut}")).json()["call"]["started_at"]
        assert await listed(client, **{"from": began, "running": False}) == [cut]
        assert await listed(client, to=began) == [whole]
        assert await listed(client, flow="another") == []


async def test_calls_are_found_by_what_was_said_but_a_viewer_does_not_find_personal_values(shop: Tower) -> None:
    call = await place(shop, SECRET, "two two two")
    async with shop.client(address(Role.SUPERVISOR)) as client:
        assert await listed(client, text="FOUR seven") == [call]
        assert await listed(client, text="goodb* other") == [call]
        assert await listed(client, text="nothing") == []
    async with shop.client(address(Role.VIEWER)) as client:
        assert await listed(client, text="four") == await listed(client, text="417") == []
        assert await listed(client, text="two goodbye") == [call]
        assert await listed(client, text="which code") == [call]
        assert (await client.get(CALLS, params={"caller": NUMBER})).json()["code"] == "not_allowed"


async def test_a_call_found_by_its_words_is_found_page_by_page_too(shop: Tower) -> None:
    ids = [await place(shop, SECRET, "two two two") for _ in range(3)]
    async with shop.client(address(Role.VIEWER)) as client:
        first = (await client.get(CALLS, params={"text": "other", "limit": 2})).json()
        rest = (await client.get(CALLS, params={"text": "other", "limit": 2, "cursor": first["next"]})).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids[::-1]


async def test_a_viewer_sees_no_personal_value_and_a_supervisor_does_and_it_is_written_down(shop: Tower) -> None:
    call = await place(shop, SECRET, "two two two", caller=NUMBER)
    pages: dict[Role, str] = {}
    for role in (Role.VIEWER, Role.SUPERVISOR):
        async with shop.client(address(role)) as client:
            pages[role] = "".join(
                [
                    (await client.get(f"{CALLS}/{call}{more}", params={"limit": 200})).text
                    for more in ("", "/events", "/export")
                ]
            )
            listing = (await client.get(CALLS)).text
            assert (NUMBER in listing) == (role is Role.SUPERVISOR)
    for secret in ('"417"', SECRET, NUMBER):
        assert secret in pages[Role.SUPERVISOR] and secret not in pages[Role.VIEWER]
    assert "two two two" in pages[Role.VIEWER] and "•••" in pages[Role.VIEWER]
    looks = [one for one in (await shop.office.store.audit.list()).entries if "looked_at" in one.details]
    assert {(one.who, one.subject) for one in looks} == {(address(Role.SUPERVISOR), f"call={call}")}


async def test_a_calls_page_tells_what_happened(shop: Tower) -> None:
    call = await place(shop, SECRET, "two two two")
    async with shop.client(address(Role.SUPERVISOR)) as client:
        page = (await client.get(f"{CALLS}/{call}")).json()
    assert page["slots"] == {"code": "417", "other": "222"}
    assert page["path"][:2] == ["code.given", "twice.given"] and page["tokens"][0]["decided_by"] == "rules"
    assert page["node"] == "done" and page["call"]["outcome"]
    said = [(one["who"], one["text"]) for one in page["turns"]]
    assert ("caller", SECRET) in said and any(who == "agent" and "Goodbye" in text for who, text in said)


async def test_a_calls_page_tells_what_people_did_to_it_and_a_viewer_no_personal_value(shop: Tower) -> None:
    line = Held("two two two")
    talk = asyncio.create_task(shop.office.place_call(SHOP, line))
    async with asyncio.timeout(PATIENCE_S), shop.client(address(Role.SUPERVISOR)) as client:
        while not (calls := await listed(client)):  # noqa: ASYNC110  the store brings it about
            await asyncio.sleep(0.05)
        await shop.office.store.commands.give(calls[0], action="set_slot", by="ann", name="code", value="417")
        while not (await client.get(f"{CALLS}/{calls[0]}")).json()["supervised"]:  # noqa: ASYNC110  the same
            await asyncio.sleep(0.05)
        for _ in range(2):
            line.goes_on.release()
        await talk
    for role, value in ((Role.SUPERVISOR, "417"), (Role.VIEWER, "•••")):
        async with shop.client(address(role)) as client:
            (did,) = (await client.get(f"{CALLS}/{calls[0]}")).json()["supervised"]
        assert (did["data"]["action"], did["data"]["by"], did["data"]["value"]) == ("set_slot", "ann", value)


async def test_a_call_of_another_project_is_as_one_that_is_not_there(shop: Tower) -> None:
    await open_shop(shop, OTHER)
    theirs = await running(shop, ("room", {"room": "r"}), project=OTHER)
    async with shop.client(address(Role.ADMIN)) as client:
        for more in ("", "/events", "/export", "/audio", "/audio/peaks", "/live"):
            other, none = [await client.get(f"{CALLS}/{one}{more}") for one in (theirs, "0" * 26)]
            assert other.status_code == none.status_code == 404
            assert other.json()["message"].replace(theirs, "0" * 26) == none.json()["message"]
        for more in ("listen", "take-over", "renew"):
            assert (await client.post(f"{CALLS}/{theirs}/{more}")).json()["code"] == "unknown_call"
        told = await client.post(f"{CALLS}/{theirs}/supervision", json={"action": "hang_up"})
        assert told.json()["code"] == "unknown_call"


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "%%%"},
        {"cursor": "MQ"},
        {"limit": 0},
        {"limit": 10**30},
        {"from": "yesterday"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
        {"text": "!?"},
        {"text": "a b c d e f g h i j k l m n o p q r s"},
        {"text": "x" * 301},
        {"running": "perhaps"},
    ],
)
async def test_what_cannot_be_meant_is_refused_in_the_one_shape(shop: Tower, query: dict[str, Any]) -> None:
    async with shop.client(address(Role.SUPERVISOR)) as client:
        answer = await client.get(CALLS, params=query)
    assert answer.status_code == 422 and {"code", "message"} <= answer.json().keys()


@pytest.mark.parametrize(
    "text", ['"', "a OR b", "words : x", "NEAR(a b)", "a* AND", "'; --", "\\", "\0a", "x:*|y", "é"]
)
async def test_signs_of_a_search_mean_nothing(shop: Tower, text: str) -> None:
    await place(shop, SECRET, "two two two")
    async with shop.client(address(Role.SUPERVISOR)) as client:
        answer = await client.get(CALLS, params={"text": text})
    assert answer.status_code in (200, 422)


async def test_an_export_holds_no_formula_and_no_callers_for_viewers(shop: Tower) -> None:
    call = await place(shop, SECRET, caller=NUMBER)
    async with shop.client(address(Role.SUPERVISOR)) as client:
        answer = await client.get(f"{CALLS}/export")
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(one["id"], one["caller"]) for one in lines] == [(call, f"'{NUMBER}")]
        assert "attachment" in answer.headers["content-disposition"]
    async with shop.client(address(Role.VIEWER)) as client:
        told = (await client.get(f"{CALLS}/export", params={"format": "json"})).json()
        assert [(one["id"], one["caller"]) for one in told] == [(call, "•••")]
        assert (await client.get(f"{CALLS}/export", params={"format": "json", "flow": "none"})).json() == []


async def test_a_log_is_read_page_by_page(shop: Tower) -> None:
    call = await place(shop, SECRET, "two two two")
    for role in (Role.VIEWER, Role.SUPERVISOR):
        async with shop.client(address(role)) as client:
            cursor, seqs = "", list[int]()
            while cursor is not None:
                page = (await client.get(f"{CALLS}/{call}/events", params={"limit": 5, "cursor": cursor})).json()
                seqs += [one["seq"] for one in page["items"]]
                cursor = page["next"]
        assert seqs == list(range(len(seqs))) and len(seqs) > 10


async def test_calls_that_ended_before_words_were_kept_are_found_again(shop: Tower) -> None:
    call = await place(shop, SECRET, "two two two", caller=NUMBER)
    await shop.office.store.call_texts.forget(call)
    await shop.office.store.calls.called_by(call, "")
    async with shop.client(address(Role.SUPERVISOR)) as client:
        assert await listed(client, text="two") == []
        assert (await find_again(shop.office), await find_again(shop.office)) == (1, 0)
        assert await listed(client, text="two", caller=NUMBER) == [call]
    async with shop.client(address(Role.VIEWER)) as client:
        assert await listed(client, text="four") == []
