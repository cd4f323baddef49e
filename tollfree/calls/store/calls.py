"""Calls: which version each ran on, when, and how it ended. What happened in them is the log's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, digest_of_text, encode
from tollfree.calls.store.errors import CallClosed, CallExists, UnknownCall
from tollfree.calls.store.hours import Count, add_counts
from tollfree.calls.store.outbox import announce
from tollfree.calls.store.tables import call_commands, calls
from tollfree.calls.store.texts import CallText, TextQuery, add_text, found_by, place_before
from tollfree.calls.store.usage import UsageRow, add_usage
from tollfree.calls.store.versions import require_version
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.protocol.values import Value, Values

_COLUMNS = (
    calls.c.id,
    calls.c.project,
    calls.c.agent,
    calls.c.flow,
    calls.c.version,
    calls.c.line,
    calls.c.started_at,
    calls.c.ended_at,
    calls.c.outcome,
    calls.c.caller,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, without its log and its final state."""

    id: CallId
    project: ProjectId
    agent: str
    flow: FlowId
    version: int
    """The version it began with, and keeps; below zero: a frozen draft, see `FrozenDrafts`."""
    line: str
    """What carried it: `text`, `wav`, `livekit`."""
    started_at: datetime
    ended_at: datetime | None = None
    """None: it is running, or its process died and it waits to be recovered."""
    outcome: str | None = None
    """As the flow's `end` node, or whoever ended the call, named it. None until then."""
    caller: str = ""
    """The caller's number in E.164, or empty when it is not known."""

    @property
    def trial(self) -> bool:
        """Whether somebody tries a draft: no customer's call, so nothing counts it and no webhook tells of it."""
        return self.version < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalState:
    """The call's state as its session left it."""

    state: Values
    sha256: str
    """As it was when the call ended, see `tollfree.calls.store.document.digest`: a replay must give the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted: those that match everything that is given."""

    project: ProjectId | None = None
    flow: FlowId | None = None
    agent: str | None = None
    outcome: str | None = None
    line: str | None = None
    caller: str | None = None
    trial: bool | None = None
    """Whether a draft was tried."""
    ended: bool | None = None
    """False: running, or to be recovered."""
    since: datetime | None = None
    """Began then, or later."""
    until: datetime | None = None
    """Began before."""
    text: TextQuery | None = None
    """Whose words match; of calls that have ended."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """All but the words'."""
        wanted: list[ColumnElement[bool]] = []
        for name in ("project", "flow", "agent", "outcome", "line", "caller"):
            if (value := getattr(self, name)) is not None:
                wanted.append(calls.c[name] == value)
        if self.trial is not None:
            wanted.append(calls.c.version < 0 if self.trial else calls.c.version > 0)
        if self.ended:
            wanted.append(calls.c.ended_at.is_not(None))
        elif self.ended is not None:
            wanted.append(calls.c.id.in_(_running_ids()))
        if self.since is not None:
            wanted.append(calls.c.started_at >= self.since)
        if self.until is not None:
            wanted.append(calls.c.started_at < self.until)
        return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """Some calls, newest first."""

    calls: tuple[Call, ...]
    older: CallId | None
    """Pass it as `before` for the next page; None: this is the last."""


