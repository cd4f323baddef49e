"""The worker, from the caller's side: taken, kept waiting, drained, rescued."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.fakes.patience import PATIENCE_S
from tests.fakes.room_person import RATE, Person, loudest_hz
from tests.worker.conftest import running_worker
from tests.worker.stand_in import GREETING_HZ, NOTICE_HZ, RESUMED_HZ
from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.errors import NoServerProgram
from tollfree.worker.livekit_server import livekit_server, server_program
from tollfree.worker.metadata import Dispatch
from tollfree.worker.rooms import HALL, PARTING, send_for

pytestmark = pytest.mark.livekit

SHOP = '{"project": "shop"}'


def calling(livekit: LiveKitServer, home: Path, room: str, metadata: str = SHOP, **more: object) -> Person:
    """A caller whose room asks for this test's worker."""
    return Person(livekit, room, agent=home.name, metadata=metadata, **more)


def pitch(caller: Person, who: str, last: bool = False) -> float:
    """The pitch of the first loud half second (or the last) that was heard of somebody."""
    heard = caller.heard[who]
    loud = np.flatnonzero(heard.loud())
    frames = loud[-20:] if last else loud[:20]
    return loudest_hz(np.concatenate([heard.frames[place][1] for place in frames]), RATE)


async def test_a_call_is_taken_in_a_process_of_its_own_and_the_room_is_closed_after_it(
    livekit: LiveKitServer, tmp_path: Path
):
    async with running_worker(livekit, tmp_path) as worker:
        async with calling(livekit, tmp_path, "taken") as caller:
            agent = await caller.hears(loud_ms=900)
            assert abs(pitch(caller, agent) - GREETING_HZ) < 30
            assert worker.calls()[0]["pid"] not in (worker.process.pid, os.getpid())
            await caller.presses("#")
            async with asyncio.timeout(PATIENCE_S):
                await caller.gone.wait()


async def test_a_caller_who_tries_a_draft_gets_that_draft(livekit: LiveKitServer, tmp_path: Path):
    metadata = Dispatch(project="shop", agent="night", flow="support", draft=-3).text()
    async with running_worker(livekit, tmp_path) as worker:
        async with calling(livekit, tmp_path, "tried", metadata=metadata) as caller:
            await caller.hears(loud_ms=300)
            taken = worker.calls()[0]
            assert (taken["agent"], taken["flow"], taken["draft"]) == ("night", "support", -3)
            await caller.presses("#")
            async with asyncio.timeout(PATIENCE_S):
                await caller.gone.wait()


async def test_the_number_that_was_called_says_who_answers(livekit: LiveKitServer, tmp_path: Path):
    numbers = {"numbers": [["+12125550100", "shop"]]}
    attributes = {"sip.trunkPhoneNumber": "+12125550100", "sip.phoneNumber": "+12125550177", "sip.callID": "x"}
    room = "call-_+12125550177_xyz"  # as LiveKit's dispatch rules name them
    async with running_worker(livekit, tmp_path, desk=numbers) as worker:
        async with calling(livekit, tmp_path, room, metadata="", kind="sip", attributes=attributes) as caller:
            await caller.hears(loud_ms=300)
            assert worker.calls()[0]["caller"] == "+12125550177"
            await caller.presses("#")
            async with asyncio.timeout(PATIENCE_S):
                await caller.gone.wait()
        assert "taking a call" in worker.log()
        assert "12125550177" not in worker.log()


async def test_a_browser_that_says_it_is_a_telephone_is_none(livekit: LiveKitServer, tmp_path: Path):
    numbers = {"numbers": [["+12125550100", "shop"]]}
    attributes = {"sip.trunkPhoneNumber": "+12125550100", "sip.phoneNumber": "+12125550177", "sip.callID": "x"}
    async with running_worker(livekit, tmp_path, desk=numbers) as worker:
        async with calling(livekit, tmp_path, "no-phone", metadata="", attributes=attributes) as caller:
            async with asyncio.timeout(PATIENCE_S):
                await caller.gone.wait()
        assert worker.calls() == []
        assert "does not come by telephone" in worker.log()


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ('{"project": "nowhere"}', "There is no project nowhere"),
        ("", "names no project"),
        ("rubbish", "metadata is not what a call needs"),
    ],
)
async def test_a_call_that_nobody_can_take_is_told_so_and_hung_up(
    livekit: LiveKitServer, tmp_path: Path, metadata: str, why: str
):
    async with running_worker(livekit, tmp_path) as worker:
        async with calling(livekit, tmp_path, f"refused-{len(metadata)}", metadata=metadata) as caller:
            agent = await caller.hears(loud_ms=500)
            assert abs(pitch(caller, agent) - NOTICE_HZ) < 30
            async with asyncio.timeout(PATIENCE_S):
                await caller.gone.wait()
        assert why in worker.log()


