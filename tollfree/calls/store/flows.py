"""Flows of a project: which there are, and where each stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import FlowInUse, UnknownFlow
from tollfree.calls.store.projects import lock_project, require_project
from tollfree.calls.store.tables import calls, drafts, flows, publications, versions
from tollfree.protocol.ids import CallId, FlowId, ProjectId


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
    made_at: datetime | None
    """When that version was made."""

    @property
    def changed(self) -> bool:
        """Whether its draft was saved after the version that new calls use was made."""
        return self.made_at is None or self.saved_at > self.made_at


class Flows:
    """The flows of each project. A flow begins with its first saved draft, see `Drafts.save`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, project: ProjectId) -> tuple[Flow, ...]:
        """All flows of a project, by name. Raises `UnknownProject`."""
        rows = await self._database.rows(_flows_of(project).order_by(flows.c.name))
        if not rows:
            async with self._database.reading() as connection:
                await require_project(connection, project)
        return tuple(_flow(*row) for row in rows)

    async def get(self, project: ProjectId, flow: FlowId) -> Flow:
        """One flow. Raises `UnknownProject` or `UnknownFlow`."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_flows_of(project).where(flows.c.name == flow))).one_or_none()
            if row is None:
                await require_project(connection, project)
                raise UnknownFlow(project, flow)
        return _flow(*row)

    async def delete(self, project: ProjectId, flow: FlowId) -> tuple[CallId, ...]:
        """Removes a flow with its draft, its versions and the trials of its drafts, whose ids are returned. Raises
        `UnknownProject`, `UnknownFlow`, or `FlowInUse` when customers' calls were made on it, whose logs could not be
        read without it, or a trial goes on."""
        mine = (flows.c.project == project, flows.c.name == flow)
        on_it = (calls.c.project == project, calls.c.flow == flow)
        called = select(calls.c.id).where(*on_it, calls.c.version > 0).limit(1)
        tried = select(calls.c.id, calls.c.ended_at).where(*on_it, calls.c.version < 0)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            await require_flow(connection, project, flow)
            if await connection.scalar(called) is not None:
                raise FlowInUse(flow, "calls were made on it, and their logs cannot be read without it.")
            trials = (await connection.execute(tried)).all()
            if any(one.ended_at is None for one in trials):
                raise FlowInUse(flow, "a trial of its draft goes on. Delete the flow when it is over.")
            await connection.execute(delete(flows).where(*mine))
        return tuple(CallId(one.id) for one in trials)


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
    made_at = (
        select(versions.c.created_at)
        .where(versions.c.project == flows.c.project, versions.c.flow == flows.c.name, versions.c.number == published)
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
            made_at,
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
    made_at: datetime | None,
) -> Flow:
    return Flow(
        project=ProjectId(project),
        name=FlowId(name),
        created_at=created_at,
        revision=revision,
        saved_at=saved_at,
        saved_by=saved_by,
        published=published,
        made_at=made_at,
    )
