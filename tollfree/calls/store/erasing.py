"""The one way in which a call's log is written anew: without what was said."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from sqlite3 import sqlite_version_info

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy import text as text_of

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import digest_of_text, encode
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.tables import call_commands, call_events, calls, erased_calls, waiting_calls
from tollfree.calls.store.tables_found import call_texts
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.values import Values

_FIRST = 3
"""Places of a log within which its call is begun."""
SECURELY = ("PRAGMA secure_delete=ON",) + (
    ("INSERT INTO call_words(call_words, rank) VALUES('secure-delete', 1)",) if sqlite_version_info >= (3, 42) else ()
)
"""Else SQLite's file, and its index of words, keep what was deleted until the place is needed."""


class Erasing:
    """Finds calls to be erased, and keeps what is left of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of_caller(self, project: ProjectId, numbers: Collection[str]) -> tuple[CallId, ...]:
        """A project's calls of somebody, oldest first."""
        wanted = (
            select(call_events.c.call_id, call_events.c.data)
            .join_from(call_events, calls)
            .where(
                calls.c.project == project,
                call_events.c.seq < _FIRST,
                call_events.c.type == "call_started",
                or_(*(call_events.c.data.contains(number, autoescape=True) for number in numbers)),
            )
            .order_by(call_events.c.call_id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(CallId(row.call_id) for row in rows if json.loads(row.data)["facts"].get("caller") in numbers)

    async def ended_before(self, project: ProjectId, before: datetime, limit: int) -> tuple[CallId, ...]:
        """A project's calls that are too old and were not erased, oldest first."""
        erased = select(erased_calls.c.call_id).where(erased_calls.c.call_id == calls.c.id)
        old = (calls.c.project == project, calls.c.started_at < before, calls.c.ended_at < before, ~erased.exists())
        wanted = select(calls.c.id).where(*old).order_by(calls.c.started_at).limit(limit)
        async with self._database.reading() as connection:
            return tuple(CallId(row.id) for row in await connection.execute(wanted))

    async def keep(self, call: CallId, entries: Sequence[LogEntry], state: Values) -> None:
        """All that is left of an ended call, in place of what there was."""
        text = encode(state)
        rows = [
            {
                "call_id": call,
                "seq": entry.seq,
                "at": entry.record.at,
                "kind": entry.record.kind,
                "type": entry.record.type,
                "data": encode(entry.record.data),
            }
            for entry in entries
        ]
        async with self._database.writing() as connection:
            if self._database.is_sqlite:
                await connection.execute(
                    text_of("PRAGMA secure_delete=ON")
                )  # else the file keeps it until it is reused
            # Not updated: the database refuses that, so that nothing else ever changes a log.
            await connection.execute(delete(call_events).where(call_events.c.call_id == call))
            if rows:
                await connection.execute(insert(call_events), rows)
            changed = update(calls).where(calls.c.id == call)
            await connection.execute(changed.values(state=text, state_sha256=digest_of_text(text), caller=""))
            for table in (call_texts, call_commands, waiting_calls, erased_calls):
                await connection.execute(delete(table).where(table.c.call_id == call))
            await connection.execute(insert(erased_calls), {"call_id": call, "at": self._clock.now()})
