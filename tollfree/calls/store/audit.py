"""The audit trail: who changed, published, supervised or looked at what, and when. Entries are never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, encode
from tollfree.calls.store.tables import audit
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that somebody did."""

    id: int
    at: datetime
    who: str
    """As they were called then."""
    who_id: str
    """A user's id, or a key's."""
    project: str
    """Empty: what was done is no project's."""
    action: str
    """Such as `publish_flow`."""
    subject: str
    """What it was done to, such as `flow=support`."""
    details: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some entries, newest first."""

    entries: tuple[AuditEntry, ...]
    older: int | None
    """Pass it as `before` for the next page; None: this is the last."""


class Audit:
    """The whole trail."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, *, who: str, who_id: str, project: str, action: str, subject: str, details: Values | None = None
    ) -> None:
        """Adds an entry, at this moment."""
        row = {
            "at": self._clock.now(),
            "who": who,
            "who_id": who_id,
            "project": project,
            "action": action,
            "subject": subject,
            "details": encode(details or {}),
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(audit), row)

    async def list(
        self,
        project: ProjectId | None = None,
        *,
        who_id: str | None = None,
        action: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> AuditPage:
        """Entries that match every filter given, newest first; `project=None`: of all, and of none."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(limit + 1)
        for column, value in ((audit.c.project, project), (audit.c.who_id, who_id), (audit.c.action, action)):
            if value is not None:
                wanted = wanted.where(column == value)
        if before is not None:
            wanted = wanted.where(audit.c.id < before)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        page = tuple(_entry(row) for row in rows[:limit])
        return AuditPage(entries=page, older=page[-1].id if len(rows) > limit and page else None)


def _entry(row: Row[*tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        who=row.who,
        who_id=row.who_id,
        project=row.project,
        action=row.action,
        subject=row.subject,
        details=decode(row.details),
    )
