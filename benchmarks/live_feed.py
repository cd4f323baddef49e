"""How long after an event of a call is logged a page that watches live calls has it, with 50 calls running.

    python benchmarks/live_feed.py [--calls 50] [--seconds 20]

Calls by keyboard run in a process of their own: each caller says something every half to one and a half seconds. The
server is as it is, on loopback, and a supervisor and a viewer watch all calls of the project, from a third process;
where Chromium is, a supervisor's live page besides, on which callers' words are looked for. "Logged" is the moment at
which the call's process knows the record to be on disk; "received" is at the socket, "shown" after the frame that first
had the words. Limit 250 ms, 95th percentile. Nothing is asserted.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import httpx
from _live_page import live_page, missing
from _table import percentile, print_table
from _tower import PROJECT, desk_of, open_shop, signed_in

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.written import WrittenLine
from tollfree.calls.store.log import CallLog
from tollfree.calls.store.record import LogRecord
from tollfree.network.http_server import serve_until
from tollfree.protocol.effects import Listen
from tollfree.protocol.events import CallEnded, CallerSpoke
from tollfree.protocol.ids import CallId
from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

LIMIT_MS = 250.0
LOGGED, CAME = "logged.json", "came.json"
PAGE = "the live page"
QUESTIONS = 60
"""Of the flow: more than a caller answers."""


APART_S = 0.1
"""Between the beginnings of two calls."""


class Talking(WrittenLine):
    """A caller who answers after a while, as people do, until time is up."""

    name = "text"

    def __init__(self, chance: random.Random, until_s: float) -> None:
        super().__init__()
        self._chance = chance
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + until_s
        self._due = False
        self._said = 100

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
        self._said += 1  # so that words are told apart
        if self._chance.random() < 0.25:
            return CallerSpoke(text=f"what? {self._said}0")
        return CallerSpoke(text=str(self._said))

    def _speak(self) -> None:
        self._due = True
        self.changed()


class TimedLog:
    """A call log that keeps when each record was on disk, in seconds since 1970."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self.logged: dict[str, float] = {}
        """By call and place."""
        self.spoken: dict[str, float] = {}
        """By call and what its caller said."""

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        after = await self._log.append(call, records, expected_seq=expected_seq)
        now = time.time()
        self.logged |= {f"{call} {place}": now for place in range(expected_seq, after)}
        for record in records:
            if record.type == "caller_spoke":
                self.spoken[f"{call} {record.data['text']}"] = now
        return after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


async def call(home: Path, number: int, seconds: float) -> dict[str, dict[str, float]]:
    """So many calls at once; when each of their records was on disk, and when each of their callers' words was."""
    async with await Office.open(Settings(home=home, cache=home / "cache")) as office:
        log = TimedLog(office.store.log)
        office.store.log = cast(CallLog, log)

        async def one(place: int) -> None:
            await asyncio.sleep(place * APART_S)
            await office.place_call(PROJECT, Talking(random.Random(place), seconds))

        await asyncio.gather(*(one(place) for place in range(number)))
    return {Role.SUPERVISOR: log.logged, Role.VIEWER: log.logged, PAGE: log.spoken}


async def watch(url: str, home: Path) -> None:
    """A supervisor and a viewer, until the server stops; each line that is printed says that one of them is there, or
    the page."""
    came: dict[str, dict[str, float]] = {Role.SUPERVISOR: {}, Role.VIEWER: {}}
    watching = asyncio.gather(*(_watch(url, Role(role), taken) for role, taken in came.items()))
    if (absent := missing()) == "":
        async with live_page(url) as page:
            _there(PAGE)
            await watching
            came[PAGE] = await page.seen()
    else:
        sys.stderr.write(f"No page is watched: {absent}.\n")
        _there("no page")
        await watching
    (home / CAME).write_text(json.dumps(came))


def _there(who: str) -> None:
    sys.stdout.write(f"{who}\n")
    sys.stdout.flush()


async def _watch(url: str, role: Role, came: dict[str, float]) -> None:
    """Take what comes, and when."""
    async with signed_in(httpx.AsyncClient(base_url=url, timeout=None), role) as client:
        async with client.stream("GET", f"/api/v1/projects/{PROJECT}/live") as answer:
            name = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name == "calls":
                    _there(role)
                elif line.startswith("data: ") and name == "entry":
                    told = json.loads(line.removeprefix("data: "))
                    came[f"{told['call']} {told['seq']}"] = time.time()


async def _program(*given: str) -> asyncio.subprocess.Process:
    """This program as another process."""
    return await asyncio.create_subprocess_exec(
        sys.executable, __file__, *given, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )


async def measure(home: Path, number: int, seconds: float) -> None:
    """The server, the calls and the watchers beside it, and the table."""
    async with await Office.open(Settings(home=home, cache=home / "cache")) as office:
        await open_shop(office, QUESTIONS)
        desk = await desk_of(office)
        stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            serve_until(create_app(desk), "127.0.0.1", 0, stop, ready.set_result, closing_s=2, drained=desk.feed.close)
        )
        watching = await _program("--home", str(home), "--watch", await ready)
        assert watching.stdout is not None
        for _ in range(3):
            await watching.stdout.readline()
        idle = await _cpu_of(3)
        began, cpu = time.perf_counter(), time.process_time()
        calling = await _program("--home", str(home), "--calls", str(number), "--seconds", str(seconds))
        await calling.wait()
        busy = (time.process_time() - cpu) / (time.perf_counter() - began)
        await asyncio.sleep(1)
        stop.set()
        await serving
        await watching.wait()
        await desk.aclose()
    logged = json.loads(await asyncio.to_thread((home / LOGGED).read_text))
    came = json.loads(await asyncio.to_thread((home / CAME).read_text))
    rows = list[list[str]]()
    for who, taken in came.items():
        ms = [(at - logged[who][key]) * 1000 for key, at in taken.items() if key in logged[who]]
        p50, p95 = percentile(ms, 50), percentile(ms, 95)
        rows.append([who, f"{len(ms)} of {len(logged[who])}", f"{p50:.0f} ms", f"{p95:.0f} ms", f"{max(ms):.0f} ms"])
    print_table(
        f"received or shown - logged, {number} calls, limit {LIMIT_MS:.0f} ms; the server's share of a core: "
        f"{busy:.0%}, watched with no call {idle:.1%}",
        ["who", "events", "p50", "p95", "most"],
        rows,
    )


async def _cpu_of(seconds: float) -> float:
    """This process's share of a core while nothing else happens."""
    cpu = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - cpu) / seconds


def main() -> None:
    """Prints the table; with `--home`, runs the calls; with `--watch` besides, watches them."""
    options = argparse.ArgumentParser(description="From logged to received.")
    options.add_argument("--calls", type=int, default=50)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--watch", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.watch is not None:
        asyncio.run(watch(given.watch, given.home))
        return
    if given.home is not None:
        logged = asyncio.run(call(given.home, given.calls, given.seconds))
        (given.home / LOGGED).write_text(json.dumps(logged))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), given.calls, given.seconds))


if __name__ == "__main__":
    main()
