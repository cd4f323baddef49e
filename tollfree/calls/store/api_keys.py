"""Keys by which programs come in: each belongs to one project, and only its hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, insert, select, update

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import UnknownResource
from tollfree.calls.store.projects import require_project
from tollfree.calls.store.tables import api_keys
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role

USED_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a key was last used, so that reading with one hardly ever writes."""

_COLUMNS = tuple(column for column in api_keys.c if column.name != "key_sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of a key."""

    id: str
    project: ProjectId
    name: str
    """What it is for; free text."""
    role: Role
    created_at: datetime
    created_by: str
    until: datetime | None
    """When it stops working; None: never."""
    used_at: datetime | None
    """When it was last used, to five minutes; None: never."""


class ApiKeys:
    """The keys of all projects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, project: ProjectId, *, key_sha256: str, name: str, role: Role, created_by: str, until: datetime | None
    ) -> ApiKey:
        """Raises `UnknownProject`."""
        made = ApiKey(
            id="k_" + secrets.token_hex(8),
            project=project,
            name=name,
            role=role,
            created_at=self._clock.now(),
            created_by=created_by,
            until=until,
            used_at=None,
        )
        row = {
            "id": made.id,
            "key_sha256": key_sha256,
            "project": project,
            "name": name,
            "role": role.value,
            "created_at": made.created_at,
            "created_by": created_by,
            "until": until,
            "used_at": None,
        }
        async with self._database.writing() as connection:
            await require_project(connection, project)
            await connection.execute(insert(api_keys), row)
        return made

    async def used(self, key_sha256: str) -> ApiKey | None:
        """The key, if it works now; that it was used is kept."""
        now = self._clock.now()
        wanted = select(*_COLUMNS).where(api_keys.c.key_sha256 == key_sha256)
        row = next(iter(await self._database.rows(wanted)), None)
        if row is None:
            return None
        found = _key(row)
        if found.until is not None and found.until <= now:
            return None
        if found.used_at is None or now - found.used_at >= USED_EVERY:
            async with self._database.writing() as connection:
                await connection.execute(update(api_keys).where(api_keys.c.id == found.id).values(used_at=now))
        return found

    async def list(self, project: ProjectId) -> tuple[ApiKey, ...]:
        """A project's, the newest first."""
        wanted = select(*_COLUMNS).where(api_keys.c.project == project)
        newest = wanted.order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        async with self._database.reading() as connection:
            return tuple(_key(row) for row in await connection.execute(newest))

    async def remove(self, project: ProjectId, key: str) -> None:
        """It stops working at once. Raises `UnknownResource`."""
        mine = (api_keys.c.project == project) & (api_keys.c.id == key)
        async with self._database.writing() as connection:
            if (await connection.execute(delete(api_keys).where(mine))).rowcount == 0:
                raise UnknownResource(project, "key", key)


def _key(row: Row[*tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        id=row.id,
        project=ProjectId(row.project),
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        created_by=row.created_by,
        until=row.until,
        used_at=row.used_at,
    )
