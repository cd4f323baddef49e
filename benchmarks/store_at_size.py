"""Lists, searches and pages of calls over HTTP, with 100,000 calls and 3 million events in the store.

    python benchmarks/store_at_size.py [--calls 100000] [--times 60] [--only sqlite|postgresql]

On SQLite, and on a throw-away PostgreSQL where one is installed (`scripts/postgres`). Calls are written to the tables
in bulk, their words with them. Requests go through the whole server but its socket. Limits, 95th percentile: lists and
searches 100 ms, a call's page 200 ms. Nothing is asserted.
"""

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from _table import percentile, print_table
from _tower import FLOW, PROJECT, desk_of, open_shop, signed_in
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from tollfree.calls.call_id import new_call_id
from tollfree.calls.store.database import Database, parse_url
from tollfree.calls.store.document import encode
from tollfree.calls.store.tables import call_events, calls
from tollfree.calls.store.tables_found import call_texts
from tollfree.calls.store.texts import place_of
from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

LIST_MS, PAGE_MS = 100.0, 200.0
EVENTS = 30
"""Of a call."""
AT_ONCE = 1000
"""Calls of one transaction."""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VOCABULARY = [f"word{number}" for number in range(8000)]
COMMON = ("order", "please", "delivery", "yes", "thanks", "where", "parcel", "code")
OUTCOMES = ("answered",) * 60 + ("escalated",) * 30 + ("caller_hung_up",) * 9 + ("error",)
AGENTS = ("main",) * 9 + ("night",)
CALLS = f"/api/v1/projects/{PROJECT}/calls"


class Made:
    """Calls as rows, the same at every run."""

    def __init__(self) -> None:
        self._chance = random.Random(7)

    def call(self, number: int) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
        """A call, its log, and its words."""
        chance = self._chance
        began = BEGAN + timedelta(seconds=number * 150)
        id = new_call_id(began)
        said = [self._sentence() for _ in range(6)]
        state = {"scopes": [{"values": {"code0": "417", "note": " ".join(said) * 3}}], "over": True}
        row = {
            "id": id,
            "project": PROJECT,
            "agent": chance.choice(AGENTS),
            "flow": FLOW,
            "version": 1,
            "line": "livekit",
            "started_at": began,
            "ended_at": began + timedelta(seconds=chance.randrange(20, 400)),
            "outcome": chance.choice(OUTCOMES),
            "state": encode(state),
            "state_sha256": "0" * 64,
            "caller": f"+1202555{chance.randrange(10_000):04}",
        }
        words = sorted({word for sentence in said for word in sentence.split()})
        found = {"place": place_of(id, began), "call_id": id, "project": PROJECT}
        found |= {"words": " ".join([*words, "four", "one", "seven"]), "shown": " ".join(words)}
        return row, [*self._log(id, began, said)], found

    def _sentence(self) -> str:
        rare = self._chance.choices(VOCABULARY, k=5)
        return " ".join([*self._chance.sample(COMMON, 2), *rare])

    def _log(self, id: str, began: datetime, said: Sequence[str]) -> Iterator[dict[str, Any]]:
        facts = {"started_at": began.isoformat(), "caller": "+12025550143", "language": "en"}
        records: list[tuple[str, str, dict[str, Any]]] = [("event", "call_started", {"facts": facts})]
        for place, sentence in enumerate(said):
            node, effect = f"code{place % 3}", f"e{place}"
            reading = {"slot": node, "value": "417", "confidence": 1.0, "heard": "four one seven", "correction": False}
            question = {"flow": FLOW, "node": node, "awaited": [node]}
            records += [
                ("effect", "say", {"id": effect, "text": f"Which {node}?", "fixed": True}),
                ("event", "caller_spoke", {"text": f"{sentence} four one seven", "confidence": 0.93}),
                ("effect", "understand", {"id": effect, "question": question, "said": {"text": sentence}}),
                ("event", "answered", {"effect": effect, "answer": {"choice": None, "slots": [reading]}}),
                ("token", "exit", {"flow": FLOW, "node": node, "exit": "given", "slots": {node: "417"}}),
            ]
        for place, (kind, type, data) in enumerate(records[:EVENTS]):
            at = (began + timedelta(seconds=place)).isoformat(timespec="milliseconds")
            yield {"call_id": id, "seq": place, "at": at, "kind": kind, "type": type, "data": encode(data)}


