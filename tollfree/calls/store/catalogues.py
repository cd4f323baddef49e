"""Catalogues of a project: JSON or CSV text by name, as the project's owner supplied it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import digest_of_text
from tollfree.calls.store.errors import StaleResource, UnknownResource
from tollfree.calls.store.projects import lock_project, require_project
from tollfree.calls.store.tables import catalogues
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId

ABSENT = ""
"""What is expected of a catalogue that is not there yet."""
Format = Literal["csv", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueText:
    """A catalogue before it is read."""

    name: str
    format: Format
    text: str
    saved_at: datetime


class Catalogues:
    """The catalogues of each project."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(
        self, project: ProjectId, name: str, text: str, *, format: Format, expected: str | None = None
    ) -> CatalogueText:
        """Adds a catalogue, or replaces the one of this name. `expected`: only where the stored text has this SHA-256;
        `ABSENT`: only where there is none. Raises `UnknownProject` or `StaleResource`."""
        made = CatalogueText(name=name, format=format, text=text, saved_at=self._clock.now())
        row = {"project": project, "name": name, "format": format, "text": text, "saved_at": made.saved_at}
        mine = (catalogues.c.project == project, catalogues.c.name == name)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            if expected is not None:
                stored = await connection.scalar(select(catalogues.c.text).where(*mine))
                if expected != (digest_of_text(stored) if stored is not None else ABSENT):
                    current = {"name": name, "text": stored} if stored is not None else None
                    raise StaleResource(project, "catalogue", name, current)
            await connection.execute(delete(catalogues).where(*mine))
            await connection.execute(insert(catalogues), row)
        return made

    async def all(self, project: ProjectId) -> Mapping[str, CatalogueText]:
        """Every catalogue of a project, by name. Raises `UnknownProject`."""
        stored = (
            select(catalogues.c.name, catalogues.c.format, catalogues.c.text, catalogues.c.saved_at)
            .where(catalogues.c.project == project)
            .order_by(catalogues.c.name)
        )
        async with self._database.reading() as connection:
            await require_project(connection, project)
            return {
                row.name: CatalogueText(name=row.name, format=row.format, text=row.text, saved_at=row.saved_at)
                for row in await connection.execute(stored)
            }

    async def get(self, project: ProjectId, name: str) -> CatalogueText:
        """One catalogue. Raises `UnknownProject` or `UnknownResource`."""
        stored = select(catalogues.c.format, catalogues.c.text, catalogues.c.saved_at).where(
            catalogues.c.project == project, catalogues.c.name == name
        )
        async with self._database.reading() as connection:
            await require_project(connection, project)
            row = (await connection.execute(stored)).one_or_none()
        if row is None:
            raise UnknownResource(project, "catalogue", name)
        return CatalogueText(name=name, format=row.format, text=row.text, saved_at=row.saved_at)

    async def delete(self, project: ProjectId, name: str) -> None:
        """Removes a catalogue. Published versions keep their copy. Raises `UnknownProject` or `UnknownResource`."""
        removed = delete(catalogues).where(catalogues.c.project == project, catalogues.c.name == name)
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            if (await connection.execute(removed)).rowcount == 0:
                raise UnknownResource(project, "catalogue", name)
