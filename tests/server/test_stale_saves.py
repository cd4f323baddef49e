"""A save says what it changes: without that nothing is saved, and of two at once one is."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.tower import ADMIN, OTHER, SHOP, Tower, address, tower
from tollfree.protocol.role import Role

BASE = f"/api/v1/projects/{SHOP}"
NEW = {"If-None-Match": "*"}
Read = Callable[[httpx.AsyncClient], Awaitable[tuple[dict[str, Any], str]]]
"""What is stored now, and its ETag."""


@dataclass(frozen=True)
class Saved:
    """Something that is read in a list, or by itself, and saved."""

    method: str
    path: str
    read: Read
    first: Mapping[str, object]
    second: Mapping[str, object]
    code: str = "stale_resource"

    async def save(self, client: httpx.AsyncClient, given: object, tag: str | None) -> httpx.Response:
        """Save it, as what has this tag."""
        headers = {} if tag is None else {"If-Match": tag}
        return await client.request(self.method, self.path, json=given, headers=headers)


def by_itself(path: str) -> Read:
    """Reads what has a path of its own."""

    async def read(client: httpx.AsyncClient) -> tuple[dict[str, Any], str]:
        answer = await client.get(path)
        body = answer.json()
        assert "etag" not in body or body["etag"] == answer.headers["etag"]
        return body, answer.headers["etag"]

    return read


def in_list(path: str, key: str) -> Read:
    """Reads an item of a list, which has its tag."""

    async def read(client: httpx.AsyncClient) -> tuple[dict[str, Any], str]:
        listed = (await client.get(path)).json()
        one = listed[key] if isinstance(listed, dict) else next(one for one in listed if one["id"] == key)
        return one, one["etag"]

    return read


async def queue(_made: Tower, client: httpx.AsyncClient) -> Saved:
    path = f"{BASE}/queues/staff"
    assert (await client.put(path, json={"numbers": ["+12125550100"]}, headers=NEW)).status_code == 200
    return Saved("PUT", path, in_list(f"{BASE}/queues", "staff"), {"numbers": ["+12125550101"]}, {"numbers": []})


async def retention(_made: Tower, _client: httpx.AsyncClient) -> Saved:
    path, first, second = f"{BASE}/retention", {"audio_days": 30}, {"audio_days": 7}
    return Saved("PUT", path, by_itself(path), first, second, "stale_settings")


async def webhook(_made: Tower, client: httpx.AsyncClient) -> Saved:
    made = await client.post(f"{BASE}/webhooks", json={"url": "https://example.com/x", "events": ["call.ended"]})
    path = f"{BASE}/webhooks/{made.json()['webhook']['id']}"
    return Saved("PATCH", path, by_itself(path), {"enabled": False}, {"url": "https://example.com/y"})


async def source(made: Tower, client: httpx.AsyncClient) -> Saved:
    await client.post(f"{BASE}/knowledge/uploads", files=[("files", ("hours.txt", b"We open at nine."))])
    ingestion = made.desk.ingestion
    assert ingestion is not None
    await ingestion.idle()
    [one] = (await client.get(f"{BASE}/knowledge/sources")).json()["items"]
    path = f"{BASE}/knowledge/sources/{one['id']}"
    return Saved("PATCH", path, by_itself(path), {"tags": ["public"]}, {"tags": ["staff"]}, "stale_source")


async def member(made: Tower, _client: httpx.AsyncClient) -> Saved:
    found = await made.office.store.users.by_email(address(Role.VIEWER))
    assert found is not None
    id = found[0].id
    return Saved(
        "PUT",
        f"{BASE}/members/{id}",
        in_list(f"{BASE}/members", id),
        {"role": "supervisor"},
        {"role": "editor"},
    )


async def user(made: Tower, _client: httpx.AsyncClient) -> Saved:
    found = await made.office.store.users.by_email(address(Role.VIEWER, OTHER))
    assert found is not None
    path = f"/api/v1/users/{found[0].id}"
    return Saved("PATCH", path, by_itself(path), {"disabled": True}, {"everywhere": True})


Kind = Callable[[Tower, httpx.AsyncClient], Awaitable[Saved]]

KINDS: list[Kind] = [queue, retention, webhook, source, member, user]


@asynccontextmanager
async def stored(home: Path, kind: Kind) -> AsyncGenerator[tuple[httpx.AsyncClient, Saved]]:
    """Something of a kind, and an admin who saves it."""
    async with tower(home, ingest=kind is source) as made, made.client(ADMIN) as client:
        yield client, await kind(made, client)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stale_save_is_refused_and_changes_nothing(tmp_path: Path, kind: Kind) -> None:
    async with stored(tmp_path, kind) as (client, one):
        before, old = await one.read(client)
        for tag in (None, "*"):
            bare = await one.save(client, one.first, tag)
            assert (bare.status_code, bare.json()["code"]) == (428, "needs_if_match")
        assert await one.read(client) == (before, old)
        assert (await one.save(client, one.first, old)).is_success
        after, new = await one.read(client)
        assert new != old and after != before

        stale = await one.save(client, one.second, old)
        assert (stale.status_code, stale.json()["code"]) == (412, one.code)
        assert stale.json()["current"], "what is there now"
        now, tag = await one.read(client)
        assert tag == new and plain(now) == plain(after)
        assert (await one.save(client, one.second, f"W/{new}")).is_success


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_saves_at_once_one_is_made(tmp_path: Path, kind: Kind) -> None:
    async with stored(tmp_path, kind) as (client, one):
        _, tag = await one.read(client)
        both = await asyncio.gather(*(one.save(client, given, tag) for given in (one.first, one.second)))
        assert sorted(answer.status_code // 100 for answer in both) == [2, 4]
        assert [answer.status_code for answer in both if not answer.is_success] == [412]


async def test_a_save_tells_the_tag_for_the_next(tmp_path: Path) -> None:
    for number, kind in enumerate(one for one in KINDS if one is not source):
        async with stored(tmp_path / str(number), kind) as (client, one):
            _, tag = await one.read(client)
            saved = await one.save(client, one.first, tag)
            assert saved.headers["etag"] == (await one.read(client))[1]
            assert (await one.save(client, one.second, saved.headers["etag"])).is_success


async def test_who_is_no_member_any_more_is_not_made_one_by_a_stale_save(tmp_path: Path) -> None:
    async with stored(tmp_path, member) as (client, one):
        _, tag = await one.read(client)
        assert (await client.delete(one.path)).status_code == 204
        stale = await one.save(client, one.first, tag)
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_resource")
        assert address(Role.VIEWER) not in (await client.get(f"{BASE}/members")).text


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """Without what moves by itself: a source's job."""
    return {name: value for name, value in told.items() if name != "job"}