async def fill(url: str, number: int) -> list[str]:
    """Write so many calls; the ids of some of them."""
    database = Database(parse_url(url), wait_ms=60_000)
    made, some = Made(), list[str]()
    try:
        for first in range(0, number, AT_ONCE):
            rows, events, texts = list[Any](), list[Any](), list[Any]()
            for place in range(first, min(first + AT_ONCE, number)):
                row, log, found = made.call(place)
                rows.append(row)
                events += log
                texts.append(found)
            some.append(rows[0]["id"])
            async with database.writing() as connection:
                await connection.execute(insert(calls), rows)
                await connection.execute(insert(call_events), events)
                if database.is_sqlite:
                    await connection.execute(insert(call_texts), texts)
                else:
                    vectors = ", ".join(
                        f"array_to_tsvector(string_to_array(:{one}, ' '))" for one in ("words", "shown")
                    )
                    columns = "place, call_id, project, words, shown"
                    added = f"INSERT INTO call_texts ({columns}) VALUES (:place, :call_id, :project, {vectors})"
                    await connection.execute(text(added), texts)
            sys.stderr.write(f"\r{first + len(rows)} calls")
        sys.stderr.write("\n")
    finally:
        await database.close()
    if not url.startswith("sqlite"):
        engine = create_async_engine(parse_url(url), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
        await engine.dispose()
    return some


def queries(
    some: Sequence[str],
) -> list[tuple[str, Role, float, Callable[[random.Random], tuple[str, dict[str, Any]]]]]:
    """What is asked: its name, by whom, the limit, and how each time."""
    both = (Role.VIEWER, Role.SUPERVISOR)

    def listed(**query: Any) -> Callable[[random.Random], tuple[str, dict[str, Any]]]:
        return lambda chance: (CALLS, query)

    def worded(count: int) -> Callable[[random.Random], tuple[str, dict[str, Any]]]:
        return lambda chance: (CALLS, {"text": " ".join(chance.choices(VOCABULARY, k=count))})

    viewer, supervisor = both
    return [
        ("list", viewer, LIST_MS, listed()),
        ("list, 200 calls", viewer, LIST_MS, listed(limit=200)),
        ("list, a rare outcome", viewer, LIST_MS, listed(outcome="error")),
        ("list, an outcome that none has", viewer, LIST_MS, listed(outcome="none")),
        ("list, agent and outcome", viewer, LIST_MS, listed(agent="night", outcome="error")),
        ("list, running", viewer, LIST_MS, listed(running="true")),
        ("list, of one day", viewer, LIST_MS, listed(**{"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"})),
        (
            "list, of one caller",
            supervisor,
            LIST_MS,
            lambda chance: (CALLS, {"caller": f"+1202555{chance.randrange(10_000):04}"}),
        ),
        ("search, a common word", viewer, LIST_MS, lambda chance: (CALLS, {"text": chance.choice(COMMON)})),
        ("search, two common words", viewer, LIST_MS, listed(text="order parcel")),
        ("search, a rare word", viewer, LIST_MS, worded(1)),
        ("search, two rare words", viewer, LIST_MS, worded(2)),
        ("search, common words and a rare outcome", viewer, LIST_MS, listed(text="order please", outcome="error")),
        ("search, the beginning of a word", viewer, LIST_MS, listed(text="word79*")),
        ("a call's page", viewer, PAGE_MS, lambda chance: (f"{CALLS}/{chance.choice(some)}", {})),
        ("a call's page", supervisor, PAGE_MS, lambda chance: (f"{CALLS}/{chance.choice(some)}", {})),
        ("a call's events", viewer, PAGE_MS, lambda chance: (f"{CALLS}/{chance.choice(some)}/events", {})),
    ]


async def measure(url: str, name: str, number: int, times: int, home: Path) -> None:
    """Fill a store, ask, and print."""
    async with await Office.open(Settings(home=home, cache=home / "cache", database_url=url)) as office:
        await open_shop(office, 3)
        began = time.perf_counter()
        some = await fill(url, number)
        took_s = time.perf_counter() - began
        desk = await desk_of(office)
        app, rows = create_app(desk), list[list[str]]()

        def browser() -> httpx.AsyncClient:
            return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tower.test", timeout=60)

        async with signed_in(browser(), Role.VIEWER) as viewer, signed_in(browser(), Role.SUPERVISOR) as supervisor:
            for about, role, limit_ms, make in queries(some):
                chance, took = random.Random(1), list[float]()
                for _ in range(times + 2):
                    path, query = make(chance)
                    at = time.perf_counter()
                    answer = await (viewer if role is Role.VIEWER else supervisor).get(path, params=query)
                    took.append((time.perf_counter() - at) * 1000)
                    answer.raise_for_status()
                p50, p95 = percentile(took[2:], 50), percentile(took[2:], 95)
                verdict = "" if p95 <= limit_ms else "OVER"
                rows.append([about, role, f"{p50:.1f} ms", f"{p95:.1f} ms", f"{limit_ms:.0f} ms", verdict])
        title = f"{name}: {number:,} calls, {number * EVENTS:,} events, written in {took_s:.0f} s"
        print_table(title, ["what", "who", "p50", "p95", "limit", ""], rows)
        await desk.aclose()


@contextlib.contextmanager
def throw_away_postgresql() -> Iterator[str | None]:
    """Its URL; None where none is installed."""
    script = Path(__file__).parents[1] / "scripts" / "postgres"
    with subprocess.Popen([script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        yield server.stdout.readline().strip() or None
        server.stdin.close()


def main() -> None:
    """Prints the tables."""
    options = argparse.ArgumentParser(description="Calls over HTTP with a large store.")
    options.add_argument("--calls", type=int, default=100_000)
    options.add_argument("--times", type=int, default=60, help="that each is asked")
    options.add_argument("--only", choices=("sqlite", "postgresql"))
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if given.only != "postgresql":
            url = f"sqlite:///{home / 'tollfree.db'}"
            asyncio.run(measure(url, "SQLite", given.calls, given.times, home))
        if given.only != "sqlite":
            with throw_away_postgresql() as url:
                if url is None:
                    sys.stdout.write("PostgreSQL is not installed: only SQLite was measured.\n")
                else:
                    asyncio.run(measure(url, "PostgreSQL", given.calls, given.times, home / "postgresql"))


if __name__ == "__main__":
    main()
