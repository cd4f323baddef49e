"""The control tower is killed while calls run: they go on, and it shows them when it is back."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.embedder import HashingEmbedder
from tests.fakes.patience import PATIENCE_S
from tests.flows.driven import CODE, ask, flow_of
from tests.server.shop_calls import MADE, Held
from tests.server.streams import watching
from tests.worker.test_control_tower import NOWHERE, Heard
from tollfree.calls.publishing import publish
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.principal import hashed
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.worker.control_tower import control_tower

SHOP, CALLS, KEY = ProjectId("shop"), 20, "tf_a-key-of-this-test"
API = f"/api/v1/projects/{SHOP}"
QUESTIONS = ("before", "during", "after")
"""What each caller is asked: while the server is up, while it is down, and when it is back."""


class Outage(Heard):
    """A server that stays down until the test lets it come back."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def pause(self, wait_s: float) -> None:
        await self.over.wait()


class Browser:
    """Watches one call, and comes back with the last event's id whenever the stream breaks off."""

    def __init__(self, client: httpx.AsyncClient, call: CallId, back: asyncio.Event) -> None:
        self._client = client
        self._path = f"{API}/calls/{call}/live"
        self._back = back
        self.seen: list[int] = []
        self.came_back = 0
        self.told = asyncio.Event()

    async def watch(self) -> None:
        """Until the call has ended."""
        last = ""
        while True:
            try:
                async with watching(self._client, self._path, last) as stream:
                    while "outcome" not in (told := await stream.next("entry", "call_ended")):
                        self.seen.append(told["seq"])
                        last = str(told["seq"])
                        self.told.set()
                return
            except httpx.TransportError:
                await self._back.wait()
                self.came_back += 1


class Wall:
    """Watches the whole project: a new server tells it of all calls anew, each with the place its log has come to."""

    def __init__(self, client: httpx.AsyncClient, back: asyncio.Event) -> None:
        self._client = client
        self._back = back
        self.lists = 0
        self.back = asyncio.Event()
        """It has been told of all calls anew: of one that ended before, nobody would tell it."""
        self.places: dict[str, int] = {}
        self.wrong: list[Any] = []
        """Entries that did not come after those before."""

    async def watch(self) -> None:
        """Until all calls have ended."""
        last, ended = "", set[str]()
        while len(ended) < CALLS:
            try:
                async with watching(self._client, f"{API}/live", last) as stream:
                    while len(ended) < CALLS:
                        told = await stream.next("calls", "entry", "call_ended")
                        last = stream.last
                        if "outcome" in told:
                            ended.add(told["call"])
                        else:
                            self._take(told)
            except httpx.TransportError:
                await self._back.wait()

    def _take(self, told: Any) -> None:
        if "calls" in told:
            self.lists += 1
            if self.lists > 1:
                self.back.set()
            self.places |= {one["id"]: one["seq"] for one in told["calls"]}
            return
        if told["seq"] != self.places.get(told["call"], 0):
            self.wrong.append(told)
        self.places[told["call"]] = told["seq"] + 1


@pytest.fixture
async def office(tmp_path: Path) -> AsyncGenerator[Office]:
    """Three questions, and a key for whoever looks on."""
    nodes = {
        name: ask(after, slots={name: {**CODE, "ask": f"Which code {name}?"}})
        for name, after in zip(QUESTIONS, (*QUESTIONS[1:], "bye"), strict=True)
    }
    async with await Office.open(Settings(home=tmp_path, cache=tmp_path / "cache")) as opened:
        opened.__dict__["embedder"] = HashingEmbedder()
        store = opened.store
        await store.projects.new(SHOP, settings={"name": "Shop"})
        await store.drafts.save(SHOP, MADE, flow_of(nodes), expected_revision=0)
        await publish(store, SHOP, MADE, opened.embedder)
        until = datetime.now(UTC) + timedelta(days=1)
        await store.api_keys.add(
            SHOP, key_sha256=hashed(KEY), name="looks on", role=Role.SUPERVISOR, created_by="test", until=until
        )
        yield opened


