"""Secrets of a project as they lie in the database: sealed. `tollfree.calls.secrets` seals and opens them."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import UnknownResource
from tollfree.calls.store.projects import lock_project, require_project
from tollfree.calls.store.tables import secrets
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId


class SealedSecrets:
    """The sealed secrets of each project."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, project: ProjectId, name: str, sealed: bytes) -> None:
        """Adds a secret, or replaces the one of this name. Raises `UnknownProject`."""
        row = {"project": project, "name": name, "sealed": sealed, "saved_at": self._clock.now()}
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            await connection.execute(delete(secrets).where(secrets.c.project == project, secrets.c.name == name))
            await connection.execute(insert(secrets), row)

    async def all(self, project: ProjectId) -> Mapping[str, bytes]:
        """Every secret of a project, by name. Raises `UnknownProject`."""
        stored = select(secrets.c.name, secrets.c.sealed).where(secrets.c.project == project).order_by(secrets.c.name)
        async with self._database.reading() as connection:
            await require_project(connection, project)
            return {row.name: bytes(row.sealed) for row in await connection.execute(stored)}

    async def delete(self, project: ProjectId, name: str) -> None:
        """Removes a secret. Raises `UnknownProject` or `UnknownResource`."""
        removed = delete(secrets).where(secrets.c.project == project, secrets.c.name == name)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            if (await connection.execute(removed)).rowcount == 0:
                raise UnknownResource(project, "secret", name)
