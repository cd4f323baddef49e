"""Calls, flows and counts as rows, to fill a store to its size."""

import random
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from _tower import FLOW, PROJECT, document
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from tollfree.calls.bundle import make_bundle
from tollfree.calls.call_id import new_call_id
from tollfree.calls.counting import bucket_of
from tollfree.calls.store.database import Database, parse_url
from tollfree.calls.store.document import encode
from tollfree.calls.store.hours import Count, add_counts, hour_of
from tollfree.calls.store.store import Store
from tollfree.calls.store.tables import call_events, calls
from tollfree.calls.store.tables_found import call_texts
from tollfree.calls.store.texts import place_of
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.library import Library
from tollfree.language.understand.training import dump
from tollfree.protocol.ids import FlowId

EVENTS = 30
"""Of a call."""
RUNNING = 50
"""Calls that have not ended: the newest."""
FLOWS, NODES = 200, 100
AT_ONCE = 1000
"""Calls of one transaction."""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VOCABULARY = [f"word{number}" for number in range(8000)]
COMMON = ("order", "please", "delivery", "yes", "thanks", "where", "parcel", "code")
OUTCOMES = ("answered",) * 60 + ("escalated",) * 30 + ("caller_hung_up",) * 9 + ("error",)
AGENTS = ("main",) * 9 + ("night",)
INTENTS = tuple(f"intent{number}" for number in range(8))
LIBRARY = {"name": "Bench", "currency": "USD"}


class Made:
    """Calls as rows, the same at every run."""

    def __init__(self) -> None:
        self._chance = random.Random(7)

    def call(self, number: int, *, runs: bool) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
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
            "ended_at": None if runs else began + timedelta(seconds=chance.randrange(20, 400)),
            "outcome": None if runs else chance.choice(OUTCOMES),
            "state": None if runs else encode(state),
            "state_sha256": None if runs else "0" * 64,
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

    def counts(self) -> Iterator[Count]:
        """What is counted of a call."""
        chance = self._chance
        yield Count(what="calls", amount=chance.uniform(20, 400))
        yield Count(what="outcome", name=chance.choice(OUTCOMES))
        yield Count(what=chance.choice(("contained", "contained", "escalated", "abandoned")))
        yield Count(what="turns", count=6)
        yield Count(what="unclear", count=1)
        yield Count(what="barge_ins", count=1)
        for stage, times in (("response", 6), ("first_word", 1), ("paused", 1), ("resumed", 1), ("stopped", 1)):
            for _ in range(times):
                ms = chance.lognormvariate(6.2, 0.5)
                yield Count(what="wait", name=f"{stage}:{bucket_of(ms)}", amount=ms)
        for intent in chance.sample(INTENTS, 3):
            yield Count(what="intent", name=intent, amount=chance.uniform(5, 60))
            route = chance.choice(("fast", "smart"))
            for tokens in ("prompt_tokens", "cached_tokens", "completion_tokens"):
                yield Count(what=tokens, name=f"{intent}\n{route}", count=chance.randrange(10, 900))


async def fill(store: Store, url: str, number: int) -> None:
    """Write so many calls, and the flows."""
    await _add_flows(store)
    database, made = Database(parse_url(url), wait_ms=60_000), Made()
    try:
        for first in range(0, number, AT_ONCE):
            await _add_calls(database, made, range(first, min(first + AT_ONCE, number)), number)
            sys.stderr.write(f"\r{first + AT_ONCE} calls")
        sys.stderr.write("\n")
    finally:
        await database.close()
    if not url.startswith("sqlite"):
        engine = create_async_engine(parse_url(url), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
        await engine.dispose()


async def _add_calls(database: Database, made: Made, numbers: range, all_calls: int) -> None:
    rows, events, texts = list[Any](), list[Any](), list[Any]()
    counts: dict[str, tuple[datetime, list[Count]]] = {}
    async with database.writing() as connection:
        for number in numbers:
            runs = number >= all_calls - RUNNING
            row, log, found = made.call(number, runs=runs)
            rows.append(row)
            events += log
            if not runs:
                texts.append(found)
                counts.setdefault(hour_of(row["started_at"]), (row["started_at"], []))[1].extend(made.counts())
        for began, of_hour in counts.values():
            await add_counts(connection, PROJECT, began, of_hour)
        await connection.execute(insert(calls), rows)
        await connection.execute(insert(call_events), events)
        if database.is_sqlite:
            await connection.execute(insert(call_texts), texts)
            return
        vectors = ", ".join(f"array_to_tsvector(string_to_array(:{one}, ' '))" for one in ("words", "shown"))
        columns = "place, call_id, project, words, shown"
        added = f"INSERT INTO call_texts ({columns}) VALUES (:place, :call_id, :project, {vectors})"
        await connection.execute(text(added), texts)


async def _add_flows(store: Store) -> None:
    for number in range(FLOWS):
        name = FlowId(f"flow{number:03}")
        flow = {**document(NODES - 2), "flow": name}
        await store.drafts.save(PROJECT, name, flow, expected_revision=0)
        bundle = make_bundle(compile_or_raise(flow, Library(project=LIBRARY)), {name: flow}, {}, embedder="none")
        await store.versions.publish(PROJECT, name, bundle, classifier=dump({}))


async def some_calls(url: str, number: int) -> Sequence[str]:
    """The ids of so many, from all times."""
    database = Database(parse_url(url), wait_ms=60_000)
    async with database.reading() as connection:
        ids = (await connection.scalars(select(calls.c.id).order_by(calls.c.id))).all()
    await database.close()
    return ids[:: max(1, len(ids) // number)]
