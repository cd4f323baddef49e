"""Group commit: appends that wait for the disk together share one transaction.

A commit costs a flush of the disk however many rows it carries. While one is under way, appends of other calls
gather; the next transaction takes them all. An append that comes alone waits for nobody.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection, bindparam, func, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import CallClosed, OutOfSequence, StoreError, StoreUnavailable, UnknownCall
from tollfree.calls.store.tables import call_events, calls
from tollfree.protocol.ids import CallId

_LARGEST_GROUP = 256
"""Appends per transaction: bounds how long the first of them waits, and the parameters of one statement."""

_WANTED = calls.c.id.in_(bindparam("ids", expanding=True))
_LOCK = select(calls.c.id).where(_WANTED).order_by(calls.c.id).with_for_update(key_share=True)
_LAST = (
    select(func.max(call_events.c.seq)).where(call_events.c.call_id == calls.c.id).correlate(calls).scalar_subquery()
)
_TAILS = select(calls.c.id, calls.c.ended_at, _LAST.label("last")).where(_WANTED)


@dataclass(frozen=True, slots=True)
class Append:
    """Records of one call, ready for the database."""

    call: CallId
    start: int
    """The place of the first."""
    rows: Sequence[Mapping[str, object]]
    done: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """The place after the last, once they are durable."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Where the log of a call is at."""

    next: int
    closed: bool


class GroupCommit:
    """The one writer of logs in this process. Its task lives while there is something to write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Append] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def append(self, append: Append) -> int:
        """Returns when the rows are durable, with the place after the last; raises what refused them."""
        if self._closed:
            raise StoreUnavailable(f"The store at {self._database.place} was closed.", retryable=False)
        self._waiting.append(append)
        if self._task is None:
            self._task = asyncio.create_task(self._drain(), name="call log")
        return await append.done

    async def close(self) -> None:
        """Waits for what was accepted."""
        self._closed = True
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        group: list[Append] = []
        try:
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_GROUP))]
                await self._write([append for append in group if not append.done.done()])
        finally:
            # Only after a fault of this program, or when the loop is torn down, is anything left here.
            for append in (*group, *self._waiting):
                if not append.done.done():
                    append.done.set_exception(StoreUnavailable("The writer of call logs has stopped."))
            self._waiting.clear()
            self._task = None

    async def _write(self, group: Sequence[Append]) -> None:
        try:
            verdicts = await self._database.write(partial(commit, group))
        except StoreError as error:
            if len(group) > 1 and type(error) is StoreError:
                # An unexpected refusal is the fault of one of them; the others must not pay for it.
                for append in group:
                    await self._write([append])
                return
            verdicts = [error] * len(group)
        for append, verdict in zip(group, verdicts, strict=True):
            if append.done.done():
                continue
            if isinstance(verdict, StoreError):
                append.done.set_exception(verdict)
            else:
                append.done.set_result(verdict)


def commit(group: Sequence[Append], connection: Connection) -> Sequence[int | StoreError]:
    """Inserts what can be accepted, in the transaction of `connection`; for each append the verdict of `judge`."""
    verdicts = judge(group, tails(connection, sorted({append.call for append in group})))
    rows = [
        row
        for append, verdict in zip(group, verdicts, strict=True)
        if not isinstance(verdict, StoreError)
        for row in append.rows
    ]
    if rows:
        connection.execute(insert(call_events), rows)
    return verdicts


def tails(connection: Connection, ids: Sequence[CallId]) -> Mapping[CallId, Tail]:
    """Where these logs are at, for the rest of the transaction. Calls that are not there are left out."""
    if connection.dialect.name == "postgresql":
        # In one order everywhere, so that two processes cannot wait for each other. A SQLite file has one writer.
        connection.execute(_LOCK, {"ids": ids})
    return {
        row.id: Tail(next=0 if row.last is None else row.last + 1, closed=row.ended_at is not None)
        for row in connection.execute(_TAILS, {"ids": ids})
    }


def judge(group: Sequence[Append], tails: Mapping[CallId, Tail]) -> Sequence[int | StoreError]:
    """For each append, in order, the place after its last row, or why it is refused."""
    next_of = {call: tail.next for call, tail in tails.items()}
    verdicts: list[int | StoreError] = []
    for append in group:
        tail = tails.get(append.call)
        if tail is None:
            verdicts.append(UnknownCall(append.call))
        elif tail.closed:
            verdicts.append(CallClosed(append.call))
        elif append.start != next_of[append.call]:
            verdicts.append(OutOfSequence(append.call, append.start, next_of[append.call]))
        else:
            next_of[append.call] += len(append.rows)
            verdicts.append(next_of[append.call])
    return verdicts
