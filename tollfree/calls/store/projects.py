"""Projects: the isolation boundary."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, digest_of_text, encode
from tollfree.calls.store.errors import InvalidName, ProjectExists, StaleSettings, UnknownProject
from tollfree.calls.store.tables import projects
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Values

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_COLUMNS = (projects.c.id, projects.c.name, projects.c.settings, projects.c.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One customer."""

    id: ProjectId
    name: str
    """As people call it; free text."""
    settings: Values
    """The project's settings document: language, region, currency, allowed hosts, …"""
    created_at: datetime


class Projects:
    """All projects of this store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def new(self, project: ProjectId, *, name: str = "", settings: Values | None = None) -> Project:
        """Begins a project. Raises `InvalidName` or `ProjectExists`."""
        if not _NAME.fullmatch(project):
            raise InvalidName(project)
        made = Project(id=project, name=name or project, settings=settings or {}, created_at=self._clock.now())
        row = {"id": made.id, "name": made.name, "settings": encode(made.settings), "created_at": made.created_at}
        async with self._database.writing() as connection:
            try:
                await connection.execute(insert(projects), row)
            except IntegrityError as error:
                raise ProjectExists(project) from error
        return made

    async def list(self) -> tuple[Project, ...]:
        """All of them, by id."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(*_COLUMNS).order_by(projects.c.id))
            return tuple(_project(*row) for row in rows)

    async def get(self, project: ProjectId) -> Project:
        """One of them. Raises `UnknownProject`."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(projects.c.id == project))).one_or_none()
        if row is None:
            raise UnknownProject(project)
        return _project(*row)

    async def settings(self, project: ProjectId) -> tuple[Values, str]:
        """The settings document, and the SHA-256 by which `save_settings` knows it. Raises `UnknownProject`."""
        async with self._database.reading() as connection:
            text = await connection.scalar(select(projects.c.settings).where(projects.c.id == project))
        if text is None:
            raise UnknownProject(project)
        return decode(text), digest_of_text(text)

    async def save_settings(
        self, project: ProjectId, settings: Values, *, expected: str | None = None, name: str | None = None
    ) -> str:
        """Replaces the settings document, and the name where one is given; returns the document's SHA-256.
        `expected`: only where the stored document still has this one.

        Raises `UnknownProject`, or `StaleSettings`, which carries what is stored.
        """
        text = encode(settings)
        values = {"settings": text} if name is None else {"settings": text, "name": name}
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            if expected is not None:
                stored = await connection.scalar(select(projects.c.settings).where(projects.c.id == project))
                assert stored is not None  # the project is locked
                if digest_of_text(stored) != expected:
                    raise StaleSettings(project, decode(stored))
            await connection.execute(update(projects).where(projects.c.id == project).values(**values))
        return digest_of_text(text)

    async def delete(self, project: ProjectId) -> None:
        """Removes the project with its flows, versions, resources, secrets, calls and their logs, and nothing else.

        Raises `UnknownProject`.
        """
        async with self._database.writing() as connection:
            if (await connection.execute(delete(projects).where(projects.c.id == project))).rowcount == 0:
                raise UnknownProject(project)


async def lock_project(connection: AsyncConnection, project: ProjectId) -> None:
    """Keeps everybody else from changing this project until the transaction ends; calls go on. On SQLite the
    writing transaction itself does. Raises `UnknownProject`."""
    locked = select(projects.c.id).where(projects.c.id == project).with_for_update(key_share=True)
    if (await connection.execute(locked)).one_or_none() is None:
        raise UnknownProject(project)


async def require_project(connection: AsyncConnection, project: ProjectId) -> None:
    """Raises `UnknownProject`."""
    if (await connection.execute(select(projects.c.id).where(projects.c.id == project))).one_or_none() is None:
        raise UnknownProject(project)


def _project(project: str, name: str, settings: str, created_at: datetime) -> Project:
    return Project(id=ProjectId(project), name=name, settings=decode(settings), created_at=created_at)
