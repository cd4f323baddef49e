"""Who is sent into the room of a call whose process died, and who is left alone there."""

import asyncio
from contextlib import suppress

import pytest

from tests.fakes.livekit import livekit_fixture  # noqa: F401 - gives `livekit`
from tests.fakes.room_person import Person
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.ids import CallId
from tollfree.worker.rescue import Rescue
from tollfree.worker.rooms import occupants
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


async def test_the_dead_agent_is_removed_and_a_slow_new_one_is_not(livekit: LiveKitServer):
    takes = NeverTakenUp("slow")
    async with (
        Person(livekit, "slow"),
        Person(livekit, "slow", "agent-dead", kind="agent", microphone=False) as dead,
    ):
        rescue = asyncio.ensure_future(Rescue(livekit, "nobody", takes, again_s=0.5).run())  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(10):
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
