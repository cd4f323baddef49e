"""What was asked to be done with a project's documents, and how far it is: one after the other, by whoever holds the
lock of the project's jobs."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.errors import IngestError
from tollfree.protocol.values import Value

KEPT = 200
"""Jobs that are over and are still listed."""
ATTEMPTS = 3
"""Times that a job is begun: one that takes its process down with it is given up then."""
MOST_WAITING = 100
"""Jobs of one project that may wait."""

GIVEN_UP = {
    "code": "broken_off",
    "message": f"Its process ended {ATTEMPTS} times before it was done; the server's log may say why. What it had "
    "taken in by then is known.",
}


class UnknownJob(IngestError):
    """The project has no job of this number."""

    code = "unknown_job"


class TooManyJobs(IngestError):
    """So many jobs wait already that another one is not taken."""

    code = "knowledge_busy"


class JobKind(StrEnum):
    """What is done."""

    ADD = "add"
    REFRESH = "refresh"
    REMOVE = "remove"
    REBUILD = "rebuild"
    CHANGE = "change"
    """Another tag, or another time to be read again."""


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    """To its end; documents that could not be read are in its report."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One of them."""

    number: int
    kind: JobKind
    state: JobState
    request: Mapping[str, Value]
    asked_by: str
    asked_at: str
    began_at: str = ""
    ended_at: str = ""
    attempts: int = 0
    cancelling: bool = False
    """Somebody asked for its end."""
    progress: Mapping[str, Value] = field(default_factory=dict[str, Value])
    report: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """When it is over: what it did, or why it failed."""


Check: TypeAlias = Callable[[sqlite3.Connection, Sequence[Job]], None]
"""What must hold when a job is added, of the tables and of the jobs that are not over; else it raises."""


class Jobs:
    """The table `jobs`. `now` tells the time, ISO 8601."""

    def __init__(self, database: Database, now: Callable[[], str]) -> None:
        self._database = database
        self._now = now

    async def add(
        self, kind: JobKind, request: Mapping[str, Value], *, asked_by: str, check: Check | None = None
    ) -> Job:
        """One more, at the end. Nobody else writes between `check` and that. Raises `TooManyJobs`, and as `check`."""
        row = (kind, json.dumps(request), asked_by, self._now())

        def work(at: sqlite3.Connection) -> Job:
            at.execute(
                f"DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number <= "
                f"(SELECT max(number) FROM jobs) - {KEPT}"
            )
            if check is not None:  # the statement before has begun to write
                check(at, _unfinished(at))
            (waiting,) = at.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()
            if waiting >= MOST_WAITING:
                raise TooManyJobs(f"{waiting} jobs of this project wait already. Try again when some are done.")
            made = at.execute("INSERT INTO jobs (kind, request, asked_by, asked_at) VALUES (?, ?, ?, ?)", row)
            return _job(at.execute("SELECT * FROM jobs WHERE number = ?", (made.lastrowid,)).fetchone())

        return await self._database.run(work)

    async def get(self, number: int) -> Job:
        """One of them. Raises `UnknownJob`."""
        row = await self._database.run(
            lambda at: at.execute("SELECT * FROM jobs WHERE number = ?", (number,)).fetchone()
        )
        if row is None:
            raise UnknownJob(f"The project has no job {number}.")
        return _job(row)

    async def list(self, *, before: int | None = None, limit: int = KEPT) -> list[Job]:
        """The latest first; those before a number."""
        where, given = ("WHERE number < ?", (before, limit)) if before is not None else ("", (limit,))
        rows = await self._database.run(
            lambda at: at.execute(f"SELECT * FROM jobs {where} ORDER BY number DESC LIMIT ?", given).fetchall()
        )
        return [_job(row) for row in rows]

    async def unfinished(self) -> "list[Job]":
        """Those that run and those that wait, in their order."""
        return await self._database.run(_unfinished)

    async def take(self) -> Job | None:
        """The next to be done: one whose process ended in the middle of it, or the first that waits. Only under the
        lock of the project's jobs."""
        now = self._now()

        def work(at: sqlite3.Connection) -> Job | None:
            at.execute(
                "UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE state IN ('queued', 'running') AND cancelling",
                (now,),
            )
            at.execute(
                "UPDATE jobs SET state = 'failed', ended_at = ?, report = ? WHERE state = 'running' AND attempts >= ?",
                (now, json.dumps(GIVEN_UP), ATTEMPTS),
            )
            rows = at.execute(
                "UPDATE jobs SET state = 'running', began_at = coalesce(began_at, ?), attempts = attempts + 1 "
                "WHERE number = (SELECT min(number) FROM jobs WHERE state IN ('queued', 'running')) RETURNING *",
                (now,),
            ).fetchall()
            return _job(rows[0]) if rows else None

        return await self._database.run(work)

    async def put_back(self, number: int) -> None:
        """It was broken off by no fault of its own, and is begun once more."""
        await self._database.run(
            lambda at: at.execute(
                "UPDATE jobs SET state = 'queued', attempts = attempts - 1 WHERE number = ? AND state = 'running'",
                (number,),
            )
        )

    async def progress(self, number: int, progress: Mapping[str, Value]) -> bool:
        """Note how far it is; whether somebody asked for its end."""
        row = (json.dumps(progress), number)

        def work(at: sqlite3.Connection) -> bool:
            at.execute("UPDATE jobs SET progress = ? WHERE number = ?", row)
            found = at.execute("SELECT cancelling FROM jobs WHERE number = ?", (number,)).fetchone()
            return found is None or bool(found["cancelling"])

        return await self._database.run(work)

    async def end(self, number: int, state: JobState, report: Mapping[str, Value]) -> None:
        """It is over."""
        row = (state, json.dumps(report), self._now(), number)
        await self._database.run(
            lambda at: at.execute("UPDATE jobs SET state = ?, report = ?, ended_at = ? WHERE number = ?", row)
        )

    async def cancel(self, number: int) -> Job:
        """Ask for its end: one that waits is over at once; what one that runs has taken in stays. Nothing when it is
        over. Raises `UnknownJob`."""
        row = (self._now(), number)

        def work(at: sqlite3.Connection) -> None:
            at.execute("UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE number = ? AND state = 'queued'", row)
            at.execute("UPDATE jobs SET cancelling = 1 WHERE number = ? AND state = 'running'", (number,))

        await self._database.run(work)
        return await self.get(number)


def _unfinished(at: sqlite3.Connection) -> list[Job]:
    rows = at.execute("SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY number").fetchall()
    return [_job(row) for row in rows]


def _job(row: sqlite3.Row) -> Job:
    plain = ("number", "asked_by", "asked_at", "attempts")
    return Job(
        **{name: row[name] for name in plain},
        kind=JobKind(row["kind"]),
        state=JobState(row["state"]),
        request=json.loads(row["request"]),
        began_at=row["began_at"] or "",
        ended_at=row["ended_at"] or "",
        cancelling=bool(row["cancelling"]),
        progress=json.loads(row["progress"]),
        report=json.loads(row["report"]),
    )
