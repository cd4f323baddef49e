"""What running calls have logged since the last look: two statements, by keys, for all of them at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from tollfree.calls.store.calls import Call, Calls, call_from
from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.protocol.ids import CallId

MOST_CALLS = 5000
"""Running calls that are looked at."""
MOST_RECORDS = 20_000
"""Records of one look: what is more comes with the next."""

_FIELDS = "e.call_id, e.seq, e.at, e.kind, e.type, e.data"
_SQLITE = text(
    f"SELECT {_FIELDS} FROM json_each(:places) AS p CROSS JOIN call_events AS e "
    "ON e.call_id = json_extract(p.value, '$[0]') AND e.seq >= json_extract(p.value, '$[1]') LIMIT :most"
)
_POSTGRESQL = text(
    f"SELECT {_FIELDS} FROM jsonb_array_elements(CAST(:places AS jsonb)) AS p "
    "CROSS JOIN LATERAL (SELECT * FROM call_events WHERE call_id = p.value ->> 0 "
    "AND seq >= CAST(p.value ->> 1 AS bigint) ORDER BY seq) AS e LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Growth:
    """What one look finds, of one state of the store."""

    running: tuple[Call, ...]
    """Calls that run, or wait to be recovered, oldest first."""
    ended: tuple[Call, ...]
    """Of those that were known, the ones that run no more. A call that is gone from the store is in neither."""
    records: Mapping[CallId, tuple[LogEntry, ...]]
    """New records by call, in order."""
    whole: bool
    """False: there was more than one look brings."""


class GrowingLogs:
    """The logs of running calls."""

    def __init__(self, database: Database, calls: Calls) -> None:
        self._database = database
        self._calls = calls

    async def look(self, places: Mapping[CallId, int]) -> Growth:
        """What is new. `places`: of the calls that are known, the place of the next record. Raises `StoreError`."""
        return await self._database.read(lambda connection: self._growth(connection, places))

    def _growth(self, connection: Connection, places: Mapping[CallId, int]) -> Growth:
        running = tuple(call_from(row) for row in connection.execute(self._calls.running_now(MOST_CALLS)))
        runs = {call.id for call in running}
        gone = [call for call in places if call not in runs]
        ended = tuple(call_from(row) for row in connection.execute(self._calls.these(gone))) if gone else ()
        wanted = json.dumps([[call, places.get(call, 0)] for call in (*places, *(runs - places.keys()))])
        statement = _SQLITE if self._database.is_sqlite else _POSTGRESQL
        rows = connection.execute(statement, {"places": wanted, "most": MOST_RECORDS}).all()
        records: dict[CallId, list[LogEntry]] = {}
        for row in rows:
            record = LogRecord(at=row.at, kind=row.kind, type=row.type, data=decode(row.data))
            records.setdefault(CallId(row.call_id), []).append(LogEntry(row.seq, record))
        return Growth(
            running=running,
            ended=ended,
            records={call: tuple(entries) for call, entries in records.items()},
            whole=len(rows) < MOST_RECORDS,
        )
