"""Calls whose process died: an agent is sent into the same room at once, and goes on from the log."""

import asyncio
import logging
from dataclasses import dataclass

from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.errors import TollfreeError
from tollfree.worker.metadata import Dispatch
from tollfree.worker.rooms import occupants, remove, send_for
from tollfree.worker.taking import LostCall, TakesCalls

LOOK_S = 0.25
"""How often it is looked for calls whose process is gone: a folder listing."""
AGAIN_S = 5.0
"""Seconds until a call that nobody has taken up is sent for again."""
COMING_S = 30.0
"""Seconds that an agent who is in the room may take to go on with the call: on a busy machine a process starts slowly,
and must not be taken for the one that died."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    at: float
    """When an agent was last sent for, on the loop's clock."""
    dead: frozenset[str]
    """Agents that were in the room before."""


class Rescue:
    """Watches over the calls of this machine."""

    def __init__(self, livekit: LiveKitServer, name: str, takes: TakesCalls, *, again_s: float = AGAIN_S) -> None:
        """`name`: by which agents are asked for."""
        self._livekit = livekit
        self._name = name
        self._takes = takes
        self._again_s = again_s
        self._sent_for: dict[str, _Sent] = {}

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
        before = self._sent_for.get(lost.call, _Sent(-COMING_S, frozenset()))
        if now - before.at < self._again_s:
            return
        dispatch = Dispatch(project=lost.project, agent=lost.agent, resume=lost.call)
        try:
            here = await occupants(self._livekit, lost.room)
            if now - before.at < COMING_S and here.agents - before.dead:
                return
            self._sent_for[lost.call] = _Sent(now, before.dead | here.agents)
            await remove(self._livekit, lost.room, here.agents)
            if here.others:
                await send_for(self._livekit, self._name, lost.room, dispatch.text())
                _log.warning("a call's process is gone, another takes it up", extra={"call_id": lost.call})
        except PhoneError as error:
            self._sent_for[lost.call] = _Sent(now, before.dead)
            _log.warning("a call cannot be taken up yet: %s", error.message, extra={"call_id": lost.call})
