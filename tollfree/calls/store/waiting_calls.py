"""Calls that wait for a person, so that people anywhere can see and take them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, insert, select, update

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import AlreadyTaken, NotWaiting
from tollfree.calls.store.tables import calls, waiting_calls
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import CallId, ProjectId

JOINING_S = 30
"""Seconds that a person who takes a call has to join it, before somebody else may take it."""

_COLUMNS = (*waiting_calls.c, calls.c.project)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCall:
    """A caller who waits for a person, and is ready to be joined in their room."""

    call: CallId
    project: ProjectId
    queue: str
    """Whom the flow asked for."""
    room: str
    """The LiveKit room of the call."""
    server: str
    """The LiveKit server's URL, as the call's process reaches it."""
    caller: str
    """The caller's number in E.164, or empty."""
    summary: str
    """What the person should know."""
    since: datetime
    until: datetime
    """When the caller is told that nobody came."""
    taken_by: str = ""
    """Who is joining; empty: nobody yet."""


class WaitingCalls:
    """The waiting calls of all projects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def wait(
        self, call: CallId, *, queue: str, room: str, server: str, caller: str, summary: str, wait_s: float
    ) -> WaitingCall:
        """A call waits from now on, for so long. It must have been begun. A call that waited already waits anew."""
        now = self._clock.now()
        row = {
            "call_id": call,
            "queue": queue,
            "room": room,
            "server": server,
            "caller": caller,
            "summary": summary,
            "since": now,
            "until": now + timedelta(seconds=wait_s),
            "taken_by": "",
            "taken_at": None,
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(waiting_calls).where(waiting_calls.c.call_id == call))
            await connection.execute(insert(waiting_calls), row)
        return await self.get(call)

    async def list(self, project: ProjectId | None = None) -> tuple[WaitingCall, ...]:
        """Calls that wait now, the longest wait first. A call whose process died is shown until its time is over."""
        wanted = (
            select(*_COLUMNS)
            .join_from(waiting_calls, calls)
            .where(waiting_calls.c.until > self._clock.now(), calls.c.ended_at.is_(None))
            .order_by(waiting_calls.c.since, waiting_calls.c.call_id)
        )
        if project is not None:
            wanted = wanted.where(calls.c.project == project)
        async with self._database.reading() as connection:
            return tuple(_waiting(row) for row in await connection.execute(wanted))

    async def get(self, call: CallId) -> WaitingCall:
        """One of them. Raises `NotWaiting`."""
        wanted = select(*_COLUMNS).join_from(waiting_calls, calls).where(waiting_calls.c.call_id == call)
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            raise NotWaiting(call)
        return _waiting(row)

    async def take(self, call: CallId, by: str) -> WaitingCall:
        """A person joins a call: nobody else may for a while. Raises `NotWaiting` or `AlreadyTaken`."""
        now = self._clock.now()
        free = (
            (waiting_calls.c.taken_by == "")
            | (waiting_calls.c.taken_by == by)
            | (waiting_calls.c.taken_at < now - timedelta(seconds=JOINING_S))
        )
        mine = waiting_calls.c.call_id == call
        taken = update(waiting_calls).where(mine, waiting_calls.c.until > now, free).values(taken_by=by, taken_at=now)
        async with self._database.writing() as connection:
            if (await connection.execute(taken)).rowcount == 0:
                who = await connection.scalar(select(waiting_calls.c.taken_by).where(mine, waiting_calls.c.until > now))
                raise NotWaiting(call) if who is None else AlreadyTaken(call, who)
        return await self.get(call)

    async def joining_s(self, call: CallId) -> float:
        """For how many seconds more somebody who takes the call may be joining; 0: nobody is."""
        taken = select(waiting_calls.c.taken_at).where(waiting_calls.c.call_id == call)
        async with self._database.reading() as connection:
            taken_at = await connection.scalar(taken)
        if taken_at is None:
            return 0.0
        return max(0.0, JOINING_S - (self._clock.now() - taken_at).total_seconds())

    async def over(self, call: CallId) -> None:
        """The call waits no longer: a person has it, nobody came, or the caller is gone. Safe to call again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(waiting_calls).where(waiting_calls.c.call_id == call))


def _waiting(row: Row[*tuple[object, ...]]) -> WaitingCall:
    return WaitingCall(
        call=CallId(row.call_id),
        project=ProjectId(row.project),
        queue=row.queue,
        room=row.room,
        server=row.server,
        caller=row.caller,
        summary=row.summary,
        since=row.since,
        until=row.until,
        taken_by=row.taken_by,
    )