def a_port() -> int:
    """One that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def passed(office: Office, calls: list[CallId], node: str) -> None:
    """Wait until each call has left this node, by its log."""

    async def left(call: CallId) -> set[str]:
        return {
            str(one.record.data.get("node"))
            async for one in office.store.log.stream(call)
            if one.record.kind == "token"
        }

    async with asyncio.timeout(PATIENCE_S):
        for call in calls:
            while node not in await left(call):  # noqa: ASYNC110  the log is what tells
                await asyncio.sleep(0.02)


async def running(client: httpx.AsyncClient, node: str) -> list[Any]:
    """The calls that run, once the server shows all of them at this node."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            calls = (await client.get(f"{API}/live/calls")).json()["calls"]
            if len(calls) == CALLS and all(one["node"] == node and one["waits_for"] == "caller" for one in calls):
                return calls
            await asyncio.sleep(0.05)


@asynccontextmanager
async def begun(office: Office) -> AsyncGenerator[tuple[list[Held], list["asyncio.Task[Any]"]]]:
    """Twenty callers, each of whom waits to be let speak."""
    lines = [
        Held(*(f"{number} {number} {number}" for _ in QUESTIONS)) for number in [place % 10 for place in range(CALLS)]
    ]
    tasks = [asyncio.create_task(office.place_call(SHOP, line, caller="+12025550143")) for line in lines]
    try:
        yield lines, tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_twenty_calls_go_on_without_the_server_and_it_shows_them_when_it_is_back(
    office: Office, tmp_path: Path
) -> None:
    outage, back = Outage(), asyncio.Event()
    environ = {"TOLLFREE_SERVER_PORT": str(a_port())}
    tower = control_tower(NOWHERE, outage.news.put_nowait, home=tmp_path, environ=environ, pause=outage.pause)
    async with tower, begun(office) as (lines, placed):
        first = await outage.reached()
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=first.url, headers=headers, timeout=PATIENCE_S) as client:
            wall = Wall(client, back)
            watches = [asyncio.create_task(wall.watch())]
            for line in lines:
                line.goes_on.release()
            calls = [CallId(one["id"]) for one in await running(client, "during")]
            browsers = [Browser(client, call, back) for call in calls]
            watches += [asyncio.create_task(one.watch()) for one in browsers]
            await asyncio.wait_for(asyncio.gather(*(one.told.wait() for one in browsers)), PATIENCE_S)

            os.kill(first.pid, signal.SIGKILL)
            assert "signal 9" in (await outage.down()).why
            for line in lines:
                line.goes_on.release()
            await passed(office, calls, "during")
            with pytest.raises(httpx.TransportError):
                await client.get(f"{API}/live/calls")

            outage.over.set()
            again = await outage.reached()
            assert again.url == first.url and again.pid != first.pid
            back.set()
            shown = await running(client, "after")
            assert sorted(one["id"] for one in shown) == sorted(calls)
            assert {one["agent_said"] for one in shown} == {"Which code after?"}
            listed = (await client.get(f"{API}/calls", params={"running": "true"})).json()["items"]
            assert sorted(one["id"] for one in listed) == sorted(calls)

            await asyncio.wait_for(wall.back.wait(), PATIENCE_S)
            for line in lines:
                line.goes_on.release()
            ended = await asyncio.wait_for(asyncio.gather(*placed), PATIENCE_S)
            await asyncio.wait_for(asyncio.gather(*watches), PATIENCE_S)
    assert sorted(one.call for one in ended) == sorted(calls)
    for call, browser in zip(calls, browsers, strict=True):
        logged = [one.seq async for one in office.store.log.stream(call)]
        assert browser.came_back >= 1 and browser.seen == logged
        assert wall.places[call] == len(logged)
    assert (wall.lists, wall.wrong) == (2, [])
