"""The control tower's server is kept running, and nothing else hangs on it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.fakes.patience import PATIENCE_S
from tollfree.calls.phone.server import LiveKitServer
from tollfree.worker.child import child
from tollfree.worker.control_tower import FIRST_WAIT_S, Down, Reached, control_tower

NOWHERE = LiveKitServer(url="ws://127.0.0.1:9", key="key", secret="s" * 40)
SAYING = """
import signal
print('{"type": "ready", "url": "http://here", "first": "http://here/first?token=x"}', flush=True)
signal.pause()
"""
FAILING = "raise SystemExit('no room for a server')"


@dataclass
class Heard:
    """What was told, and the waits that nobody waits for."""

    news: "asyncio.Queue[Reached | Down]" = field(default_factory=asyncio.Queue)
    waits: list[float] = field(default_factory=list)
    most: int = 3

    async def pause(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        if len(self.waits) >= self.most:
            await asyncio.Event().wait()

    async def reached(self) -> Reached:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if isinstance(news := await self.news.get(), Reached):
                    return news

    async def down(self) -> Down:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if isinstance(news := await self.news.get(), Down):
                    return news


@asynccontextmanager
async def kept(home: Path, code: str = "") -> AsyncGenerator[Heard]:
    heard = Heard()
    command = [sys.executable, "-c", code] if code else None
    environ = {"TOLLFREE_SERVER_PORT": "0"}
    tower = control_tower(
        NOWHERE, heard.news.put_nowait, home=home, command=command, environ=environ, pause=heard.pause
    )
    async with tower:
        yield heard


async def test_a_server_that_is_killed_comes_back_and_the_worker_does_not_notice(tmp_path: Path) -> None:
    waiting = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
    worker = child(waiting, log=tmp_path / "log", known=tmp_path / "children", stop_s=5, output=True)
    async with worker as process, kept(tmp_path, SAYING) as heard:
        assert process.stdout is not None and await process.stdout.readline() == b"up\n"
        first = await heard.reached()
        assert (first.url, first.first) == ("http://here", "http://here/first?token=x")
        os.kill(first.pid, signal.SIGKILL)
        assert "signal 9" in (await heard.down()).why
        again = await heard.reached()
        assert again.pid != first.pid and process.returncode is None
    assert heard.waits == [FIRST_WAIT_S]


async def test_one_that_does_not_come_up_is_tried_again_ever_more_slowly(tmp_path: Path) -> None:
    async with kept(tmp_path, FAILING) as heard:
        assert "no room for a server" in (await heard.down()).why
        await heard.down()
        await heard.down()
    assert heard.waits == [2.0, 4.0, 8.0]


async def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    async with kept(tmp_path, SAYING) as heard:
        pid = (await heard.reached()).pid
    try:
        os.kill(pid, 0)
        raise AssertionError("it still runs")
    except ProcessLookupError:
        pass


async def test_the_real_server_comes_up_and_comes_back(tmp_path: Path) -> None:
    async with kept(tmp_path) as heard:
        first = await heard.reached()
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{first.url}/api/v1/session")).status_code == 401
            os.kill(first.pid, signal.SIGKILL)
            again = await heard.reached()
            assert (await client.get(f"{again.url}/api/v1/session")).status_code == 401
        assert again.first.rpartition("=")[2] == first.first.rpartition("=")[2], "the link is the same until it is used"
