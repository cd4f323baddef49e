"""Versions: immutable, numbered copies of a flow, and which of them new calls use."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, digest_of_text, encode
from tollfree.calls.store.errors import UnknownVersion
from tollfree.calls.store.flows import require_flow
from tollfree.calls.store.outbox import announce
from tollfree.calls.store.projects import lock_project
from tollfree.calls.store.tables import publications, versions
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.values import Values

_LISTED = (versions.c.number, versions.c.sha256, versions.c.note, versions.c.created_at, versions.c.created_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInfo:
    """What is known of a version without loading it."""

    project: ProjectId
    flow: FlowId
    number: int
    """Counts from 1 within the flow; below zero: no version but a draft that was frozen for trial calls, see
    `FrozenDrafts`."""
    sha256: str
    """Of the bundle, see `tollfree.calls.store.document.digest`. The classifier follows from the bundle."""
    note: str
    """What changed, in the words of whoever published it."""
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Everything a call needs of its flow, for ever the same."""

    info: VersionInfo
    bundle: Values
    """The flow with its sub-flows, tools and catalogues, as they were at publish."""
    classifier: bytes
    """Trained at publish; empty when the flow has no examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of a publish or a rollback."""

    info: VersionInfo
    """The version that new calls use from now on."""
    changed: bool
    """False: it was the published one already, and nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One line of a flow's history: from this moment new calls used this version."""

    version: int
    published_at: datetime
    published_by: str


