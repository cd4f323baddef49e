"""The audit trail: who changed, published, supervised or looked at what."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tollfree.calls.store.audit import AuditPage
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import everywhere, guarded, may
from tollfree.server.desk import Desk, TheDesk
from tollfree.server.paging import Cursor, Limit, Page, cursor_of, number_at

router = guarded("audit")

By = Annotated[
    str,
    Query(
        max_length=100, description="Only what this user, or this key, did: its id.", examples=["u_0f3a5c9e21b47d68"]
    ),
]
Action = Annotated[
    str, Query(max_length=100, description="Only this action, such as `publish_flow`.", examples=["publish_flow"])
]


class AuditFacts(BaseModel):
    """One thing that somebody did."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: int = Field(examples=[2041])
    at: datetime
    who: str = Field(examples=["ada@example.com"])
    """As they were called then."""
    who_id: str = Field(examples=["u_0f3a5c9e21b47d68"])
    """A user's id, or a key's."""
    project: str
    """Empty: what was done is no project's."""
    action: str = Field(examples=["publish_flow"])
    subject: str = Field(examples=["flow=support"])
    """What it was done to."""
    details: dict[str, JsonValue] = Field(examples=[{"version": 3, "note": "Asks for the order number first"}])


@router.get("/projects/{project}/audit", dependencies=[may(Role.ADMIN)])
async def list_project_audit(
    desk: TheDesk, project: str, by: By = "", action: Action = "", cursor: Cursor = "", limit: Limit = 50
) -> Page[AuditFacts]:
    """What was done in a project, newest first."""
    return await _page(desk, ProjectId(project), by, action, cursor, limit)


@router.get("/audit", dependencies=[everywhere()])
async def list_audit(
    desk: TheDesk, by: By = "", action: Action = "", cursor: Cursor = "", limit: Limit = 50
) -> Page[AuditFacts]:
    """What was done in all projects and in none, newest first."""
    return await _page(desk, None, by, action, cursor, limit)


async def _page(
    desk: Desk, project: ProjectId | None, by: str, action: str, cursor: str, limit: int
) -> Page[AuditFacts]:
    found: AuditPage = await desk.store.audit.list(
        project, who_id=by or None, action=action or None, before=number_at(cursor), limit=limit
    )
    items = tuple(
        AuditFacts(
            id=one.id,
            at=one.at,
            who=one.who,
            who_id=one.who_id,
            project=one.project,
            action=one.action,
            subject=one.subject,
            details=dict(one.details),  # pyright: ignore[reportArgumentType]  # JSON by another name
        )
        for one in found.entries
    )
    return Page(items=items, next=cursor_of(found.older))
