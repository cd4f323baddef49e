"""Drafts as they were when somebody called them: kept beside the versions, with numbers below zero, so that a trial
call reads, replays and resumes like any other. Nothing ever publishes one."""

from datetime import timedelta

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import digest_of_text, encode
from tollfree.calls.store.flows import require_flow
from tollfree.calls.store.projects import lock_project
from tollfree.calls.store.tables import calls, versions
from tollfree.calls.store.versions import VersionInfo, info_of
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Values

KEPT_ONCE = timedelta(minutes=30)
"""For so long a draft that did not change is not kept again."""
UNCALLED = timedelta(hours=1)
"""After so long, one that no call was made on goes: whoever was let in, the last time too, has called by then."""


class FrozenDrafts:
    """Those of all flows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def freeze(
        self, project: ProjectId, flow: FlowId, bundle: Values, *, classifier: bytes, by: str = ""
    ) -> VersionInfo:
        """Keeps what a trial call will run on; a bundle that was kept just now is not kept twice. Those that nobody
        called go. Raises `UnknownProject` or `UnknownFlow`."""
        text = encode(bundle)
        sha256 = digest_of_text(text)
        mine = (versions.c.project == project, versions.c.flow == flow, versions.c.number < 0)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            await require_flow(connection, project, flow)
            await self._forget_uncalled(connection, project, flow)
            now = self._clock.now()
            same = versions.c.sha256 == sha256, versions.c.created_at > now - KEPT_ONCE
            number = await connection.scalar(select(func.min(versions.c.number)).where(*mine, *same))
            if number is not None:
                return await info_of(connection, project, flow, number)
            number = (await connection.scalar(select(func.min(versions.c.number)).where(*mine)) or 0) - 1
            row = {
                "project": project,
                "flow": flow,
                "number": number,
                "bundle": text,
                "classifier": classifier,
                "sha256": sha256,
                "note": "",
                "created_at": now,
                "created_by": by,
            }
            await connection.execute(insert(versions), row)
            return await info_of(connection, project, flow, number)

    async def _forget_uncalled(self, connection: AsyncConnection, project: ProjectId, flow: FlowId) -> None:
        called = exists().where(
            calls.c.project == versions.c.project,
            calls.c.flow == versions.c.flow,
            calls.c.version == versions.c.number,
        )
        await connection.execute(
            delete(versions).where(
                versions.c.project == project,
                versions.c.flow == flow,
                versions.c.number < 0,
                versions.c.created_at < self._clock.now() - UNCALLED,
                ~called,
            )
        )
