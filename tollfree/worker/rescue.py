"""Calls whose process died: an agent is sent into the same room at once, and goes on from the log."""

import asyncio
import logging

from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.errors import TollfreeError
from tollfree.worker.metadata import Dispatch
from tollfree.worker.rooms import clear_agents, send_for
from tollfree.worker.taking import LostCall, TakesCalls

LOOK_S = 0.25
"""How often it is looked for calls whose process is gone: a folder listing."""
AGAIN_S = 5.0
"""Seconds until a call that nobody has taken up is sent for again."""

_log = logging.getLogger(__name__)


class Rescue:
    """Watches over the calls of this machine."""

    def __init__(self, livekit: LiveKitServer, name: str, takes: TakesCalls) -> None:
        """`name`: by which agents are asked for."""
        self._livekit = livekit
        self._name = name
        self._takes = takes
        self._sent_for: dict[str, float] = {}

    async def run(self) -> None:
        """Watch, for as long as this lasts."""
        while True:
            try:
                for lost in await self._takes.lost():
                    await self._send(lost)
            except TollfreeError as error:
                _log.warning("calls cannot be looked after now: %s", error.message, extra={"code": error.code})
            await asyncio.sleep(LOOK_S)

    async def _send(self, lost: LostCall) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._sent_for.get(lost.call, -AGAIN_S) < AGAIN_S:
            return
        self._sent_for[lost.call] = now
        dispatch = Dispatch(project=lost.project, agent=lost.agent, resume=lost.call)
        try:
            if await clear_agents(self._livekit, lost.room):
                await send_for(self._livekit, self._name, lost.room, dispatch.text())
                _log.warning("a call's process is gone, another takes it up", extra={"call_id": lost.call})
        except PhoneError as error:
            _log.warning("a call cannot be taken up yet: %s", error.message, extra={"call_id": lost.call})
