"""Projects: the isolation boundary."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, encode
from tollfree.calls.store.errors import InvalidName, ProjectExists, UnknownProject
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

    async def save_settings(self, project: ProjectId, settings: Values) -> None:
        """Replaces the settings document. Raises `UnknownProject`."""
        changed = update(projects).where(projects.c.id == project).values(settings=encode(settings))
        async with self._database.writing() as connection:
            if (await connection.execute(changed)).rowcount == 0:
                raise UnknownProject(project)

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
