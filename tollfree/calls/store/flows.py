"""Flows of a project: which there are, and where each stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import UnknownFlow
from tollfree.calls.store.projects import require_project
from tollfree.calls.store.tables import drafts, flows, publications
from tollfree.protocol.ids import FlowId, ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow, without its documents."""

    project: ProjectId
    name: FlowId
    created_at: datetime
    revision: int
    """Of its draft."""
    saved_at: datetime
    saved_by: str
    published: int | None
    """The version new calls use; None: none yet."""


class Flows:
    """The flows of each project. A flow begins with its first saved draft, see `Drafts.save`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, project: ProjectId) -> tuple[Flow, ...]:
        """All flows of a project, by name. Raises `UnknownProject`."""
        async with self._database.reading() as connection:
            await require_project(connection, project)
            rows = await connection.execute(_flows_of(project).order_by(flows.c.name))
            return tuple(_flow(*row) for row in rows)

    async def get(self, project: ProjectId, flow: FlowId) -> Flow:
        """One flow. Raises `UnknownProject` or `UnknownFlow`."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_flows_of(project).where(flows.c.name == flow))).one_or_none()
            if row is None:
                await require_project(connection, project)
                raise UnknownFlow(project, flow)
        return _flow(*row)


async def require_flow(connection: AsyncConnection, project: ProjectId, flow: FlowId) -> None:
    """Raises `UnknownProject` or `UnknownFlow`."""
    found = select(flows.c.name).where(flows.c.project == project, flows.c.name == flow)
    if (await connection.execute(found)).one_or_none() is None:
        await require_project(connection, project)
        raise UnknownFlow(project, flow)


def _flows_of(project: ProjectId) -> Select[*tuple[object, ...]]:
    published = (
        select(publications.c.version)
        .where(publications.c.project == flows.c.project, publications.c.flow == flows.c.name)
        .order_by(publications.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            flows.c.project,
            flows.c.name,
            flows.c.created_at,
            drafts.c.revision,
            drafts.c.saved_at,
            drafts.c.saved_by,
            published,
        )
        .join(drafts, (drafts.c.project == flows.c.project) & (drafts.c.flow == flows.c.name))
        .where(flows.c.project == project)
    )


def _flow(
    project: str,
    name: str,
    created_at: datetime,
    revision: int,
    saved_at: datetime,
    saved_by: str,
    published: int | None,
) -> Flow:
    return Flow(
        project=ProjectId(project),
        name=FlowId(name),
        created_at=created_at,
        revision=revision,
        saved_at=saved_at,
        saved_by=saved_by,
        published=published,
    )
