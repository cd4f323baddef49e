"""Drafts: the one copy of a flow that people edit, guarded so that nobody overwrites somebody else's work."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, encode
from tollfree.calls.store.errors import InvalidFlowName, StaleDraft, UnknownFlow
from tollfree.calls.store.projects import lock_project, require_project
from tollfree.calls.store.tables import drafts, flows
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Values

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""As the flow's own document may name it."""

NEW = 0
"""The expected revision of a flow that is not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A flow as it is being edited."""

    project: ProjectId
    flow: FlowId
    document: Values
    revision: int
    """Counts saves from 1. Who saves names the revision they changed."""
    saved_at: datetime
    saved_by: str


class Drafts:
    """The drafts of each project."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, project: ProjectId, flow: FlowId) -> Draft:
        """The draft as it is now. Raises `UnknownProject` or `UnknownFlow`."""
        async with self._database.reading() as connection:
            draft = await _draft(connection, project, flow)
            if draft is None:
                await require_project(connection, project)
                raise UnknownFlow(project, flow)
            return draft

    async def save(
        self, project: ProjectId, flow: FlowId, document: Values, *, expected_revision: int, by: str = ""
    ) -> Draft:
        """Stores the document if the draft is still at `expected_revision`; `NEW` begins a flow.

        Raises `StaleDraft`, which carries what is stored, when it is not; `UnknownProject`; `UnknownFlow` when
        a revision is expected of a flow that is not there; and `InvalidFlowName`.
        """
        if not _NAME.fullmatch(flow):
            raise InvalidFlowName(flow)
        text = encode(document)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            stored = await _draft(connection, project, flow)
            if stored is None and expected_revision != NEW:
                raise UnknownFlow(project, flow)
            if stored is not None and stored.revision != expected_revision:
                raise StaleDraft(
                    project,
                    flow,
                    expected_revision,
                    stored.revision,
                    stored.document,
                    stored.saved_at,
                    stored.saved_by,
                )
            saved = Draft(
                project=project,
                flow=flow,
                document=document,
                revision=expected_revision + 1,
                saved_at=self._clock.now(),
                saved_by=by,
            )
            await _write(connection, saved, text)
            return saved


async def _draft(connection: AsyncConnection, project: ProjectId, flow: FlowId) -> Draft | None:
    stored = select(drafts.c.document, drafts.c.revision, drafts.c.saved_at, drafts.c.saved_by).where(
        drafts.c.project == project, drafts.c.flow == flow
    )
    row = (await connection.execute(stored)).one_or_none()
    if row is None:
        return None
    return Draft(
        project=project,
        flow=flow,
        document=decode(row.document),
        revision=row.revision,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
    )


async def _write(connection: AsyncConnection, draft: Draft, text: str) -> None:
    values = {"revision": draft.revision, "document": text, "saved_at": draft.saved_at, "saved_by": draft.saved_by}
    if draft.revision > 1:
        mine = (drafts.c.project == draft.project, drafts.c.flow == draft.flow)
        await connection.execute(update(drafts).where(*mine).values(**values))
        return
    await connection.execute(
        insert(flows), {"project": draft.project, "name": draft.flow, "created_at": draft.saved_at}
    )
    await connection.execute(insert(drafts), {"project": draft.project, "flow": draft.flow, **values})
