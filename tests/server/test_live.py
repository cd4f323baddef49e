"""Calls are watched as they go on, by as many as like, each as far as they may see."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request

from tests.server.shop_calls import SECRET, Held, open_shop, place, running
from tests.server.tower import OTHER, PASSWORD, SHOP, Tower, address, tower
from tollfree.network.http_server import serve_until
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.live.rechecked import Rechecked
from tollfree.server.live.watcher import LONGEST, LiveEvent, Watcher

LIVE = f"/api/v1/projects/{SHOP}/live"
PATIENCE_S = 30
"""A test that waits so long for an event has failed."""


class Served:
    """A tower behind a socket: streams need one."""

    def __init__(self, tower: Tower, url: str, stop: asyncio.Event) -> None:
        self.tower = tower
        self.url = url
        self.stop = stop

    @asynccontextmanager
    async def client(self, email: str) -> AsyncGenerator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_S) as client:
            answer = await client.post("/api/v1/session", json={"email": email, "password": PASSWORD})
            client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            yield client


@pytest.fixture
async def served(tmp_path: Path) -> Any:
    async with tower(tmp_path) as made:
        await open_shop(made)
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            serve_until(made.app, "127.0.0.1", 0, stop, ready.set_result, closing_s=5, drained=made.desk.feed.close)
        )
        yield Served(made, await ready, stop)
        stop.set()
        await serving


class Stream:
    """What a browser's EventSource makes of a stream."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self.last = ""

    async def next(self, *names: str) -> Any:
        """The data of the next event with one of these names."""
        async with asyncio.timeout(PATIENCE_S):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if not line:
                    self.last = fields.get("id", self.last)
                    if fields.get("event") in names:
                        return json.loads(fields["data"])
                    fields = {}
                    continue
                name, _, value = line.partition(": ")
                fields[name] = value
        raise EOFError

    async def entry(self, type: str) -> Any:
        while (entry := await self.next("entry"))["type"] != type:
            pass
        return entry

    async def rest(self) -> list[str]:
        async with asyncio.timeout(PATIENCE_S):
            return [line async for line in self._lines]


@asynccontextmanager
async def watching(client: httpx.AsyncClient, path: str = LIVE, last: str = "") -> AsyncGenerator[Stream]:
    headers = {"Last-Event-ID": last} if last else {}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


async def test_who_watches_sees_a_call_begin_go_on_and_end(served: Served) -> None:
    async with served.client(address(Role.SUPERVISOR)) as client, watching(client) as stream:
        assert await stream.next("calls") == {"calls": []}
        line = Held(SECRET, "two two two")
        call = asyncio.create_task(served.tower.office.place_call(SHOP, line))
        began = (await stream.next("call_began"))["call"]
        assert (began["flow"], began["line"]) == ("made", "text")
        line.goes_on.release()
        assert (await stream.entry("caller_spoke"))["data"]["text"] == SECRET
        assert (await stream.entry("exit"))["data"]["slots"] == {"code": "417"}
        now = (await stream.next("call_changed"))["call"]
        assert (now["caller_said"], now["turns"]) == (SECRET, 1)
        while now["node"] != "twice" or now["waits_for"] != "caller":
            now = (await stream.next("call_changed"))["call"]
        line.goes_on.release()
        ended = await stream.next("call_ended")
        assert ended["call"] == began["id"] == (await call).call and ended["outcome"]


async def test_a_viewer_is_told_of_it_without_personal_values(served: Served) -> None:
    async with served.client(address(Role.VIEWER)) as client, watching(client) as stream:
        await stream.next("calls")
        call = (await stream_of_call(served, SECRET, "two two two")).call
        told: list[Any] = []
        while "ended_at" not in (one := await stream.next("entry", "call_changed", "call_ended")):
            told.append(one)
        text = json.dumps(told, ensure_ascii=False)
        assert call in text and "two two two" in text
        assert SECRET not in text and '"417"' not in text and "•••" in text


async def stream_of_call(served: Served, *turns: str) -> Any:
    line = Held(*turns)
    call = asyncio.create_task(served.tower.office.place_call(SHOP, line))
    for _ in range(len(turns) + 1):
        await asyncio.sleep(0.25)  # a look of the feed, so that it sees the call go on
        line.goes_on.release()
    return await call


async def test_who_comes_back_has_missed_nothing(served: Served) -> None:
    async with served.client(address(Role.SUPERVISOR)) as client:
        async with watching(client) as stream:
            await stream.next("calls")
            last = stream.last
        call = (await stream_of_call(served, SECRET)).call
        async with watching(client, last=last) as stream:
            assert (await stream.next("call_began", "calls", "reset"))["call"]["id"] == call
            assert (await stream.entry("caller_spoke"))["data"]["text"] == SECRET
            assert (await stream.next("call_ended"))["call"] == call


