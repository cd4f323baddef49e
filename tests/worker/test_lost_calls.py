"""What the installation tells the worker of its lost calls."""

from pathlib import Path

from tests.calls.test_recovery import CALL, JUST_NOW, LONG_AGO, abandoned, begun
from tests.fakes.call import MovedClock
from tests.fakes.livekit_api import FakeLiveKit
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.running import RunningCalls
from tollfree.protocol.ids import CallId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.worker.office_desk import OfficeCalls
from tollfree.worker.taking import LostCall


async def test_a_call_that_nobody_may_take_again_is_ended_at_once_and_told_once(tmp_path: Path):
    async with FakeLiveKit() as livekit, await Office.open(Settings(home=tmp_path), MovedClock()) as office:
        calls = OfficeCalls(office, None, livekit.server, PhoneSettings())
        assert await calls.lost() == ()
        await begun(office.store, line="livekit", at=LONG_AGO, room="r1")
        abandoned(RunningCalls(tmp_path))
        assert await calls.lost() == (LostCall(call=CALL, room="r1", project="", agent="", over=True),)
        assert (await office.store.calls.get(CALL)).outcome == "line_lost"
        assert await calls.lost() == ()


async def test_a_call_that_may_be_taken_again_is_told_each_time_and_is_this_machines(tmp_path: Path):
    async with FakeLiveKit() as livekit, await Office.open(Settings(home=tmp_path), MovedClock()) as office:
        calls = OfficeCalls(office, None, livekit.server, PhoneSettings())
        await begun(office.store, line="livekit", at=JUST_NOW, room="r1")
        abandoned(RunningCalls(tmp_path))
        lost = (LostCall(call=CALL, room="r1", project="shop", agent="main"),)
        assert (await calls.lost(), await calls.lost()) == (lost, lost)
        assert calls.here(CALL) and not calls.here(CallId("another machine's"))