class Calls:
    """The calls of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, call: Call) -> None:
        """Stores a call that begins now. Its id must sort after those of calls that began before it.

        Raises `UnknownProject`, `UnknownFlow`, `UnknownVersion` or `CallExists`.
        """
        row = {
            "id": call.id,
            "project": call.project,
            "agent": call.agent,
            "flow": call.flow,
            "version": call.version,
            "line": call.line,
            "started_at": call.started_at,
            "caller": call.caller,
        }
        async with self._database.writing() as connection:
            await require_version(connection, call.project, call.flow, call.version)
            try:
                await connection.execute(insert(calls), row)
            except IntegrityError as error:
                raise CallExists(call.id) from error
            if not call.trial:
                await announce(connection, call.project, "call.started", call.started_at, _told(call))

    async def end(
        self,
        call: CallId,
        *,
        ended_at: datetime,
        outcome: str,
        state: Values,
        usage: Sequence[UsageRow] = (),
        said: CallText | None = None,
        counts: Sequence[Count] = (),
    ) -> str:
        """Closes a call with its final state, whose SHA-256 is returned, with what engines did for it, with what was
        said, by which it is found, and with what is counted of it, unless it is a trial; what it was told to do goes.
        Raises `UnknownCall` or `CallClosed`."""
        text = encode(state)
        sha256 = digest_of_text(text)
        ended = (
            update(calls)
            .where(calls.c.id == call, calls.c.ended_at.is_(None))
            .values(ended_at=ended_at, outcome=outcome, state=text, state_sha256=sha256)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(ended)).rowcount == 0:
                known = await connection.scalar(select(calls.c.id).where(calls.c.id == call))
                raise UnknownCall(call) if known is None else CallClosed(call)
            await connection.execute(delete(call_commands).where(call_commands.c.call_id == call))
            await add_usage(connection, call, usage)
            if said is not None:
                await add_text(connection, call, said)
            over = call_from((await connection.execute(select(*_COLUMNS).where(calls.c.id == call))).one())
            if not over.trial:
                await add_counts(connection, over.project, over.started_at, counts)
                await announce(connection, over.project, "call.ended", ended_at, _told(over))
        return sha256

    async def called_by(self, call: CallId, caller: str) -> None:
        """A call that began before callers were kept has this one."""
        async with self._database.writing() as connection:
            await connection.execute(update(calls).where(calls.c.id == call).values(caller=caller))

    async def get(self, call: CallId) -> Call:
        """One call. Raises `UnknownCall`."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*_COLUMNS).where(calls.c.id == call))).one_or_none()
        if row is None:
            raise UnknownCall(call)
        return call_from(row)

    async def running(self, project: ProjectId | None = None) -> int:
        """How many have not ended; of all projects, unless one is named."""
        wanted = select(func.count()).select_from(calls).where(calls.c.ended_at.is_(None))
        if project is not None:
            wanted = wanted.where(calls.c.project == project)
        async with self._database.reading() as connection:
            return await connection.scalar(wanted) or 0

    async def running_by_project(self) -> dict[str, int]:
        """The same, of each project that has any."""
        wanted = select(calls.c.project, func.count()).where(calls.c.ended_at.is_(None)).group_by(calls.c.project)
        async with self._database.reading() as connection:
            return {str(project): int(count) for project, count in await connection.execute(wanted)}

    async def final_state(self, call: CallId) -> FinalState | None:
        """The state the call ended with; None while it has not. Raises `UnknownCall`."""
        async with self._database.reading() as connection:
            stored = select(calls.c.state, calls.c.state_sha256).where(calls.c.id == call)
            row = (await connection.execute(stored)).one_or_none()
        if row is None:
            raise UnknownCall(call)
        return None if row.state is None else FinalState(state=decode(row.state), sha256=row.state_sha256)

    async def list(
        self,
        *,
        project: ProjectId | None = None,
        flow: FlowId | None = None,
        outcome: str | None = None,
        ended: bool | None = None,
        before: CallId | None = None,
        limit: int = 50,
    ) -> CallPage:
        """Calls that match every filter given, newest first. `ended=False`: running, or to be recovered."""
        only = CallFilter(project=project, flow=flow, outcome=outcome, ended=ended)
        return await self.found(only, before=before, limit=limit)

    async def found(self, only: CallFilter, *, before: CallId | None = None, limit: int = 50) -> CallPage:
        """Calls that match, newest first. Raises `BadQuery` for words of which nothing can be looked for."""
        wanted = select(*_COLUMNS).where(*only.conditions()).limit(limit + 1)
        async with self._database.reading() as connection:
            if only.text is None:
                wanted = wanted.order_by(calls.c.id.desc())
                if before is not None:
                    wanted = wanted.where(calls.c.id < before)
            else:
                below = await place_before(connection, before) if before is not None else None
                wanted = found_by(wanted, only.text, only.project, connection.dialect.name, below=below)
            rows = (await connection.execute(wanted)).all()
        page = tuple(call_from(row) for row in rows[:limit])
        return CallPage(calls=page, older=page[-1].id if len(rows) > limit and page else None)

    def running_now(self, limit: int) -> Select[*tuple[object, ...]]:
        """Chooses calls of all projects that run, or wait to be recovered, oldest first."""
        return select(*_COLUMNS).where(calls.c.id.in_(_running_ids())).order_by(calls.c.id).limit(limit)

    def these(self, ids: Sequence[CallId]) -> Select[*tuple[object, ...]]:
        """Chooses calls by their ids."""
        return select(*_COLUMNS).where(calls.c.id.in_(ids))


def _told(call: Call) -> Values:
    """What webhooks are told of a call: nothing that its caller said."""
    told: dict[str, Value] = {
        "call": call.id,
        "project": call.project,
        "agent": call.agent,
        "flow": call.flow,
        "version": call.version,
        "line": call.line,
        "started_at": call.started_at.isoformat(),
    }
    if call.ended_at is not None:
        told["ended_at"] = call.ended_at.isoformat()
        told["seconds"] = round((call.ended_at - call.started_at).total_seconds(), 3)
        told["outcome"] = call.outcome
    return told


def _running_ids() -> Select[str]:
    """By the small index of calls that run. Asked for directly, SQLite would walk all calls, as they are in order."""
    others = calls.alias()
    return select(others.c.id).where(others.c.ended_at.is_(None))


def call_from(row: Row[*tuple[object, ...]]) -> Call:
    """A call as its row has it."""
    return Call(
        id=CallId(row.id),
        project=ProjectId(row.project),
        agent=row.agent,
        flow=FlowId(row.flow),
        version=row.version,
        line=row.line,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        caller=row.caller,
    )
