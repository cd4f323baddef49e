"""One call in a process of its own."""

import asyncio
import logging
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
from livekit.agents import AutoSubscribe, JobContext, JobProcess

from tollfree.calls.errors import CallError
from tollfree.calls.lines.livekit import LiveKitMedia, RoomCaller, freeze_heap
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.sip_caller import sip_caller
from tollfree.calls.playout import Playout
from tollfree.calls.store.errors import CallClosed
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.announcing import announce
from tollfree.worker.giving_way import GivingWay
from tollfree.worker.log_lines import marked
from tollfree.worker.metadata import Dispatch, read_dispatch
from tollfree.worker.notices import Notice, Notices
from tollfree.worker.places import ReadyMarks
from tollfree.worker.relief import is_agent
from tollfree.worker.rooms import close_room
from tollfree.worker.taking import Desk, TakenCall, TakesCalls

KILLED = 137
"""How a process ends that is killed, to a shell."""
_DESK = "desk"

_log = logging.getLogger(__name__)


class NotInService(TollfreeError):
    """Nobody answers the number that was called."""

    code = "not_in_service"


@dataclass(frozen=True, slots=True)
class CallJob:
    """What a process does: get ready, then take one call. Pickled into each."""

    desk: Desk
    livekit: LiveKitServer
    settings: WorkerSettings
    marks: Path
    """Where processes that are ready are marked: a folder named after the worker's process id."""
    notices: Path

    def get_ready(self, process: JobProcess) -> None:
        """Load everything, before any call. Raises `TollfreeError`, which the worker is told of."""
        marks = ReadyMarks(self.marks)
        try:
            with GivingWay(self.marks).loading():
                self.desk.warm()
                Notices(self.notices).make(self.desk.render)
        except TollfreeError as error:
            marks.tell_failure(error.message)
            raise
        process.userdata[_DESK] = self.desk
        freeze_heap()
        marks.mark()

    async def take(self, context: JobContext) -> None:
        """Take the call. Whatever happens the caller is not left in silence, and the room is closed."""
        desk: Desk = context.proc.userdata[_DESK]
        connect = partial(context.connect, auto_subscribe=AutoSubscribe.SUBSCRIBE_NONE)
        media = LiveKitMedia(context.room, connect, grace_s=self.settings.grace_s)
        room, why = context.job.room.name, "the call is over"
        close = True
        try:
            why = await self._unless_killed(self._serve(desk, media, room, context.job.metadata))
        except CallClosed as error:
            # Sent for twice, and the other one has the call, in whose room we are not: or it ended as its process did.
            _log.info("call not gone on with: %s", error.message, extra={"room": marked(room)})
            others = media.room.remote_participants.values()
            why, close = error.message, media.room.isconnected() and not any(is_agent(one) for one in others)
        except TollfreeError as error:
            _log.error("call not taken: %s", error.message, extra={"room": marked(room), "code": error.code})
            why = error.message
            await self._apologise(media, error)
        except Exception as error:  # noqa: BLE001 - the process's door: it is recorded, and the caller is told
            _log.exception("call broken off", extra={"room": marked(room)})
            why = f"{type(error).__name__}: {error}"
            await self._apologise(media, error)
        finally:
            await media.close()
            if close and not media.lost:
                await close_room(self.livekit, room)
            context.shutdown(why)

    async def _unless_killed(self, serving: Coroutine[None, None, str]) -> str:
        """The call, which is not ended when the worker was killed: its log stays as it is, and whoever starts a worker
        again soon goes on with it."""
        task = asyncio.ensure_future(serving)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if _is_gone(int(self.marks.name)):
                os._exit(KILLED)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise

    async def _serve(self, desk: Desk, media: LiveKitMedia, room: str, metadata: str) -> str:
        dispatch = read_dispatch(metadata)
        async with AsyncExitStack() as opened:
            if dispatch.resume:  # claimed before anything else, so that nobody sends another meanwhile
                takes = await opened.enter_async_context(desk.open(self.livekit))
                opened.enter_context(takes.claimed(CallId(dispatch.resume)))
                await media.join()
            else:
                takes, _ = await asyncio.gather(opened.enter_async_context(desk.open(self.livekit)), media.join())
            caller = await media.caller(self.settings.caller_wait_s)
            call = await _who_answers(takes, dispatch, room, caller)
            _log.info("taking a call", extra={"room": marked(room), "project": call.project, "agent": call.agent})
            return await takes.take(call, media)

    async def _apologise(self, media: LiveKitMedia, error: Exception) -> None:
        notice = Notice.NOT_IN_SERVICE if isinstance(error, NotInService) else Notice.TROUBLE
        playout = Playout()
        try:
            async with asyncio.timeout(15):
                await media.start(playout)
                await announce(media, playout, Notices(self.notices).sound(notice))
        except (CallError, TimeoutError):
            _log.info("the caller could not be told", extra={"room": marked(media.room.name)})


def _is_gone(worker: int) -> bool:
    """Whether a process has ended, even if nobody has asked how."""
    try:
        return psutil.Process(worker).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def _who_answers(takes: TakesCalls, dispatch: Dispatch, room: str, caller: RoomCaller) -> TakenCall:
    """The project and agent: as the dispatch says, else by the number that was called."""
    # Attributes are the caller's own to set: only of a telephone are they LiveKit's word.
    phone = sip_caller(caller.attributes) if caller.kind == "phone" else None
    number = phone.caller if phone is not None else dispatch.caller
    called = phone.called if phone is not None else ""
    resume = CallId(dispatch.resume) if dispatch.resume else None
    project, agent = dispatch.project, dispatch.agent
    if not project:
        if not called:
            raise NotInService("The dispatch names no project, and the caller does not come by telephone.")
        answers = await takes.answering(called)
        if answers is None:
            raise NotInService("No project answers the number that was called: see `tollfree number list`.")
        project, agent = answers.project, answers.agent
    return TakenCall(
        project=ProjectId(project),
        agent=agent,
        room=room,
        caller=number,
        called=called,
        flow=dispatch.flow if dispatch.draft else "",
        draft=dispatch.draft,
        resume=resume,
    )
