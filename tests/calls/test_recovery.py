"""A call whose process is gone is ended where its log stops, by whoever comes next, once."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.calls.test_publishing import MAIN, SHOP, flow, project
from tests.fakes.call import MovedClock
from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import FACTS
from tollfree.calls import log
from tollfree.calls.bundle import load_bundle
from tollfree.calls.publishing import publish
from tollfree.calls.recovery import RESUMED_AT_MOST, Lost, Recovered, lost_calls, recover_calls
from tollfree.calls.replay import replay_call
from tollfree.calls.room import ROOM
from tollfree.calls.running import RunningCalls
from tollfree.calls.spool import Batch, Spool
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.flows.engine import START, step
from tollfree.protocol.events import CallerSpoke, CallEvent, CallResumed, CallStarted
from tollfree.protocol.ids import CallId

CALL = CallId("c1")
AT = "2026-11-22T09:05:01.000-05:00"


async def begun(
    store: Store, *, records: int | None = None, line: str = "text", at: str = AT, room: str = ""
) -> list[LogRecord]:
    """A call that has begun and goes no further; `records`: so many of its log were kept. Returns its records."""
    await project(store, made=flow())
    await publish(store, SHOP, MAIN, HashingEmbedder())
    version = await store.versions.published(SHOP, MAIN)
    clock = MovedClock()
    await store.calls.begin(
        Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line=line, started_at=clock.now())
    )
    event = CallStarted(facts=FACTS, at=at)
    taken = step(load_bundle(version.bundle), START, event)
    kept = [
        log.of_event(event),
        *map(log.of_token, taken.tokens),
        *(log.of_effect(at, effect) for effect in taken.effects),
    ]
    if room:
        kept.append(log.of_note(at, ROOM, {"room": room, "project": SHOP, "agent": "main"}))
    if records != 0:
        await store.log.append(CALL, kept, expected_seq=0)
    return kept


def abandoned(running: RunningCalls) -> None:
    """Leaves the mark of a call whose process is gone."""
    try:
        with running.holding(CALL):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass


async def records_of(store: Store) -> list[LogRecord]:
    return [entry.record async for entry in store.log.stream(CALL)]


async def test_a_call_whose_process_is_gone_is_ended_where_its_log_stops(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept)
    abandoned(running)
    assert await recover_calls(kept, running, MovedClock()) == (Recovered(call=CALL, outcome="line_lost"),)
    call = await kept.calls.get(CALL)
    assert (call.outcome, call.ended_at is not None) == ("line_lost", True)
    *_, ended, token = await records_of(kept)
    assert (ended.type, ended.data["reason"], token.data["exit"]) == ("call_ended", "line_lost", "left")
    assert ended.at.endswith("-05:00")
    found = await replay_call(kept, CALL)
    assert (found.differences, found.ended) == ((), True)
    assert await recover_calls(kept, running, MovedClock()) == ()
    assert running.marked() == ()


async def test_a_call_that_died_before_its_first_record_is_ended_too(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept, records=0)
    abandoned(running)
    assert await recover_calls(kept, running, MovedClock()) == (Recovered(call=CALL, outcome="line_lost"),)
    assert (await replay_call(kept, CALL)).differences == ()


async def test_a_call_that_runs_is_left_alone(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept)
    with running.holding(CALL):
        assert await recover_calls(kept, RunningCalls(tmp_path), MovedClock()) == ()
        assert (await kept.calls.get(CALL)).ended_at is None
    assert running.marked() == ()


async def test_a_call_that_is_being_recovered_is_recovered_by_nobody_else(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept)
    abandoned(running)
    with running.gone(CALL) as gone:
        assert gone
        assert await recover_calls(kept, RunningCalls(tmp_path), MovedClock()) == ()


async def test_a_call_of_another_database_is_left_alone(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    abandoned(running)
    assert await recover_calls(kept, running, MovedClock()) == ()
    assert running.marked() == (CALL,)


def test_a_process_that_is_killed_lets_go_of_its_calls(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom tollfree.calls.running import RunningCalls\n"
        "with RunningCalls(pathlib.Path(sys.argv[1])).holding('c1'):\n"
        "    sys.stdout.write('holding\\n')\n    sys.stdout.flush()\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"holding\n"
        with RunningCalls(tmp_path).gone(CALL) as gone:
            assert not gone
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    with RunningCalls(tmp_path).gone(CALL) as gone:
        assert gone


async def test_a_home_that_cannot_be_written_keeps_no_call_from_running(tmp_path: Path) -> None:
    (tmp_path / "running").write_text("in the way")
    with RunningCalls(tmp_path).holding(CALL):
        pass


# Taken again


JUST_NOW = "2026-11-22T09:04:50.000-05:00"
"""A few seconds before the clock of the tests begins."""
LONG_AGO = "2026-11-22T09:03:59.000-05:00"


async def test_a_call_that_died_just_now_in_a_room_is_left_for_whoever_takes_it_again(
    kept: Store, tmp_path: Path
) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept, line="livekit", at=JUST_NOW, room="r1")
    abandoned(running)
    assert await recover_calls(kept, running, MovedClock()) == ()
    [lost] = await lost_calls(kept, running, MovedClock())
    last_at = datetime.fromisoformat(JUST_NOW)
    assert lost == Lost(call=CALL, project=SHOP, agent="main", room="r1", line="livekit", last_at=last_at)
    assert (await kept.calls.get(CALL)).ended_at is None


@pytest.mark.parametrize(
    "call",
    [
        {"line": "text", "room": "r1", "at": JUST_NOW},
        {"line": "livekit", "room": "", "at": JUST_NOW},
        {"line": "livekit", "room": "r1", "at": LONG_AGO},
        {"line": "livekit", "room": "r1", "at": JUST_NOW, "records": 0},
    ],
)
async def test_any_other_call_is_ended_and_not_taken_again(kept: Store, tmp_path: Path, call: dict[str, Any]) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept, **call)
    abandoned(running)
    assert await lost_calls(kept, running, MovedClock()) == ()
    room = "" if call.get("records") == 0 else call["room"]  # where its caller has to be told
    assert await recover_calls(kept, running, MovedClock()) == (Recovered(call=CALL, outcome="line_lost", room=room),)


async def test_how_long_a_call_may_be_taken_again_is_a_setting(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    await begun(kept, line="livekit", at=LONG_AGO, room="r1")
    abandoned(running)
    assert len(await lost_calls(kept, running, MovedClock(), within_s=3600)) == 1
    assert await recover_calls(kept, running, MovedClock(), resume_within_s=3600) == ()


async def resumed_again(store: Store, kept: list[LogRecord], *events: CallEvent) -> None:
    records = [log.of_event(event) for event in events]
    await store.log.append(CALL, records, expected_seq=len(kept))
    kept += records


async def test_what_kills_a_call_every_time_does_not_go_on_for_ever(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    records = await begun(kept, line="livekit", at=JUST_NOW, room="r1")
    abandoned(running)
    await resumed_again(kept, records, *(CallResumed(at=JUST_NOW) for _ in range(RESUMED_AT_MOST)))
    assert await lost_calls(kept, running, MovedClock()) == ()
    await resumed_again(kept, records, CallerSpoke(text="hello", at=JUST_NOW))
    assert len(await lost_calls(kept, running, MovedClock())) == 1


async def test_one_of_several_processes_gets_a_lost_call(tmp_path: Path) -> None:
    running, other = RunningCalls(tmp_path), RunningCalls(tmp_path)
    abandoned(running)
    with running.claim(CALL) as ours, other.claim(CALL) as theirs:
        assert (ours, theirs) == (True, False)
        with other.gone(CALL) as gone:
            assert not gone
    assert running.marked() == ()
    with running.claim(CALL) as ours:
        assert not ours


async def test_a_claim_waits_for_somebody_who_only_looks(tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    abandoned(running)
    looking = RunningCalls(tmp_path).gone(CALL)
    assert looking.__enter__()
    asyncio.get_running_loop().call_soon(looking.__exit__, None, None, None)

    def claimed() -> bool:
        with running.claim(CALL) as ours:
            return ours

    assert await asyncio.to_thread(claimed)


async def test_a_call_that_dies_again_while_it_is_ours_is_left_for_the_next(tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    abandoned(running)
    with pytest.raises(KeyboardInterrupt), running.claim(CALL) as ours:
        assert ours
        raise KeyboardInterrupt
    with RunningCalls(tmp_path).claim(CALL) as again:
        assert again


# What its spool holds


async def test_what_is_in_the_spool_of_a_lost_call_is_in_its_log_before_it_is_ended(
    kept: Store, tmp_path: Path
) -> None:
    running = RunningCalls(tmp_path)
    records = await begun(kept)
    abandoned(running)
    spool = Spool(tmp_path, CALL)
    await spool.append(Batch(len(records), (log.of_note(AT, "waiting_line", {"text": "One moment."}),)))
    await spool.close()
    assert await recover_calls(kept, running, MovedClock()) == (Recovered(call=CALL, outcome="line_lost"),)
    found = await records_of(kept)
    assert [record.type for record in found[len(records) :]] == ["waiting_line", "call_ended", "exit"]
    assert (await replay_call(kept, CALL)).differences == ()


async def test_a_call_whose_spool_somebody_delivers_is_not_ended_meanwhile(kept: Store, tmp_path: Path) -> None:
    running = RunningCalls(tmp_path)
    records = await begun(kept)
    abandoned(running)
    spool = Spool(tmp_path, CALL)
    await spool.append(Batch(len(records), (log.of_note(AT, "waiting_line", {"text": "One moment."}),)))
    [told] = await recover_calls(kept, running, MovedClock())
    assert (told.outcome, "wait in a spool" in told.problem) == ("", True)
    assert (await kept.calls.get(CALL)).ended_at is None and running.marked() == (CALL,)
    await spool.close()
    assert await recover_calls(kept, running, MovedClock()) == (Recovered(call=CALL, outcome="line_lost"),)
