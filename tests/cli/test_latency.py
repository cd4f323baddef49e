"""`tollfree calls show` and `calls latency`: how long callers waited."""

import asyncio
import os
from datetime import UTC, datetime

import pytest

from tests.calls.test_latency import TURN
from tests.cli.conftest import Shell
from tollfree.calls.log import of_note
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store, default_url
from tollfree.protocol.ids import CallId, FlowId, ProjectId

AT = "2026-11-22T09:05:05.400-05:00"
SAID = LogRecord(at=AT, kind="event", type="caller_spoke", data={"text": "hello"})


def spoken_call(shell: Shell, call: str, file: str = "/recordings/one.opus", **turn: float) -> None:
    """A call with sound in the store: a turn, an interruption and a recording."""
    records = [
        SAID,
        of_note(AT, "turn", {**TURN, **turn}),
        of_note(AT, "first_word", {"connected_ms": 10.0, "first_sent_ms": 610.0}),
        of_note(
            AT,
            "interruption",
            {"onset_ms": 7000.0, "paused_ms": 7080.0, "ended_ms": 7300.0, "how": "resumed", "why": "noise"},
        ),
        of_note(AT, "recording", {"file": file, "format": "opus", "began_ms": 0.0}),
    ]

    async def keep() -> None:
        async with await Store.open(default_url(shell.home)) as store:
            begun = Call(
                id=CallId(call),
                project=ProjectId("shop"),
                agent="main",
                flow=FlowId("made"),
                version=1,
                line="livekit",
                started_at=datetime(2026, 11, 22, tzinfo=UTC),
            )
            await store.calls.begin(begun)
            await store.log.append(begun.id, records, expected_seq=0)

    asyncio.run(keep())


def test_a_spoken_call_is_shown_with_its_waits_and_its_recording(shop: Shell) -> None:
    spoken_call(shop, "c1")
    lines = shop.ok("calls", "show", "c1").out.splitlines()
    assert "turn     at  offered  heard  understood  committed  rendered  sent" in lines
    assert "   1  5.0 s       32    180         182        400       410   425" in lines
    assert "7.0 s      80    300  resumed (noise)" in lines
    assert "response: p50 425 ms, p95 425 ms, of 1 turn" in lines
    assert "first word: 600 ms after the line was connected" in lines
    assert lines[-1] == "recording: /recordings/one.opus (no longer there, or on another machine)"
    assert max(map(len, lines)) <= 100


def test_the_same_comes_as_json_after_the_log(shop: Shell) -> None:
    spoken_call(shop, "c1")
    *log, last = shop.ok("calls", "show", "c1", "--json").lines
    assert [entry["seq"] for entry in log] == [0, 1, 2, 3, 4]
    assert (last["kind"], last["call_id"]) == ("timings", "c1")
    assert last["turns"][0]["response_ms"] == 425.0 and last["turns"][0]["speech_end_ms"] == 5000.0
    assert last["recordings"] == [{"file": "/recordings/one.opus", "format": "opus", "began_ms": 0.0, "here": False}]
    assert last["interruptions"][0]["how"] == "resumed"
    assert last["stages"]["response"] == {"n": 1, "p50_ms": 425.0, "p95_ms": 425.0}


def test_a_call_by_keyboard_shows_no_waits_and_is_not_counted(shop: Shell) -> None:
    shop.ok("call", "shop", stdin="one two three\n")
    call = shop("calls", "list", "--json").json[0]["call_id"]
    shown = shop.ok("calls", "show", call).out
    assert "turns:" not in shown and "recording" not in shown
    assert all("seq" in line for line in shop.ok("calls", "show", call, "--json").lines)
    assert shop.ok("calls", "latency").out == "no spoken calls yet\n"
    assert shop.ok("calls", "latency", "--json").json == {"calls": 0, "stages": {}}


def test_waits_are_summed_up_over_the_latest_spoken_calls(shop: Shell) -> None:
    for number in range(1, 5):
        spoken_call(shop, f"c{number}", first_sent_ms=5000.0 + 100 * number)
    shop.ok("call", "shop", stdin="one two three\n")
    every = shop.ok("calls", "latency", "shop", "--json").json
    assert (every["calls"], every["stages"]["response"]) == (4, {"n": 4, "p50_ms": 250.0, "p95_ms": 385.0})
    latest = shop.ok("calls", "latency", "--last", "2", "--json").json
    assert (latest["calls"], latest["stages"]["response"]["p50_ms"]) == (2, 350.0)
    lines = shop.ok("calls", "latency", "shop").out.splitlines()
    assert lines[0] == "the latest spoken calls: 4"
    assert any(line.startswith("response") and "250" in line and "385" in line for line in lines)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("words", [("nothing",), ("--last", "0")])
def test_what_cannot_be_summed_up_is_told(shop: Shell, words: tuple[str, ...]) -> None:
    assert shop("calls", "latency", *words).code != 0


# Recordings


def test_a_recording_that_is_there_is_shown_as_it_is_until_it_was_deleted(shop: Shell) -> None:
    file = shop.home / "recordings" / "shop" / f"{'0' * 26}.opus"
    file.parent.mkdir(parents=True)
    file.touch()
    spoken_call(shop, "c1", file=str(file))
    assert shop.ok("calls", "show", "c1").out.splitlines()[-1] == f"recording: {file}"
    assert shop.ok("calls", "show", "c1", "--json").lines[-1]["recordings"][0]["here"] is True
    assert shop.ok("calls", "prune", "--days", "30", "--json").json == {"deleted": 0, "bytes": 0, "not_deleted": 0}
    os.utime(file, (0, 0))
    ran = shop("calls", "prune", env={"TOLLFREE_KEEP_RECORDINGS_DAYS": "30"})
    assert (ran.code, ran.out) == (0, "recordings older than 30 days: 1 deleted, 0.0 MB\n")
    assert "no longer there" in shop.ok("calls", "show", "c1").out


def test_recordings_that_are_kept_for_ever_are_not_pruned_by_mistake(shop: Shell) -> None:
    ran = shop("calls", "prune")
    assert ran.code == 2 and "TOLLFREE_KEEP_RECORDINGS_DAYS" in ran.err
