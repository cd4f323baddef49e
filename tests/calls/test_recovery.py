"""A call whose process is gone is ended where its log stops, by whoever comes next, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.calls.test_publishing import MAIN, SHOP, flow, project
from tests.fakes.call import MovedClock
from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import FACTS
from tollfree.calls import log
from tollfree.calls.bundle import load_bundle
from tollfree.calls.publishing import publish
from tollfree.calls.recovery import Recovered, recover_calls
from tollfree.calls.replay import replay_call
from tollfree.calls.running import RunningCalls
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.flows.engine import START, step
from tollfree.protocol.events import CallStarted
from tollfree.protocol.ids import CallId

CALL = CallId("c1")
AT = "2026-11-22T09:05:01.000-05:00"


async def begun(store: Store, *, records: int | None = None) -> None:
    """A call that has begun and goes no further; `records`: so many of its log were kept."""
    await project(store, made=flow())
    await publish(store, SHOP, MAIN, HashingEmbedder())
    version = await store.versions.published(SHOP, MAIN)
    clock = MovedClock()
    await store.calls.begin(
        Call(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="text", started_at=clock.now())
    )
    event = CallStarted(facts=FACTS, at=AT)
    taken = step(load_bundle(version.bundle), START, event)
    kept = [
        log.of_event(event),
        *map(log.of_token, taken.tokens),
        *(log.of_effect(AT, effect) for effect in taken.effects),
    ]
    if records != 0:
        await store.log.append(CALL, kept, expected_seq=0)


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
