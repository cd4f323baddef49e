"""Lists, searches and pages of calls over HTTP, with 100,000 calls and 3 million events in the store, and of 200 flows
of 100 nodes.

    python benchmarks/store_at_size.py [--calls 100000] [--times 60] [--only sqlite|postgresql] [--keep FOLDER]

On SQLite, and on a PostgreSQL of its own where one is installed (`scripts/postgres`). Calls are written to the tables
in bulk, their words with them; with `--keep`, once, and read again by the next run. Requests go through the whole
server but its socket. Limits, 95th percentile: lists and searches 100 ms, pages 200 ms; the overview has none. Nothing
is asserted.
"""

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import httpx
from _store_made import COMMON, EVENTS, FLOWS, VOCABULARY, fill, some_calls
from _table import percentile, print_table
from _tower import PROJECT, desk_of, open_shop, signed_in

from tollfree.protocol.role import Role
from tollfree.server.app import create_app
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

LIST_MS, PAGE_MS, NO_LIMIT_MS = 100.0, 200.0, float("inf")
API = f"/api/v1/projects/{PROJECT}"
CALLS = f"{API}/calls"
MONTH = {"from": "2026-04-15T00:00:00Z", "to": "2026-05-15T00:00:00Z"}


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
        ("the overview of a month", viewer, NO_LIMIT_MS, lambda chance: (f"{API}/overview", MONTH)),
        ("list of flows", viewer, LIST_MS, lambda chance: (f"{API}/flows", {})),
        ("a flow", viewer, PAGE_MS, lambda chance: (f"{API}/flows/flow{chance.randrange(FLOWS):03}/draft", {})),
        ("a version", viewer, PAGE_MS, lambda chance: (f"{API}/flows/flow{chance.randrange(FLOWS):03}/versions/1", {})),
    ]


async def measure(url: str, name: str, number: int, times: int, home: Path) -> None:
    """Fill a store, ask, and print."""
    async with await Office.open(Settings(home=home, cache=home / "cache", database_url=url)) as office:
        began = time.perf_counter()
        if not await office.store.projects.list():
            await open_shop(office, 3)
            await fill(office.store, url, number)
        took_s = time.perf_counter() - began
        some = await some_calls(url, 100)
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
def a_postgresql(data: Path | None) -> Generator[str | None]:
    """Its URL; None where none is installed. `data`: the folder that it keeps; None: it keeps nothing."""
    script = [Path(__file__).parents[1] / "scripts" / "postgres", *([data] if data is not None else [])]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        yield server.stdout.readline().strip() or None
        server.stdin.close()


def main() -> None:
    """Prints the tables."""
    options = argparse.ArgumentParser(description="Calls over HTTP with a large store.")
    options.add_argument("--calls", type=int, default=100_000)
    options.add_argument("--times", type=int, default=60, help="that each is asked")
    options.add_argument("--only", choices=("sqlite", "postgresql"))
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where the stores stay for the next run")
    given = options.parse_args()
    with contextlib.ExitStack() as stack:
        home: Path = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if given.only != "postgresql":
            url = f"sqlite:///{home / 'sqlite' / 'tollfree.db'}"
            asyncio.run(measure(url, "SQLite", given.calls, given.times, home / "sqlite"))
        if given.only != "sqlite":
            data = None if given.keep is None else given.keep.resolve() / "postgresql-data"
            url = stack.enter_context(a_postgresql(data))
            if url is None:
                sys.stdout.write("PostgreSQL is not installed: only SQLite was measured.\n")
            else:
                asyncio.run(measure(url, "PostgreSQL", given.calls, given.times, home / "postgresql"))


if __name__ == "__main__":
    main()
