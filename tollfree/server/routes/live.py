"""Calls as they go on, by server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, SeesPersonal, TheDesk
from tollfree.server.live.rechecked import Rechecked
from tollfree.server.live.stream import call_stream, project_stream
from tollfree.server.models.live import LiveCalls
from tollfree.wiring.call_story import call_of

router = guarded("live")

EVENTS: dict[int | str, dict[str, object]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "Events `calls`, `call_began`, `call_changed`, `entry`, `call_ended` and `reset`, each with "
        "JSON as its data: see the schema `LiveEvents`, which has each by its name. Comments when nothing happens.",
    }
}
LastEvent = Annotated[str, Header(alias="Last-Event-ID", max_length=64, examples=["12"])]


@router.get("/projects/{project}/live/calls", dependencies=[may(Role.VIEWER)])
async def list_live_calls(desk: TheDesk, sees: SeesPersonal, project: str) -> LiveCalls:
    """The calls that run now, and how each stands: the same as the event `calls`."""
    with desk.feed.watching(ProjectId(project), personal=sees):
        await desk.feed.ready()
        return desk.feed.snapshot(ProjectId(project), personal=sees)


@router.get(
    "/projects/{project}/live",
    dependencies=[may(Role.VIEWER, looked_at="live calls", by=Role.SUPERVISOR)],
    response_class=StreamingResponse,
    responses=EVENTS,
)
async def watch_calls(
    request: Request, desk: TheDesk, sees: SeesPersonal, project: str, last_event_id: LastEvent = ""
) -> StreamingResponse:
    """All running calls of a project: first the event `calls` with all of them, then what happens. Whoever comes back
    with `Last-Event-ID` is sent what they missed; where that is not known any more, `reset` and `calls`."""
    still = Rechecked(request, desk, ProjectId(project), personal=sees)
    return _events(project_stream(desk, ProjectId(project), personal=sees, last=last_event_id, still=still))


@router.get(
    "/projects/{project}/calls/{call}/live",
    dependencies=[may(Role.VIEWER, looked_at="live call", by=Role.SUPERVISOR)],
    response_class=StreamingResponse,
    responses=EVENTS | {204: {"description": "The call is over, and everything was seen."}},
)
async def watch_call(
    request: Request,
    desk: TheDesk,
    sees: SeesPersonal,
    project: str,
    call: str,
    after: Annotated[int, Query(ge=-1, lt=2**62, description="Only what comes after this place of the log.")] = -1,
    last_event_id: LastEvent = "",
) -> Response:
    """One call until it ends: every record of its log as an `entry`, whose id is its place, and `call_changed`."""
    found = await call_of(desk.store, ProjectId(project), CallId(call))
    start = (int(last_event_id) if _is_place(last_event_id) else after) + 1
    if found.ended_at is not None and _is_place(last_event_id) and not await _has_more(desk, found.id, start):
        return Response(status_code=204)  # a browser comes back no more
    still = Rechecked(request, desk, ProjectId(project), personal=sees)
    return _events(call_stream(desk, found, personal=sees, start=start, still=still))


async def _has_more(desk: Desk, call: CallId, start: int) -> bool:
    try:
        return bool(await desk.store.log.read(call, start=start, limit=1))
    except TollfreeError:
        return False


def _is_place(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 18


def _events(told: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
