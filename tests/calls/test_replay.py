"""A log folds to what was stored, or the replay says where it does not."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.calls.test_publishing import MAIN, SHOP, flow, project
from tests.fakes.call import FakeLine, FakeUnderstander, Journal, MovedClock
from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import FACTS, reading
from tollfree.calls.bundle import load_bundle
from tollfree.calls.performing import Performers
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.calls.session import Session
from tollfree.calls.snapshot import snapshot
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import StoreError
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer

CALL = CallId("c1")


async def called(store: Store, *, ended: bool = True) -> None:
    """A whole call, kept."""
    await project(store, made=flow())
    await publish(store, SHOP, MAIN, HashingEmbedder())
    version = await store.versions.published(SHOP, MAIN)
    clock = MovedClock()
    started = clock.now()
    await store.calls.begin(
        Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="text", started_at=started)
    )
    meanings = {"one two three": Answer(slots=(reading("code", "123"),), confidence=1.0, decided_by="rules")}
    session = Session(
        CALL,
        load_bundle(version.bundle),
        FakeLine(Journal(), ["what?", "one two three"]),
        store.log,
        Performers(understands=FakeUnderstander(meanings)),
        clock,
        timezone=ZoneInfo("UTC"),
    )
    summary = await session.run(FACTS)
    if ended:
        state = snapshot(summary.state)
        await store.calls.end(CALL, ended_at=clock.now(), outcome=summary.outcome, state=state)


async def test_a_log_folds_to_what_was_stored(kept: Store) -> None:
    await called(kept)
    found = await replay_call(kept, CALL)
    assert (found.differences, found.ended, found.events) == ((), True, 9)


async def test_a_call_that_still_runs_folds_as_far_as_it_has_come(kept: Store) -> None:
    await called(kept, ended=False)
    found = await replay_call(kept, CALL)
    assert (found.differences, found.ended) == ((), False)


async def test_a_replay_finds_the_same_after_the_draft_and_the_published_version_have_changed(kept: Store) -> None:
    await called(kept)
    await kept.drafts.save(SHOP, MAIN, flow("Other words."), expected_revision=1)
    await publish(kept, SHOP, MAIN, HashingEmbedder())
    assert (await replay_call(kept, CALL)).differences == ()


async def test_an_unknown_call_is_told(kept: Store) -> None:
    with pytest.raises(StoreError, match="nothing"):
        await replay_call(kept, CallId("nothing"))


# Tampering


def tampered(file: Path, kind: str, type: str, change: Callable[[dict[str, Any]], object]) -> int:
    """Changes the first record of a kind behind the program's back; returns its place."""
    with closing(sqlite3.connect(file)) as connection, connection:
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger[0]}")
        row = connection.execute(
            "SELECT seq, data FROM call_events WHERE kind = ? AND type = ? ORDER BY seq", (kind, type)
        ).fetchone()
        data = json.loads(row[1])
        change(data)
        connection.execute("UPDATE call_events SET data = ? WHERE seq = ?", (json.dumps(data), row[0]))
        return int(row[0])


@pytest.mark.parametrize(
    ("kind", "type", "change"),
    [
        ("effect", "say", lambda data: data.update(text="Other words.")),
        ("effect", "hang_up", lambda data: data.update(outcome="served")),
        ("token", "exit", lambda data: data.update(exit="shouted")),
        ("token", "exit", lambda data: data.update(slots={"code": "999"})),
    ],
)
async def test_a_changed_effect_or_token_is_told_with_its_place(
    kept: Store, tmp_path: Path, kind: str, type: str, change: Callable[[dict[str, Any]], object]
) -> None:
    await called(kept)
    place = tampered(tmp_path / "kept.db", kind, type, change)
    [difference] = (await replay_call(kept, CALL)).differences
    assert difference.startswith(f"record {place}: stored {kind} {type}")


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("state = replace(state, 'Hello.', 'Hullo.')", "the final state that is stored was changed"),
        ("outcome = 'served'", "the outcome stored is served, the engine gives "),
        ("state_sha256 = 'x'", "the final state differs in its digest"),
    ],
)
async def test_a_changed_end_is_told(kept: Store, tmp_path: Path, change: str, difference: str) -> None:
    await called(kept)
    with closing(sqlite3.connect(tmp_path / "kept.db")) as connection, connection:
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger[0]}")
        connection.execute(f"UPDATE calls SET {change}")
    [told] = (await replay_call(kept, CALL)).differences
    assert told.startswith(difference)


