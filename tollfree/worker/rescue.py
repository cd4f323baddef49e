"""Calls whose process died: an agent is sent into the same room at once, and goes on from the log. Where nobody can,
the caller is told so and hung up."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tollfree.calls.phone.errors import LiveKitAway, PhoneError
from tollfree.calls.phone.server import LiveKitServer
from tollfree.protocol.errors import TollfreeError
from tollfree.worker.log_lines import marked
from tollfree.worker.metadata import Dispatch
from tollfree.worker.notices import Notice
from tollfree.worker.parting import Parting
from tollfree.worker.rooms import occupants, remove, send_for
from tollfree.worker.taking import LostCall, TakesCalls

LOOK_S = 0.25
"""How often it is looked for calls whose process is gone: a folder listing."""
AGAIN_S = 5.0
"""Seconds until a call that nobody has taken up is sent for again."""
COMING_S = 30.0
"""Seconds that an agent who is in the room may take to go on with the call: on a busy machine a process starts slowly,
and must not be taken for the one that died."""
LEFT_S = 2.0
"""Seconds after the process of a call has ended in which its room is closed, or its call is found to be lost; after
that a caller who is still there has been forgotten."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    at: float
    """When an agent was last sent for, on the loop's clock."""
    dead: frozenset[str]
    """Agents that were in the room before."""


@dataclass(frozen=True, slots=True)
class _Left:
    at: float
    """When the process of a room's call was first missed, on the loop's clock."""
    agent: str
    """Its identity there."""


@dataclass(frozen=True, slots=True)
class _Unclear:
    at: float
    """When to look again, on the loop's clock."""
    agent: str | None
    """As `Rescue._told` has it."""


class Rescue:
    """Watches over the calls of this machine."""

    def __init__(
        self,
        livekit: LiveKitServer,
        name: str,
        takes: TakesCalls,
        parting: Parting,
        agents: Callable[[], Mapping[str, str]] = dict,
        *,
        again_s: float = AGAIN_S,
    ) -> None:
        """`name`: by which agents are asked for; `agents`: rooms that have a process of this worker's now, with its
        identity there."""
        self._livekit = livekit
        self._name = name
        self._takes = takes
        self._parting = parting
        self._agents = agents
        self._again_s = again_s
        self._sent_for: dict[str, _Sent] = {}
        self._served: Mapping[str, str] = {}
        self._left: dict[str, _Left] = {}
        self._unclear: dict[str, _Unclear] = {}
        """Rooms of which it cannot be told yet whether a caller is alone there. No worker waits for them to stop."""
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Watch, for as long as this lasts."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_S)
        finally:
            for task in (telling := tuple(self._telling.values())):
                task.cancel()
            await asyncio.gather(*telling, return_exceptions=True)

    async def look(self) -> bool:
        """Look once. Whether there is any call to look after, or it cannot be known."""
        async with self._looking:
            try:
                found = await self._takes.lost()
            except TollfreeError as error:
                _log.warning("calls cannot be looked after now: %s", error.message, extra={"code": error.code})
                return True
            for lost in found:
                if lost.over:
                    self._tell(lost.room, None)
                else:
                    await self._send(lost)
            self._look_at_rooms({lost.room for lost in found})
            self._look_again()
            return bool(found or self._left or self._telling)

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

    def _look_at_rooms(self, lost: set[str]) -> None:
        """Find rooms that a process of ours has left as it died, before its call had begun for one."""
        now = asyncio.get_running_loop().time()
        served = self._agents()
        for room, agent in self._served.items():
            if room not in served:
                self._left[room] = _Left(now, agent)
        self._served = dict(served)
        for room, left in tuple(self._left.items()):
            if room in served or room in lost:
                del self._left[room]
            elif now - left.at >= LEFT_S:
                del self._left[room]
                self._tell(room, left.agent)

    def _look_again(self) -> None:
        now = asyncio.get_running_loop().time()
        for room, unclear in tuple(self._unclear.items()):
            if now >= unclear.at:
                del self._unclear[room]
                self._tell(room, unclear.agent)

    def _tell(self, room: str, agent: str | None) -> None:
        if room not in self._telling:
            task = asyncio.get_running_loop().create_task(self._told(room, agent))
            self._telling[room] = task
            task.add_done_callback(lambda _: self._telling.pop(room, None))

    async def _told(self, room: str, agent: str | None) -> None:
        """Tell the caller that nobody will serve them, unless somebody does. `agent`: who is dead; None: whoever is
        there, as nobody may take the call up."""
        alone = await self._left_alone(room, agent)
        if alone is None:
            self._unclear[room] = _Unclear(asyncio.get_running_loop().time() + self._again_s, agent)
        elif alone:
            _log.warning("a caller was left by a process that is gone", extra={"room": marked(room)})
            await self._parting.tell(room, Notice.TROUBLE)

    async def _left_alone(self, room: str, agent: str | None) -> bool | None:
        """Whether there is a caller whom nobody serves; None: it is too early to tell. A person they talk to may be
        one that the process which died had connected, and is listed for a while yet."""
        try:
            here = await occupants(self._livekit, room)
            dead = here.agents if agent is None else here.agents & {agent}
            if not here.others or here.agents - dead or room in self._agents():
                return False
            if here.company:
                return None
            await remove(self._livekit, room, dead)
        except LiveKitAway as error:
            _log.warning("a caller cannot be looked after yet: %s", error.message, extra={"room": marked(room)})
            return None
        except PhoneError as error:  # a room that is gone has no caller
            _log.info("nobody to be told: %s", error.message, extra={"room": marked(room)})
            return False
        return True