async def test_one_caller_too_many_is_greeted_waits_and_is_served_when_a_place_is_free(
    livekit: LiveKitServer, tmp_path: Path
):
    async with running_worker(livekit, tmp_path, max_calls=1, queue_word_s=1) as worker:
        async with calling(livekit, tmp_path, "first") as first:
            await first.hears(loud_ms=300)
            async with calling(livekit, tmp_path, "second") as second:
                assert await second.hears(loud_ms=1200) == HALL
                assert abs(pitch(second, HALL) - NOTICE_HZ) < 30
                assert len(worker.calls()) == 1
                await first.presses("#")
                agent = await second.hears(who=await agent_of(second), loud_ms=900)
                assert abs(pitch(second, agent) - GREETING_HZ) < 30
        assert len(worker.calls()) == 2


async def test_a_caller_who_waits_too_long_is_asked_to_call_later(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path, max_calls=1, queue_word_s=1, queue_s=2) as worker:
        async with calling(livekit, tmp_path, "busy-first") as first:
            await first.hears(loud_ms=300)
            async with calling(livekit, tmp_path, "busy-second") as second:
                await second.hears(who=HALL, loud_ms=500)
                async with asyncio.timeout(PATIENCE_S):
                    await second.gone.wait()
            assert "outcome=busy" in worker.log()


async def test_callers_who_come_at_the_same_moment_are_all_heard_of(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path, max_calls=3, queue_word_s=1):
        rooms = [calling(livekit, tmp_path, f"rush-{place}") for place in range(4)]
        async with rooms[0], rooms[1], rooms[2], rooms[3]:
            await asyncio.gather(*(caller.hears(loud_ms=200) for caller in rooms))


async def test_sigterm_lets_a_call_finish_and_takes_no_more(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path) as worker, calling(livekit, tmp_path, "drained") as caller:
        await caller.hears(loud_ms=300)
        worker.process.send_signal(signal.SIGTERM)
        await caller.listens(1.0)
        assert worker.process.returncode is None
        await caller.presses("5")
        await caller.hears(loud_ms=1200)
        await caller.presses("#")
        assert await worker.ended() == 0


async def test_a_call_whose_process_is_killed_while_calls_finish_goes_on_in_another(
    livekit: LiveKitServer, tmp_path: Path
):
    async with running_worker(livekit, tmp_path) as worker, calling(livekit, tmp_path, "drained-killed") as caller:
        dead = await caller.hears(loud_ms=300)
        worker.process.send_signal(signal.SIGTERM)
        await worker.logs("taking no more calls")
        os.kill(worker.calls()[0]["pid"], signal.SIGKILL)
        rescuer = await caller.hears(who=await agent_of(caller, besides=dead), loud_ms=900)
        assert abs(pitch(caller, rescuer) - RESUMED_HZ) < 30
        await caller.presses("#")
        assert await worker.ended() == 0


async def test_whoever_waits_or_comes_as_a_worker_stops_is_told_so_and_hung_up(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path, max_calls=1) as worker:
        async with calling(livekit, tmp_path, "stays") as first, calling(livekit, tmp_path, "waits") as second:
            await first.hears(loud_ms=300)
            await second.hears(who=HALL, loud_ms=500)
            worker.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                await second.gone.wait()
            assert second.heard[HALL].loud().sum() * 10 > 1000
            async with calling(livekit, tmp_path, "comes late") as third:
                assert await third.hears(loud_ms=500) == PARTING
                async with asyncio.timeout(PATIENCE_S):
                    await third.gone.wait()
            await first.presses("5")
            await first.hears(loud_ms=1200)
            await first.presses("#")
            assert await worker.ended() == 0
        assert "outcome=closing" in worker.log()


async def test_whoever_waits_as_a_worker_stops_is_served_by_another(livekit: LiveKitServer, tmp_path: Path):
    (other := tmp_path / "other").mkdir()
    async with running_worker(livekit, tmp_path, max_calls=1) as worker, calling(livekit, tmp_path, "kept") as first:
        await first.hears(loud_ms=300)
        async with calling(livekit, tmp_path, "moves") as second:
            await second.hears(who=HALL, loud_ms=500)
            async with running_worker(livekit, other, name=tmp_path.name) as new:
                worker.process.send_signal(signal.SIGTERM)
                agent = await second.hears(who=await agent_of(second), loud_ms=900)
                assert abs(pitch(second, agent) - GREETING_HZ) < 30
                assert len(new.calls()) == 1
                await first.presses("#")
                assert await worker.ended() == 0
                assert not second.gone.is_set()


