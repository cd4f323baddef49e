"""How long after an event of a call is logged a page that watches live calls has it, with 50 calls running.

    python benchmarks/live_feed.py [--calls 50] [--seconds 20]

Calls by keyboard run in a process of their own: each caller says something every half to one and a half seconds. The
server is as it is, on loopback, and a supervisor and a viewer watch all calls of the project. "Logged" is the moment
that the record bears, before it is on disk. Limit 250 ms, 95th percentile. Nothing is asserted.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
from _table import percentile, print_table
from _tower import PROJECT, desk_of, open_shop, signed_in

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.written import WrittenLine
from tollfree.network.http_server import serve_until
from tollfree.protocol.effects import Listen
from tollfree.protocol.events import CallEnded, CallerSpoke
from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

LIMIT_MS = 250.0
QUESTIONS = 60
"""Of the flow: more than a caller answers."""


class Talking(WrittenLine):
    """A caller who answers after a while, as people do, until time is up."""

    name = "text"

    def __init__(self, chance: random.Random, until_s: float) -> None:
        super().__init__()
        self._chance = chance
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + until_s
        self._due = False

    def show(self, text: str) -> bool:
        return True

    def listen(self, listen: Listen) -> None:
        self._due = False
        self._loop.call_later(self._chance.uniform(0.5, 1.5), self._speak)
        super().listen(listen)

    def turn(self, listening: bool) -> CallerEvent | None:
        if not listening or not self._due:
            return None
        if self._loop.time() > self._until:
            return CallEnded(reason="caller_hung_up")
        return CallerSpoke(text=self._chance.choice(("one two three", "nine oh five", "triple seven", "what?")))

    def _speak(self) -> None:
        self._due = True
        self.changed()


async def call(home: Path, number: int, seconds: float) -> None:
    """So many calls at once."""
    async with await Office.open(Settings(home=home, cache=home / "cache")) as office:
        lines = [Talking(random.Random(place), seconds) for place in range(number)]
        await asyncio.gather(*(office.place_call(PROJECT, line) for line in lines))


async def watch(url: str, role: Role, took_ms: list[float], ready: asyncio.Event) -> None:
    """Take what comes, and when."""
    async with signed_in(httpx.AsyncClient(base_url=url, timeout=None), role) as client:
        async with client.stream("GET", f"/api/v1/projects/{PROJECT}/live") as answer:
            name = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name == "calls":
                    ready.set()
                elif line.startswith("data: ") and name == "entry":
                    at = datetime.fromisoformat(json.loads(line.removeprefix("data: "))["at"])
                    took_ms.append((datetime.now(UTC) - at).total_seconds() * 1000)


async def measure(home: Path, number: int, seconds: float) -> None:
    """The server, the calls beside it, and the table."""
    async with await Office.open(Settings(home=home, cache=home / "cache")) as office:
        await open_shop(office, QUESTIONS)
        desk = await desk_of(office)
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            serve_until(create_app(desk), "127.0.0.1", 0, stop, ready.set_result, closing_s=2, drained=desk.feed.close)
        )
        url = await ready
        took: dict[Role, list[float]] = {Role.SUPERVISOR: [], Role.VIEWER: []}
        watches = {role: asyncio.Event() for role in took}
        watching = [asyncio.create_task(watch(url, role, took[role], watches[role])) for role in took]
        await asyncio.gather(*(one.wait() for one in watches.values()))
        given = [sys.executable, __file__, "--calls", str(number), "--seconds", str(seconds), "--home", str(home)]
        calling = await asyncio.create_subprocess_exec(*given, stdin=subprocess.DEVNULL)
        await calling.wait()
        await asyncio.sleep(1)
        stop.set()
        await serving
        await asyncio.gather(*watching, return_exceptions=True)
        await desk.aclose()
    rows = [
        [role, f"{len(ms)}", f"{percentile(ms, 50):.0f} ms", f"{percentile(ms, 95):.0f} ms", f"{max(ms):.0f} ms"]
        for role, ms in took.items()
    ]
    print_table(
        f"received - logged, {number} calls, limit {LIMIT_MS:.0f} ms", ["who", "events", "p50", "p95", "most"], rows
    )


def main() -> None:
    """Prints the table; with `--home`, runs the calls."""
    options = argparse.ArgumentParser(description="From logged to received.")
    options.add_argument("--calls", type=int, default=50)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.home is not None:
        asyncio.run(call(given.home, given.calls, given.seconds))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), given.calls, given.seconds))


if __name__ == "__main__":
    main()
