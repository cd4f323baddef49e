"""Tools of a project: JSON documents by name, as the project's editor writes them."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, digest_of_text, encode
from tollfree.calls.store.errors import StaleResource, UnknownResource
from tollfree.calls.store.projects import lock_project, require_project
from tollfree.calls.store.tables import tools
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Values

ABSENT = ""
"""What is expected of a tool that is not there yet."""


class Tools:
    """The tools of each project."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, project: ProjectId, name: str, document: Values, *, expected: str | None = None) -> None:
        """Adds a tool, or replaces the one of this name. `expected`: only where the stored document has this SHA-256;
        `ABSENT`: only where there is none. Raises `UnknownProject` or `StaleResource`."""
        row = {"project": project, "name": name, "document": encode(document), "saved_at": self._clock.now()}
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            if expected is not None:
                stored = await connection.scalar(
                    select(tools.c.document).where(tools.c.project == project, tools.c.name == name)
                )
                if expected != (digest_of_text(stored) if stored is not None else ABSENT):
                    current = decode(stored) if stored is not None else None
                    raise StaleResource(project, "tool", name, current)
            await connection.execute(delete(tools).where(tools.c.project == project, tools.c.name == name))
            await connection.execute(insert(tools), row)

    async def all(self, project: ProjectId) -> Mapping[str, Values]:
        """Every tool of a project, by name. Raises `UnknownProject`."""
        stored = select(tools.c.name, tools.c.document).where(tools.c.project == project).order_by(tools.c.name)
        async with self._database.reading() as connection:
            await require_project(connection, project)
            return {row.name: decode(row.document) for row in await connection.execute(stored)}

    async def get(self, project: ProjectId, name: str) -> Values:
        """One tool. Raises `UnknownProject` or `UnknownResource`."""
        stored = select(tools.c.document).where(tools.c.project == project, tools.c.name == name)
        async with self._database.reading() as connection:
            await require_project(connection, project)
            text = await connection.scalar(stored)
        if text is None:
            raise UnknownResource(project, "tool", name)
        return decode(text)

    async def delete(self, project: ProjectId, name: str) -> None:
        """Removes a tool. Published versions keep their copy. Raises `UnknownProject` or `UnknownResource`."""
        removed = delete(tools).where(tools.c.project == project, tools.c.name == name)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            if (await connection.execute(removed)).rowcount == 0:
                raise UnknownResource(project, "tool", name)