async def test_a_changed_event_shows_in_everything_that_followed_from_it(kept: Store, tmp_path: Path) -> None:
    await called(kept)
    tampered(tmp_path / "kept.db", "event", "caller_spoke", lambda data: data.update(text="something else"))
    differences = (await replay_call(kept, CALL)).differences
    assert any("understand" in one for one in differences)
    assert differences[-1].startswith("the final state differs in ")


async def test_an_event_that_cannot_be_read_is_told_and_not_raised(kept: Store, tmp_path: Path) -> None:
    await called(kept)
    place = tampered(tmp_path / "kept.db", "event", "caller_spoke", lambda data: data.update(text=["no", "text"]))
    differences = (await replay_call(kept, CALL)).differences
    assert any(one.startswith(f"record {place}: ") for one in differences)


async def test_a_record_taken_out_is_told(kept: Store, tmp_path: Path) -> None:
    await called(kept)
    place = tampered(tmp_path / "kept.db", "token", "exit", lambda data: None)
    with closing(sqlite3.connect(tmp_path / "kept.db")) as connection, connection:
        connection.execute("DELETE FROM call_events WHERE seq = ?", (place,))
    assert (await replay_call(kept, CALL)).differences


# Calls of earlier programs

BEFORE_CONFIDENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "logs" / "before_confidence.json").read_text(encoding="utf-8")
)
"""A spoken call as it was kept when `Retrieve` had no `confidence` and no `context`, and `Compose` quoted nothing."""


async def kept_before(store: Store, change: Callable[[dict[str, Any]], object] = lambda log: None) -> None:
    """That call in a store of today."""
    before = deepcopy(BEFORE_CONFIDENCE)
    await project(store, made=before["flow"])
    await publish(store, SHOP, MAIN, HashingEmbedder())
    started = MovedClock().now()
    await store.calls.begin(
        Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="text", started_at=started)
    )
    change(before)
    await store.log.append(CALL, [LogRecord(**record) for record in before["records"]], expected_seq=0)
    await store.calls.end(CALL, ended_at=started, outcome=before["outcome"], state=before["state"])


def records(log: dict[str, Any], type: str) -> list[dict[str, Any]]:
    return [record["data"] for record in log["records"] if record["type"] == type]


async def test_a_spoken_call_from_before_retrieval_knew_confidence_replays_as_it_was(kept: Store) -> None:
    assert all(data["confidence"] < 1 for data in records(BEFORE_CONFIDENCE, "caller_spoke"))
    assert not any("confidence" in data for data in records(BEFORE_CONFIDENCE, "retrieve"))
    await kept_before(kept)
    found = await replay_call(kept, CALL)
    assert (found.differences, found.ended) == ((), True)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda log: records(log, "retrieve")[0].update(query="where are you"), "stored effect retrieve"),
        (lambda log: records(log, "retrieve")[1].update(confidence=1.0), "stored effect retrieve"),
        (lambda log: records(log, "compose")[0].update(passages=["p9"]), "stored effect compose"),
        (lambda log: log["state"].update(last_said="something else"), "the final state differs in last_said"),
        (lambda log: log["state"].update(asked="something else"), "the final state differs in its digest"),
    ],
)
async def test_what_such_a_call_does_say_is_still_compared(
    kept: Store, change: Callable[[dict[str, Any]], object], difference: str
) -> None:
    await kept_before(kept, change)
    [told] = (await replay_call(kept, CALL)).differences
    assert difference in told


async def test_a_call_of_today_has_its_citations_compared(kept: Store) -> None:
    def renewed(log: dict[str, Any]) -> None:
        before = {"context": ["", "when are you open"], "confidence": [0.84, 0.71]}
        for place, found in enumerate(records(log, "retrieved")):
            context, confidence = (before[name][place] for name in ("context", "confidence"))
            records(log, "retrieve")[place].update(context=context, confidence=confidence)
            quoted = [asdict(Passage(**one)) for one in found["passages"]]
            records(log, "compose")[place].update(context=context, quoted=quoted)

    await kept_before(kept, renewed)
    [told] = (await replay_call(kept, CALL)).differences
    assert "stored token exit" in told
