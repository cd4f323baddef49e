"""The call log: the append-only truth about each call."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import Connection, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, encode
from tollfree.calls.store.errors import UnknownCall
from tollfree.calls.store.group_commit import Append, GroupCommit
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.store.tables import call_events, calls
from tollfree.protocol.ids import CallId


class CallLog:
    """The logs of all calls. Each counts its records from 0 without gaps."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = GroupCommit(database)

    async def append(self, call: CallId, records: Sequence[LogRecord], *, expected_seq: int) -> int:
        """Adds records, all or none, the first at place `expected_seq`; returns the place after the last.

        They are durable when this returns. Appends of many calls at once share a transaction. When this is
        cancelled, the records may be stored or not.
        Raises `OutOfSequence`, `UnknownCall`, `CallClosed`, `InvalidDocument`; `StoreFull` and `StoreUnavailable`,
        after which the same append may be tried again.
        """
        rows = tuple(
            {
                "call_id": call,
                "seq": expected_seq + place,
                "at": record.at,
                "kind": record.kind,
                "type": record.type,
                "data": encode(record.data),
            }
            for place, record in enumerate(records)
        )
        return await self._writer.append(Append(call, expected_seq, rows))

    async def read(self, call: CallId, *, start: int = 0, limit: int = 1000) -> tuple[LogEntry, ...]:
        """Up to `limit` entries from place `start` on; empty past the end. Raises `UnknownCall`."""
        wanted = (
            select(call_events.c.seq, call_events.c.at, call_events.c.kind, call_events.c.type, call_events.c.data)
            .where(call_events.c.call_id == call, call_events.c.seq >= start)
            .order_by(call_events.c.seq)
            .limit(limit)
        )

        def work(connection: Connection) -> tuple[LogEntry, ...]:
            rows = connection.execute(wanted).all()
            if not rows and connection.scalar(select(calls.c.id).where(calls.c.id == call)) is None:
                raise UnknownCall(call)
            return tuple(
                LogEntry(seq, LogRecord(at=at, kind=kind, type=type, data=decode(data)))  # pyright: ignore[reportArgumentType]  # kinds are checked by the table
                for seq, at, kind, type, data in rows
            )

        return await self._database.read(work)

    async def stream(self, call: CallId, *, start: int = 0, page: int = 500) -> AsyncIterator[LogEntry]:
        """Every entry from place `start` to the end of the log as it is when it is reached, read a page at a time,
        holding no connection in between. Raises `UnknownCall`."""
        while entries := await self.read(call, start=start, limit=page):
            for entry in entries:
                yield entry
            start = entries[-1].seq + 1

    async def close(self) -> None:
        """Waits until every append that was accepted is stored or refused; later ones are refused."""
        await self._writer.close()