async def test_who_comes_back_to_another_server_begins_anew(served: Served) -> None:
    call = await running(served.tower)
    async with served.client(address(Role.SUPERVISOR)) as client:
        for last in ("abcd1234-7", "x", "9" * 60):
            async with watching(client, last=last) as stream:
                assert await stream.next("reset", "calls") == {}
                assert [one["id"] for one in (await stream.next("calls"))["calls"]] == [call]
        shown = (await client.get(f"{LIVE}/calls")).json()
        assert [one["id"] for one in shown["calls"]] == [call]


async def test_another_projects_calls_are_not_seen(served: Served) -> None:
    await open_shop(served.tower, OTHER)
    theirs = await running(served.tower, project=OTHER)
    async with served.client(address(Role.ADMIN)) as client, watching(client) as stream:
        assert await stream.next("calls") == {"calls": []}
        await place(served.tower, SECRET, project=OTHER)
        mine = await running(served.tower)
        assert (await stream.next("call_began", "call_changed", "call_ended"))["call"]["id"] == mine
        assert (await client.get(LIVE.replace(SHOP, OTHER))).status_code == 404
        assert (await client.get(f"/api/v1/projects/{SHOP}/calls/{theirs}/live")).status_code == 404


async def test_one_call_is_watched_from_its_beginning_and_from_where_one_left_it(served: Served) -> None:
    line = Held(SECRET, "two two two")
    call = asyncio.create_task(served.tower.office.place_call(SHOP, line))
    async with served.client(address(Role.VIEWER)) as client, watching(client) as stream:
        id = (
            (await stream.next("call_began"))["call"]["id"]
            if not (known := (await stream.next("calls"))["calls"])
            else known[0]["id"]
        )
        path = f"/api/v1/projects/{SHOP}/calls/{id}/live"
        seen: list[int] = []
        async with watching(client, path) as one:
            line.goes_on.release()
            while (entry := await one.next("entry"))["type"] != "exit":
                seen.append(entry["seq"])
            seen.append(entry["seq"])
            last = one.last
        line.goes_on.release()
        await call
        async with watching(client, path, last) as one:
            assert (await one.next("entry"))["seq"] == int(last) + 1
            assert (await one.next("call_ended"))["call"] == id
            last = one.last
            assert await one.rest() == []
        assert seen == list(range(len(seen))) and str(seen[-1]) != last
        assert (await client.get(path, headers={"Last-Event-ID": last})).status_code == 204


async def test_streams_end_when_the_server_stops(served: Served) -> None:
    async with served.client(address(Role.VIEWER)) as client, watching(client) as stream:
        await stream.next("calls")
        served.stop.set()
        await stream.rest()


async def test_whoever_signs_out_or_has_another_role_sees_no_more(served: Served) -> None:
    made, email = served.tower, address(Role.SUPERVISOR)
    async with made.client(email) as client:
        token = client.cookies["tollfree_session"]
        scope = {"type": "http", "method": "GET", "headers": [(b"cookie", f"tollfree_session={token}".encode())]}
        still = Rechecked(Request(scope), made.desk, ProjectId(SHOP), personal=True, every_s=0)
        assert await still()
        found = await made.office.store.users.by_email(email)
        assert found is not None
        await made.office.store.users.grant(found[0].id, SHOP, Role.VIEWER)
        assert not await still()
        await made.office.store.users.grant(found[0].id, SHOP, Role.ADMIN)
        assert await still()
        await client.delete("/api/v1/session")
        assert not await still()


async def test_a_slow_watcher_loses_what_it_does_not_take_and_is_told_so() -> None:
    watcher = Watcher(SHOP, None, personal=True)
    for number in range(LONGEST + 1):
        watcher.put(LiveEvent(number, "entry", "{}", SHOP, "c"))
    assert await watcher.next(1) == () and watcher.lost
    watcher.put(LiveEvent(0, "entry", "{}", SHOP, "c"))
    watcher.begin_again()
    last = LiveEvent(1, "entry", "{}", SHOP, "c")
    watcher.put(last)
    assert await watcher.next(1) == (last,) and not watcher.lost


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (LiveEvent(1, "entry", "", SHOP, "a", "personal"), False),
        (LiveEvent(1, "entry", "", SHOP, "a", "shown"), True),
        (LiveEvent(1, "entry", "", SHOP, "b", "shown"), False),
        (LiveEvent(1, "entry", "", OTHER, "a", "shown"), False),
    ],
)
def test_a_watcher_of_a_call_is_told_what_concerns_it(event: LiveEvent, told: bool) -> None:
    assert Watcher(SHOP, CallId("a"), personal=False).wants(event) is told


async def test_clients_that_are_made_from_the_schema_have_a_type_for_each_event(tmp_path: Path) -> None:
    async with tower(tmp_path) as made:
        schemas = made.app.openapi()["components"]["schemas"]
    events = {name: model["$ref"].split("/")[-1] for name, model in schemas["LiveEvents"]["properties"].items()}
    told = "calls", "call_began", "call_changed", "entry", "call_ended", "reset"
    models = "LiveCalls", "LiveBegan", "LiveChanged", "LiveEntry", "LiveEnded", "LiveReset"
    assert events == dict(zip(told, models, strict=True)) and set(models) <= schemas.keys()