class Versions:
    """The versions of each flow."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def publish(
        self, project: ProjectId, flow: FlowId, bundle: Values, *, classifier: bytes, note: str = "", by: str = ""
    ) -> Published:
        """Makes a version of the bundle and has new calls use it, both or neither.

        A bundle identical to the published one makes nothing, and comes back with `changed=False`.
        Raises `UnknownProject` or `UnknownFlow`.
        """
        text = encode(bundle)
        sha256 = digest_of_text(text)
        async with self._database.writing() as connection:
            await _lock_flow(connection, project, flow)
            current = await _published_number(connection, project, flow)
            if current is not None:
                info = await info_of(connection, project, flow, current)
                if info.sha256 == sha256:
                    return Published(info=info, changed=False)
            published = select(func.max(versions.c.number)).where(*_of(project, flow), versions.c.number > 0)
            last = await connection.scalar(published)
            made = VersionInfo(
                project=project,
                flow=flow,
                number=(last or 0) + 1,
                sha256=sha256,
                note=note,
                created_at=self._clock.now(),
                created_by=by,
            )
            await connection.execute(
                insert(versions),
                {
                    "project": project,
                    "flow": flow,
                    "number": made.number,
                    "bundle": text,
                    "classifier": classifier,
                    "sha256": sha256,
                    "note": note,
                    "created_at": made.created_at,
                    "created_by": by,
                },
            )
            await self._use(connection, made, by)
            return Published(info=made, changed=True)

    async def rollback(self, project: ProjectId, flow: FlowId, number: int, *, by: str = "") -> Published:
        """Has new calls use an older (or newer) version again. Calls that run keep theirs.

        Raises `UnknownProject`, `UnknownFlow` or `UnknownVersion`.
        """
        async with self._database.writing() as connection:
            await _lock_flow(connection, project, flow)
            if number < 1:  # a frozen draft was never checked for publishing
                raise UnknownVersion(project, flow, number)
            info = await info_of(connection, project, flow, number)
            if await _published_number(connection, project, flow) == number:
                return Published(info=info, changed=False)
            await self._use(connection, info, by)
            return Published(info=info, changed=True)

    async def list(self, project: ProjectId, flow: FlowId) -> tuple[VersionInfo, ...]:
        """All versions of a flow, newest first. Raises `UnknownProject` or `UnknownFlow`."""
        numbered = (*_of(project, flow), versions.c.number > 0)
        stored = select(*_LISTED).where(*numbered).order_by(versions.c.number.desc())
        async with self._database.reading() as connection:
            await require_flow(connection, project, flow)
            rows = await connection.execute(stored)
            return tuple(_version_info(project, flow, row) for row in rows)

    async def get(self, project: ProjectId, flow: FlowId, number: int) -> Version:
        """One version. Raises `UnknownProject`, `UnknownFlow` or `UnknownVersion`."""
        async with self._database.reading() as connection:
            return await _version(connection, project, flow, number)

    async def info(self, project: ProjectId, flow: FlowId, number: int) -> VersionInfo:
        """What is known of one. Raises `UnknownProject`, `UnknownFlow` or `UnknownVersion`."""
        async with self._database.reading() as connection:
            return await info_of(connection, project, flow, number)

    async def published(self, project: ProjectId, flow: FlowId) -> Version:
        """The version new calls use. Raises `UnknownProject`, `UnknownFlow`, or `UnknownVersion` when none is."""
        async with self._database.reading() as connection:
            number = await _published_number(connection, project, flow)
            if number is None:
                await require_flow(connection, project, flow)
                raise UnknownVersion(project, flow, None)
            return await _version(connection, project, flow, number)

    async def published_number(self, project: ProjectId, flow: FlowId) -> int | None:
        """The number of the version new calls use, or None: cheap enough to ask before every call."""
        async with self._database.reading() as connection:
            return await _published_number(connection, project, flow)

    async def history(self, project: ProjectId, flow: FlowId) -> tuple[Publication, ...]:
        """Every publish and rollback, newest first. Raises `UnknownProject` or `UnknownFlow`."""
        lines = (
            select(publications.c.version, publications.c.published_at, publications.c.published_by)
            .where(publications.c.project == project, publications.c.flow == flow)
            .order_by(publications.c.position.desc())
        )
        async with self._database.reading() as connection:
            await require_flow(connection, project, flow)
            return tuple(
                Publication(version=row.version, published_at=row.published_at, published_by=row.published_by)
                for row in await connection.execute(lines)
            )

    async def _use(self, connection: AsyncConnection, info: VersionInfo, by: str) -> None:
        mine = (publications.c.project == info.project, publications.c.flow == info.flow)
        now = self._clock.now()
        last = await connection.scalar(select(func.max(publications.c.position)).where(*mine))
        await connection.execute(
            insert(publications),
            {
                "project": info.project,
                "flow": info.flow,
                "position": (last or 0) + 1,
                "version": info.number,
                "published_at": now,
                "published_by": by,
            },
        )
        told = {"project": info.project, "flow": info.flow, "version": info.number, "note": info.note, "by": by}
        await announce(connection, info.project, "flow.published", now, told)


async def require_version(connection: AsyncConnection, project: ProjectId, flow: FlowId, number: int) -> None:
    """Raises `UnknownProject`, `UnknownFlow` or `UnknownVersion`."""
    await info_of(connection, project, flow, number)


async def _lock_flow(connection: AsyncConnection, project: ProjectId, flow: FlowId) -> None:
    await lock_project(connection, project)
    await require_flow(connection, project, flow)


async def _published_number(connection: AsyncConnection, project: ProjectId, flow: FlowId) -> int | None:
    latest = (
        select(publications.c.version)
        .where(publications.c.project == project, publications.c.flow == flow)
        .order_by(publications.c.position.desc())
        .limit(1)
    )
    return await connection.scalar(latest)


async def info_of(connection: AsyncConnection, project: ProjectId, flow: FlowId, number: int) -> VersionInfo:
    """What is known of one. Raises `UnknownProject`, `UnknownFlow` or `UnknownVersion`."""
    stored = select(*_LISTED).where(*_of(project, flow), versions.c.number == number)
    row = (await connection.execute(stored)).one_or_none()
    if row is None:
        await require_flow(connection, project, flow)
        raise UnknownVersion(project, flow, number)
    return _version_info(project, flow, row)


async def _version(connection: AsyncConnection, project: ProjectId, flow: FlowId, number: int) -> Version:
    info = await info_of(connection, project, flow, number)
    stored = select(versions.c.bundle, versions.c.classifier).where(*_of(project, flow), versions.c.number == number)
    row = (await connection.execute(stored)).one()
    return Version(info=info, bundle=decode(row.bundle), classifier=bytes(row.classifier))


def _of(project: ProjectId, flow: FlowId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return versions.c.project == project, versions.c.flow == flow


def _version_info(project: ProjectId, flow: FlowId, row: Row[*tuple[object, ...]]) -> VersionInfo:
    return VersionInfo(
        project=project,
        flow=flow,
        number=row.number,
        sha256=row.sha256,
        note=row.note,
        created_at=row.created_at,
        created_by=row.created_by,
    )
