"""Events a second that a call log takes, durably, beside what SQLite itself can do here with the same settings.

    python benchmarks/store.py [--url postgresql://…] [--seconds 2]

Every call appends steps of four records, one after another, and waits until each is on disk. "raw sqlite3" is one
thread that inserts the same rows with the driver alone and commits every four, or every four times CALLS: the limit
of a program that did nothing else. Nothing is asserted; run it on an idle machine.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tollfree.calls.store.calls import Call
from tollfree.calls.store.document import encode
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId, FlowId, ProjectId

CALLS = (1, 8, 32)
STEP = 4
RECORD = LogRecord(
    at="2026-11-22T14:05:00.123-05:00",
    kind="event",
    type="answered",
    data={
        "effect": "e12",
        "answer": {
            "choice": "order",
            "slots": [
                {"slot": "order_number", "value": "41755", "confidence": 0.97, "heard": "four one seven double five"}
            ],
            "confidence": 0.97,
            "decided_by": "rules",
            "evidence": "the whole utterance is a value of order_number",
        },
    },
)


async def store_rate(url: str, calls: int, seconds: float) -> float:
    """Events a second through the store, with this many calls at once."""
    async with await Store.open(url) as store:
        project, flow = ProjectId(f"bench-{time.time_ns()}"), FlowId("main")
        await store.projects.new(project)
        await store.drafts.save(project, flow, {}, expected_revision=0)
        await store.versions.publish(project, flow, {}, classifier=b"")
        ids = [CallId(f"{project}-{n:03}") for n in range(calls)]
        for id in ids:
            await store.calls.begin(
                Call(
                    id=id,
                    project=project,
                    agent="bench",
                    flow=flow,
                    version=1,
                    line="text",
                    started_at=datetime.now(UTC),
                )
            )
        begin = time.perf_counter()

        async def talk(call: CallId) -> int:
            place = 0
            while time.perf_counter() - begin < seconds:
                place = await store.log.append(call, [RECORD] * STEP, expected_seq=place)
            return place

        events = sum(await asyncio.gather(*(talk(id) for id in ids)))
        rate = events / (time.perf_counter() - begin)
        await store.projects.delete(project)
        return rate


def raw_rate(file: Path, rows_per_commit: int, seconds: float) -> float:
    """Events a second through sqlite3 alone."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("CREATE TABLE calls (id TEXT PRIMARY KEY)")
        raw.execute(
            "CREATE TABLE call_events (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE, "
            "seq BIGINT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, "
            "PRIMARY KEY (call_id, seq))"
        )
        raw.execute("INSERT INTO calls VALUES ('c')")
        data, place, begin = encode(RECORD.data), 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(
                "INSERT INTO call_events VALUES (?, ?, ?, ?, ?, ?)",
                [("c", place + n, RECORD.at, RECORD.kind, RECORD.type, data) for n in range(rows_per_commit)],
            )
            raw.execute("COMMIT")
            place += rows_per_commit
        return place / (time.perf_counter() - begin)


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description="Durable call events a second.")
    options.add_argument("--url", help="a PostgreSQL to measure as well, such as scripts/postgres prints")
    options.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    given = options.parse_args()
    columns = ["calls", "tollfree on SQLite", "raw sqlite3", *(["tollfree on PostgreSQL"] if given.url else [])]
    lines = [columns]
    with tempfile.TemporaryDirectory() as folder:
        for calls in CALLS:
            figures = [
                asyncio.run(store_rate(f"sqlite:///{folder}/{calls}.db", calls, given.seconds)),
                raw_rate(Path(folder) / f"raw-{calls}.db", STEP * calls, given.seconds),
            ]
            if given.url:
                figures.append(asyncio.run(store_rate(given.url, calls, given.seconds)))
            lines.append([str(calls), *(f"{figure:,.0f}/s" for figure in figures)])
    sys.stdout.write(f"call events a second, durable, {STEP} a step\n")
    for line in lines:
        sys.stdout.write("  ".join(cell.rjust(len(head)) for cell, head in zip(line, columns, strict=True)) + "\n")


if __name__ == "__main__":
    main()
