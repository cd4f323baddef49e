"""Recordings of calls."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from tollfree.calls.peaks import peaks_of
from tollfree.calls.recordings_of import recorded_parts
from tollfree.calls.store.calls import Call
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, TheDesk
from tollfree.server.errors import NoRecording
from tollfree.server.models.calls import Peaks
from tollfree.server.ranges import file_answer
from tollfree.wiring.call_story import call_of

router = guarded("audio")

MEDIA_TYPES = {".opus": "audio/ogg", ".wav": "audio/wav"}
Part = Annotated[int, Query(ge=0, le=1000, description="Which part, from 0: see a call's `recordings`.")]
_turn = asyncio.Semaphore(1)
"""One outline is made at a time: it takes a core."""


@router.get(
    "/projects/{project}/calls/{call}/audio",
    dependencies=[may(Role.SUPERVISOR, looked_at="recording")],
    response_class=Response,
    responses={
        200: {"content": {"audio/ogg": {}, "audio/wav": {}}, "description": "The recording: caller left, agent right."},
        206: {"content": {"audio/ogg": {}, "audio/wav": {}}, "description": "The part that `Range` asks for."},
    },
)
async def play_call(request: Request, desk: TheDesk, project: str, call: str, part: Part = 0) -> Response:
    """A call's recording, whole or a range of it. Each time is written to the audit trail."""
    file, _ = await _recording(desk, project, call, part)
    return await _sent(request, file, call)


@router.head("/projects/{project}/calls/{call}/audio", dependencies=[may(Role.SUPERVISOR)], include_in_schema=False)
async def head_of_recording(request: Request, desk: TheDesk, project: str, call: str, part: Part = 0) -> Response:
    """How long it is, in bytes."""
    file, _ = await _recording(desk, project, call, part)
    return await _sent(request, file, call)


@router.get("/projects/{project}/calls/{call}/audio/peaks", dependencies=[may(Role.SUPERVISOR)])
async def show_peaks(
    desk: TheDesk,
    project: str,
    call: str,
    part: Part = 0,
    buckets: Annotated[int, Query(ge=1, le=5000, description="Steps of the outline, at most.")] = 800,
) -> Peaks:
    """The outline of a recording, to be drawn."""
    file, found = await _recording(desk, project, call, part)
    async with _turn:
        try:
            peaks = await asyncio.to_thread(peaks_of, file, keep=found.ended_at is not None)
        except OSError as error:
            raise NoRecording(call) from error
    columns = peaks.fitted(buckets).T.tolist()
    return Peaks(
        seconds=peaks.seconds,
        caller_min=columns[0],
        caller_max=columns[1],
        agent_min=columns[2],
        agent_max=columns[3],
    )


async def _recording(desk: Desk, project: str, call: str, part: int) -> tuple[Path, Call]:
    """A recording's file, and its call. Raises `UnknownCall` or `NoRecording`."""
    found = await call_of(desk.store, ProjectId(project), CallId(call))
    entries = [entry async for entry in desk.store.log.stream(found.id)]
    parts = recorded_parts(desk.office.settings.home, found, entries)
    file = parts[part].file if part < len(parts) else None
    if file is None:
        raise NoRecording(call)
    return file, found


async def _sent(request: Request, file: Path, call: str) -> Response:
    try:
        return await file_answer(request, file, MEDIA_TYPES[file.suffix])
    except OSError as error:
        raise NoRecording(call) from error