async def test_a_second_sigterm_ends_at_once_and_leaves_no_process(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path) as worker, calling(livekit, tmp_path, "ended") as caller:
        await caller.hears(loud_ms=300)
        children = psutil.Process(worker.process.pid).children(recursive=True)
        assert children
        worker.process.send_signal(signal.SIGTERM)
        await worker.logs("taking no more calls")
        worker.process.send_signal(signal.SIGTERM)
        await worker.ended()
        assert not await left(children)


async def test_a_worker_that_is_killed_leaves_no_process(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path) as worker, calling(livekit, tmp_path, "killed") as caller:
        await caller.hears(loud_ms=300)
        children = psutil.Process(worker.process.pid).children(recursive=True)
        worker.process.kill()
        await worker.ended()
        assert not await left(children)


async def test_a_call_whose_process_is_killed_goes_on_in_another(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path) as worker, calling(livekit, tmp_path, "rescued") as caller:
        dead = await caller.hears(loud_ms=300)
        os.kill(worker.calls()[0]["pid"], signal.SIGKILL)
        rescuer = await caller.hears(who=await agent_of(caller, besides=dead), loud_ms=900)
        assert abs(pitch(caller, rescuer) - RESUMED_HZ) < 30
        assert dead not in caller.room.remote_participants
        assert [call["resumed"] for call in worker.calls()] == [True]
        await caller.presses("#")
        async with asyncio.timeout(PATIENCE_S):
            await caller.gone.wait()


async def test_a_caller_whose_call_died_before_it_began_is_told_and_hung_up(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path) as worker:
        async with calling(livekit, tmp_path, "dying", metadata='{"project": "dying"}') as caller:
            assert await caller.hears(loud_ms=500) == PARTING
            assert abs(pitch(caller, PARTING) - NOTICE_HZ) < 30
            async with asyncio.timeout(PATIENCE_S):
                await caller.gone.wait()
        await worker.logs("outcome=told")


async def test_a_call_that_is_sent_for_though_it_runs_is_left_alone(livekit: LiveKitServer, tmp_path: Path):
    async with running_worker(livekit, tmp_path) as worker, calling(livekit, tmp_path, "sent twice") as caller:
        await caller.hears(loud_ms=300)
        (running,) = (tmp_path / "running").iterdir()
        await send_for(livekit, tmp_path.name, "sent twice", Dispatch(resume=running.name).text())
        await worker.logs("call not gone on with")
        await caller.listens(1.0)
        await caller.presses("5")
        await caller.hears(loud_ms=1200)
        assert not caller.gone.is_set()


async def test_after_the_server_was_away_calls_come_again_and_the_one_that_was_cut_off_has_ended(tmp_path: Path):
    folder, cache = tmp_path / "livekit", Settings().cache
    try:
        server_program(LiveKitSettings(), cache)
    except NoServerProgram as missing:
        pytest.skip(missing.message)
    async with AsyncExitStack() as later:
        async with livekit_server(LiveKitSettings(url="", port=0), home=folder, cache=cache) as server:
            port = int(server.url.rpartition(":")[2])
            worker = await later.enter_async_context(running_worker(server, tmp_path, desk={"greeting_s": 0.5}))
            before = await later.enter_async_context(calling(server, tmp_path, "before"))
            await before.hears(loud_ms=300)
        async with livekit_server(LiveKitSettings(url="", port=port), home=folder, cache=cache) as again:
            assert again.url == server.url
            await worker.logs("registered worker", times=2)
            async with calling(again, tmp_path, "after") as after:
                await after.hears(loud_ms=300)
            assert len(worker.calls()) == 2


async def agent_of(caller: Person, besides: str = HALL, seconds: float = PATIENCE_S) -> str:
    """The agent that serves a caller, once it has come: not the hall's, nor one that is gone."""
    async with asyncio.timeout(seconds):
        while True:
            for identity in caller.heard:
                if identity not in (HALL, besides):
                    return identity
            await caller.listens(0.05)


async def left(processes: list[psutil.Process], seconds: float = PATIENCE_S) -> list[psutil.Process]:
    """Those that are still there after a while."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, seconds)
    return [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]
