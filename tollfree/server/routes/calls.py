"""Calls: listed, found, looked at, exported, and made."""

from typing import Annotated, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from tollfree.calls.recordings_of import recorded_parts
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.protocol.values import Values
from tollfree.server.access import guarded, may
from tollfree.server.call_costs import cost_of
from tollfree.server.call_files import EXAMPLE, csv_of, json_of
from tollfree.server.call_filters import WantedCalls
from tollfree.server.call_views import (
    call_facts,
    detail_of,
    event_facts,
)
from tollfree.server.desk import Desk, SeesPersonal, TheDesk, Who, audit
from tollfree.server.models.calls import (
    CallDetail,
    CallExport,
    CallFacts,
    EventFacts,
    IdempotencyKey,
    NewCall,
    StartedCall,
)
from tollfree.server.paging import Cursor, Limit, Page, cursor_of, number_at, text_at
from tollfree.server.starting import start
from tollfree.wiring.call_story import Story, call_of, story_of, unnamed

router = guarded("calls")

LOOK = may(Role.VIEWER, looked_at="call", by=Role.SUPERVISOR)


@router.get("/projects/{project}/calls", dependencies=[may(Role.VIEWER)])
async def list_calls(
    desk: TheDesk, sees: SeesPersonal, wanted: WantedCalls, cursor: Cursor = "", limit: Limit = 50
) -> Page[CallFacts]:
    """Calls, newest first. With `text`, those in which all its words were said; what tells personal values is found by
    supervisors only."""
    before = text_at(cursor)
    page = await desk.store.calls.found(wanted.only, before=CallId(before) if before else None, limit=limit)
    items = tuple(call_facts(one if sees else unnamed(one)) for one in page.calls)
    return Page(items=items, next=cursor_of(page.older))


@router.get(
    "/projects/{project}/calls/export",
    dependencies=[may(Role.VIEWER, looked_at="calls", by=Role.SUPERVISOR)],
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {
                "text/csv": {"example": EXAMPLE},
                "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/CallFacts"}}},
            },
            "description": "The file.",
        }
    },
)
async def export_calls(
    desk: TheDesk,
    sees: SeesPersonal,
    wanted: WantedCalls,
    format: Annotated[Literal["csv", "json"], Query(description="Of the file.")] = "csv",
) -> StreamingResponse:
    """The calls that match, as a file: newest first, 50,000 at most."""
    lines = (csv_of if format == "csv" else json_of)(desk.store.calls, wanted.only, personal=sees)
    media = "text/csv; charset=utf-8" if format == "csv" else "application/json"
    return StreamingResponse(
        lines, media_type=media, headers={"Content-Disposition": f'attachment; filename="calls.{format}"'}
    )


@router.post("/projects/{project}/calls", dependencies=[may(Role.SUPERVISOR)], status_code=201)
async def start_call(
    request: Request,
    desk: TheDesk,
    who: Who,
    project: str,
    given: NewCall,
    idempotency_key: Annotated[IdempotencyKey | None, Header()] = None,
) -> StartedCall:
    """Make a call: from the browser of whoever asks, or to a telephone. With an `Idempotency-Key`, the same request
    sent again makes no second call, and gets the same answer; of a telephone, the answer comes when it was picked
    up."""
    audit(request, kind=given.kind, agent=given.agent, to=given.to)
    wanted = ProjectId(project)
    if idempotency_key is None:
        return await start(desk, wanted, given)

    async def work() -> Values:
        return (await start(desk, wanted, given)).model_dump(mode="json")

    answer = await desk.store.idempotent.once(wanted, who.id, idempotency_key, given.model_dump(mode="json"), work)
    return StartedCall.model_validate(answer)


@router.get("/projects/{project}/calls/{call}", dependencies=[LOOK])
async def show_call(request: Request, desk: TheDesk, sees: SeesPersonal, project: str, call: str) -> CallDetail:
    """A call with what was said, what came of each node, what was cited, how long the caller waited, and its cost.
    Personal values are ••• for those who may not see them; where they are shown, the look is written down."""
    story = await _story(desk, project, call, sees)
    usage = await desk.store.usage.of_call(story.call.id)
    parts = recorded_parts(desk.office.settings.home, story.call, story.entries)
    return detail_of(story, parts, await cost_of(desk, story, usage))


@router.get("/projects/{project}/calls/{call}/events", dependencies=[LOOK])
async def list_call_events(
    desk: TheDesk, sees: SeesPersonal, project: str, call: str, cursor: Cursor = "", limit: Limit = 50
) -> Page[EventFacts]:
    """A call's log, record by record."""
    start = number_at(cursor) or 0
    if sees:
        found = await call_of(desk.store, ProjectId(project), CallId(call))
        entries = await desk.store.log.read(found.id, start=start, limit=limit + 1)
    else:  # what is personal in a record is told by those before and after it
        story = await _story(desk, project, call, sees)
        entries = story.entries[start : start + limit + 1]
    items = tuple(event_facts(one) for one in entries[:limit])
    return Page(items=items, next=cursor_of(items[-1].seq + 1) if len(entries) > limit else None)


@router.get("/projects/{project}/calls/{call}/export", dependencies=[LOOK])
async def export_call(response: Response, desk: TheDesk, sees: SeesPersonal, project: str, call: str) -> CallExport:
    """A call with its whole log, as a file."""
    story = await _story(desk, project, call, sees)
    response.headers["Content-Disposition"] = f'attachment; filename="call-{story.call.id}.json"'
    return CallExport(call=call_facts(story.call), events=tuple(event_facts(one) for one in story.entries))


async def _story(desk: Desk, project: str, call: str, sees: bool) -> Story:
    found = await call_of(desk.store, ProjectId(project), CallId(call))
    return await story_of(desk.store, desk.flows, found, personal=sees)
