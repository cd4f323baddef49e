"""Who is sent into the room of a call whose process died, and who is left alone there."""

import asyncio
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.fakes.patience import PATIENCE_S
from tests.fakes.room_person import Person, loudest_hz
from tests.worker.stand_in import NOTICE_HZ, tone
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.ids import CallId
from tollfree.worker.notices import Notices
from tollfree.worker.parting import Parting
from tollfree.worker.rescue import Rescue
from tollfree.worker.rooms import PARTING, occupants
from tollfree.worker.taking import LostCall

pytestmark = pytest.mark.livekit


class NeverTakenUp:
    """An installation with one lost call; who is sent for takes long to get ready."""

    def __init__(self, room: str) -> None:
        self._room = room
        self.asked = 0

    async def lost(self) -> tuple[LostCall, ...]:
        self.asked += 1
        return (LostCall(call=CallId("0" * 26), room=self._room, project="shop", agent="main"),)


async def test_the_dead_agent_is_removed_and_a_slow_new_one_is_not(livekit: LiveKitServer, tmp_path: Path):
    takes = NeverTakenUp("slow")
    async with (
        Person(livekit, "slow"),
        Person(livekit, "slow", "agent-dead", kind="agent", microphone=False) as dead,
    ):
        parting = Parting(livekit, Notices(tmp_path))
        rescue = asyncio.ensure_future(Rescue(livekit, "nobody", takes, parting, again_s=0.5).run())  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(PATIENCE_S):
                await dead.gone.wait()
            async with Person(livekit, "slow", "agent-new", kind="agent", microphone=False) as new:
                with suppress(TimeoutError):
                    async with asyncio.timeout(3):
                        await new.gone.wait()
                assert takes.asked > 3
                assert (await occupants(livekit, "slow")).agents == {"agent-new"}
        finally:
            rescue.cancel()
            await asyncio.gather(rescue, return_exceptions=True)


class Over:
    """An installation with one call that nobody may take up, told once."""

    def __init__(self, room: str) -> None:
        self._lost = [LostCall(call=CallId("0" * 26), room=room, project="", agent="", over=True)]

    async def lost(self) -> tuple[LostCall, ...]:
        lost, self._lost = self._lost, []
        return tuple(lost)


def rescue_of(livekit: LiveKitServer, takes: object, home: Path, *, again_s: float = 5.0) -> Rescue:
    notices = Notices(home)
    notices.make(lambda _: tone(NOTICE_HZ, 0.6))
    return Rescue(livekit, "nobody", takes, Parting(livekit, notices), again_s=again_s)  # type: ignore[arg-type]


async def settled(rescue: Rescue) -> None:
    """Look until there is nothing to look after."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if not await rescue.look():
                return
            await asyncio.sleep(0.01)


async def test_a_caller_whose_call_nobody_may_take_up_is_told_and_hung_up(livekit: LiveKitServer, tmp_path: Path):
    async with (
        Person(livekit, "over") as caller,
        Person(livekit, "over", "agent-dead", kind="agent", microphone=False),
    ):
        await settled(rescue_of(livekit, Over("over"), tmp_path))
        async with asyncio.timeout(PATIENCE_S):
            await caller.gone.wait()
    heard = caller.heard[PARTING]
    loud = np.flatnonzero(heard.loud())[:20]
    assert abs(loudest_hz(np.concatenate([heard.frames[place][1] for place in loud])) - NOTICE_HZ) < 30


async def test_a_caller_who_talks_with_a_person_is_left_alone_until_that_person_has_gone(
    livekit: LiveKitServer, tmp_path: Path
):
    async with Person(livekit, "talking") as caller:
        rescue = rescue_of(livekit, Over("talking"), tmp_path, again_s=0.2)
        async with Person(livekit, "talking", "ann", attributes={"tollfree.role": "person"}):
            await settled(rescue)
            await caller.listens(0.5)
            assert not caller.gone.is_set()
            assert PARTING not in caller.heard
        running = asyncio.ensure_future(rescue.run())
        await asyncio.wait_for(caller.gone.wait(), PATIENCE_S)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert PARTING in caller.heard


async def test_a_room_that_is_gone_has_nobody_to_be_told(livekit: LiveKitServer, tmp_path: Path):
    await settled(rescue_of(livekit, Over("no such room"), tmp_path))
