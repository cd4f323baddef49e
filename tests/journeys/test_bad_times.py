"""What goes wrong around calls, with the real worker: the store, the server, the worker itself."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from livekit import rtc

from tests.fakes.room_person import Person
from tests.journeys.shop_line import VOICE, LiveCall, ShopLine, gone, shop_line, until
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.store.store import default_url
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.errors import NotStarted
from tollfree.worker.livekit_server import livekit_server
from tollfree.worker.process import worker_process
from tollfree.worker.rooms import HALL

pytestmark = [pytest.mark.livekit, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LOCKED_S = 10.0


async def agent_of(caller: Person) -> str:
    """Who serves a caller, and does not only keep them company."""

    def found() -> list[str]:
        agents = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        there = caller.room.remote_participants.values()
        return [one.identity for one in there if one.kind == agents and one.identity != HALL]

    await until(lambda: bool(found()), 60)
    return found()[0]


async def lock_the_store(line: ShopLine, live: LiveCall) -> None:
    """Another program writes, and does not stop, from the middle of the caller's first turn on."""
    await until(lambda: live.caller.turn == 0 and live.caller.speaks)
    with closing(sqlite3.connect(line.settings.home / "tollfree.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(LOCKED_S)
        other.execute("ROLLBACK")


async def test_a_store_that_is_locked_for_ten_seconds_is_not_noticed_by_the_caller(line: ShopLine):
    made = await line.make("hours-only", "am_michael", meddle=lock_the_store)
    assert made.as_typed, made.words()
    assert await line.replays(made.call.id) == ()
    assert max(made.live.caller.response_ms()) < 3000, made.told()


async def kill_the_worker(line: ShopLine, live: LiveCall) -> None:
    """In the middle of the order; somebody starts another."""
    await until(lambda: live.count("event:caller_spoke") >= 1)
    children = line.children()
    line.worker.kill()
    live.killed.append(("worker", asyncio.get_running_loop().time()))
    live.caller.cut_off(unheard=False)
    assert await asyncio.to_thread(gone, children) == []
    await line.restart()


async def test_a_worker_that_is_killed_and_started_again_goes_on_with_its_calls(line: ShopLine):
    made = await line.make("order-several-at-once", "bf_emma", meddle=kill_the_worker)
    assert made.as_typed, made.words()
    assert len(line.placed(made.call.id, "+16465550190")) == 1
    assert await line.replays(made.call.id) == ()


async def test_a_server_that_is_restarted_costs_a_call_a_pause_and_new_ones_are_taken(tmp_path: Path):
    settings = LiveKitSettings(url="", port=0)
    cache = Settings().cache
    others = set(psutil.Process().children())
    async with livekit_server(settings, home=tmp_path, cache=cache) as livekit:
        started = [one for one in psutil.Process().children() if one not in others and "server" in one.name()]
        port = int(livekit.url.rpartition(":")[2])
        async with shop_line(livekit, tmp_path) as line:
            async with line.person("before") as caller:
                await caller.hears(loud_ms=300)
                (server,) = started
                server.kill()
                assert await asyncio.to_thread(gone, [server]) == []
                again = LiveKitSettings(url="", port=port)
                async with livekit_server(again, home=tmp_path, cache=cache) as restarted:
                    assert restarted.url == livekit.url
                    logged = await line.ended("before")  # nobody says anything, and both sides go on
                    assert logged.call.outcome == "silent", logged.told()
                    assert logged.notes("reconnected"), logged.told()
                    async with line.person("after") as later:
                        await later.hears(loud_ms=500)
                    assert (await line.ended("after")).call.outcome == "caller_hung_up"


async def test_two_workers_share_calls_and_who_finds_both_full_is_told_so_and_then_served(
    livekit: LiveKitServer, tmp_path: Path
):
    async with shop_line(livekit, tmp_path, max_calls=1, queue_word_s=2) as line:
        second = WorkerSettings(name=line.name, max_calls=1, warm_processes=1, queue_word_s=2)
        environ = {"TOLLFREE_VOICE": VOICE, "TOLLFREE_DATABASE_URL": default_url(tmp_path)}
        async with (
            worker_process(livekit, second, home=tmp_path / "second", environ=environ),
            line.person("shared-1") as first,
        ):
            await first.hears(loud_ms=300)
            async with line.person("shared-2") as other:
                assert await other.hears(loud_ms=300) != HALL
                async with line.person("shared-3") as third:
                    assert await third.hears(loud_ms=300) == HALL
                    await other.room.disconnect()
                    await third.hears(who=await agent_of(third), loud_ms=500)
        # Whoever waited longest, and said nothing, may have been given up on a slow machine.
        assert (await line.ended("shared-1")).call.outcome in ("caller_hung_up", "silent")
        for room in ("shared-2", "shared-3"):
            assert (await line.ended(room)).call.outcome == "caller_hung_up"


async def test_a_worker_whose_key_the_server_does_not_know_says_so(livekit: LiveKitServer, tmp_path: Path):
    stranger = LiveKitServer(url=livekit.url, key=livekit.key, secret="not the server's secret, and long enough")
    with pytest.raises(NotStarted, match="401"):
        async with worker_process(stranger, WorkerSettings(start_s=5, warm_processes=1), home=tmp_path, environ={}):
            pass
