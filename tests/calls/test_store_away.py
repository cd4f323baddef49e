"""A whole call while its database is locked: the caller notices nothing, and the log is whole afterwards."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.calls.test_publishing import MAIN, SHOP, flow, project
from tests.fakes.call import FakeLine, FakeUnderstander, Journal, MovedClock
from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import FACTS, reading
from tollfree.calls.bundle import load_bundle
from tollfree.calls.delivery import is_spooled
from tollfree.calls.publishing import publish
from tollfree.calls.recovery import recover_calls
from tollfree.calls.replay import replay_call
from tollfree.calls.running import RunningCalls
from tollfree.calls.session import CallSummary, Performers, Session
from tollfree.calls.spool import Spool
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import StoreUnavailable
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store
from tollfree.protocol.clock import SystemClock
from tollfree.protocol.ids import CallId
from tollfree.protocol.question import Answer

CALL = CallId("c1")
GIVEN = Answer(slots=(reading("code", "123"),), confidence=1.0, decided_by="rules")


class Away:
    """A database that another program locks from the first record on, until it is told to let go."""

    def __init__(self, file: Path) -> None:
        self._other = sqlite3.connect(file, isolation_level=None)
        self.observed: list[LogEntry] = []

    def observe(self, entry: LogEntry) -> None:
        if not self.observed:
            self._other.execute("BEGIN EXCLUSIVE")
        self.observed.append(entry)

    def back(self) -> None:
        self._other.execute("ROLLBACK")

    def close(self) -> None:
        self._other.close()


async def called(store: Store, home: Path, away: Away, *, retry_for_s: float) -> CallSummary:
    """A call of three turns; the database is away from its first write on."""
    await project(store, made=flow())
    await publish(store, SHOP, MAIN, HashingEmbedder())
    version = await store.versions.published(SHOP, MAIN)
    started = MovedClock().now()
    await store.calls.begin(
        Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="text", started_at=started)
    )
    session = Session(
        CALL,
        load_bundle(version.bundle),
        FakeLine(Journal(), ["what?", "one two three"]),
        store.log,
        Performers(understands=FakeUnderstander({"one two three": GIVEN})),
        SystemClock(),
        timezone=ZoneInfo("UTC"),
        observe=away.observe,
        retry_for_s=retry_for_s,
        spool=Spool(home, CALL),
    )
    return await session.run(FACTS)


async def test_a_call_goes_on_to_its_end_while_the_store_is_away_and_its_log_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "tollfree.db"
    async with await Store.open(f"sqlite:///{file}", wait_ms=50) as store:
        with closing(Away(file)) as away:
            calling = asyncio.ensure_future(called(store, tmp_path, away, retry_for_s=30))
            while not any(entry.record.type == "call_ended" for entry in away.observed):
                await asyncio.wait({calling}, timeout=0.01)
            assert is_spooled(tmp_path, CALL) and not calling.done()
            away.back()
            summary = await calling
        assert summary.path == ("hello.said", "code.given", "bye.ended")
        assert [entry async for entry in store.log.stream(CALL)] == away.observed
        assert (await replay_call(store, CALL)).differences == ()
        assert not is_spooled(tmp_path, CALL)


async def test_a_store_that_comes_back_only_after_the_call_gets_its_log_from_whoever_is_next(tmp_path: Path) -> None:
    file = tmp_path / "tollfree.db"
    running = RunningCalls(tmp_path)
    async with await Store.open(f"sqlite:///{file}", wait_ms=50) as store:
        with closing(Away(file)) as away:
            with pytest.raises(StoreUnavailable, match="wait in .*c1.jsonl"), running.holding(CALL):
                await called(store, tmp_path, away, retry_for_s=0.1)
            away.back()
        assert [entry async for entry in store.log.stream(CALL)] != away.observed
        [recovered] = await recover_calls(store, running, MovedClock())
        assert (recovered.outcome, recovered.problem) == ("bye", "")
        assert [entry async for entry in store.log.stream(CALL)] == away.observed
        found = await replay_call(store, CALL)
        assert (found.differences, found.ended) == ((), True)
