"""Where a project wants to be told what happens in it."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import digest
from tollfree.calls.store.errors import StaleResource, UnknownResource
from tollfree.calls.store.projects import require_project
from tollfree.calls.store.tables import webhooks
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Values

_COLUMNS = tuple(column for column in webhooks.c if column.name != "sealed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One of them."""

    id: str
    project: ProjectId
    url: str
    events: tuple[str, ...]
    """What it wants to know, such as `call.ended`."""
    enabled: bool
    created_at: datetime
    created_by: str

    @property
    def changeable(self) -> Values:
        """What can be changed of it."""
        return {"url": self.url, "events": self.events, "enabled": self.enabled}

    @property
    def sha256(self) -> str:
        """Of what can be changed of it: by this `change` knows it."""
        return digest(self.changeable)


def new_webhook_id() -> str:
    """An id; its secret is sealed together with it."""
    return "wh_" + secrets.token_hex(8)


class Webhooks:
    """Those of all projects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, id: str, project: ProjectId, *, url: str, events: Sequence[str], sealed: bytes, created_by: str
    ) -> Webhook:
        """`sealed`: its secret. Raises `UnknownProject`."""
        made = Webhook(
            id=id,
            project=project,
            url=url,
            events=tuple(events),
            enabled=True,
            created_at=self._clock.now(),
            created_by=created_by,
        )
        row = {
            "id": id,
            "project": project,
            "url": url,
            "events": json.dumps(made.events),
            "sealed": sealed,
            "enabled": True,
            "created_at": made.created_at,
            "created_by": created_by,
        }
        async with self._database.writing() as connection:
            await require_project(connection, project)
            await connection.execute(insert(webhooks), row)
        return made

    async def list(self, project: ProjectId) -> tuple[Webhook, ...]:
        """A project's, the oldest first."""
        mine = select(*_COLUMNS).where(webhooks.c.project == project).order_by(webhooks.c.created_at, webhooks.c.id)
        async with self._database.reading() as connection:
            return tuple(_webhook(row) for row in await connection.execute(mine))

    async def get(self, project: ProjectId, webhook: str) -> Webhook:
        """One of a project's. Raises `UnknownResource`."""
        mine = (webhooks.c.project == project) & (webhooks.c.id == webhook)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(mine))).one_or_none()
        if row is None:
            raise UnknownResource(project, "webhook", webhook)
        return _webhook(row)

    async def target(self, webhook: str) -> tuple[Webhook, bytes] | None:
        """Where its messages go, and its sealed secret; None: it is gone."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(webhooks).where(webhooks.c.id == webhook))).one_or_none()
        return None if row is None else (_webhook(row), row.sealed)

    async def change(
        self,
        project: ProjectId,
        webhook: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        enabled: bool | None = None,
        expected: str | None = None,
    ) -> Webhook:
        """While it is not enabled nothing is sent to it, and what happens is not kept for it. `expected`: only where it
        still has this SHA-256. Raises `UnknownResource` or `StaleResource`."""
        mine = (webhooks.c.project == project) & (webhooks.c.id == webhook)
        async with self._database.writing() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(mine).with_for_update())).one_or_none()
            if row is None:
                raise UnknownResource(project, "webhook", webhook)
            before = _webhook(row)
            if expected is not None and before.sha256 != expected:
                raise StaleResource(project, "webhook", webhook, before.changeable)
            after = replace(
                before,
                url=before.url if url is None else url,
                events=before.events if events is None else tuple(events),
                enabled=before.enabled if enabled is None else enabled,
            )
            values = {"url": after.url, "events": json.dumps(after.events), "enabled": after.enabled}
            await connection.execute(update(webhooks).where(mine).values(**values))
        return after

    async def remove(self, project: ProjectId, webhook: str) -> None:
        """It goes with what was to be delivered. Raises `UnknownResource`."""
        mine = (webhooks.c.project == project) & (webhooks.c.id == webhook)
        async with self._database.writing() as connection:
            if (await connection.execute(delete(webhooks).where(mine))).rowcount == 0:
                raise UnknownResource(project, "webhook", webhook)


def _webhook(row: Row[*tuple[object, ...]]) -> Webhook:
    return Webhook(
        id=row.id,
        project=ProjectId(row.project),
        url=row.url,
        events=tuple(json.loads(row.events)),
        enabled=row.enabled,
        created_at=row.created_at,
        created_by=row.created_by,
    )
