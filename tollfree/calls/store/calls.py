"""Calls: which version each ran on, when, and how it ended. What happened in them is the log's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tollfree.calls.store.call_filter import CallFilter, running_ids
from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, digest_of_text, encode
from tollfree.calls.store.errors import CallClosed, CallExists, UnknownCall
from tollfree.calls.store.hours import Count, add_counts
from tollfree.calls.store.outbox import announce
from tollfree.calls.store.tables import call_commands, calls
from tollfree.calls.store.texts import CallText, add_text, newest_found
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

_PLANNED = (
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('random_page_cost', '1.1', true)"
)
"""How PostgreSQL plans a list: anew each time, since the best index depends on what is asked for; and for a disk that
reads any page as fast as the next. By default it reckons with one that seeks, and reads all words instead."""


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
        """Whether somebody tries a draft: no customer's call, so none is counted and no webhook tells of it."""
        return self.version < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalState:
    """The call's state as its session left it."""

    state: Values
    sha256: str
    """As it was when the call ended, see `tollfree.calls.store.document.digest`: a replay must give the same."""


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
        rows = await self._database.rows(select(*_COLUMNS).where(calls.c.id == call))
        if not rows:
            raise UnknownCall(call)
        return call_from(rows[0])

    async def running(self, project: ProjectId | None = None, *, trials: bool = False) -> int:
        """How many have not ended; of all projects, unless one is named. `trials`: count those too."""
        wanted = select(func.count()).select_from(calls).where(calls.c.id.in_(running_ids()))
        if not trials:
            wanted = wanted.where(calls.c.version > 0)
        if project is not None:
            wanted = wanted.where(calls.c.project == project)
        async with self._database.reading() as connection:
            return await connection.scalar(wanted) or 0

    async def running_by_project(self) -> dict[str, int]:
        """The same without trials, of each project that has any."""
        running = calls.c.id.in_(running_ids()), calls.c.version > 0
        wanted = select(calls.c.project, func.count()).where(*running).group_by(calls.c.project)
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

        def work(connection: Connection) -> Sequence[Row[*tuple[object, ...]]]:
            if not self._database.is_sqlite:
                connection.exec_driver_sql(_PLANNED)
            if only.text is not None:
                newest = only.newest_texts(limit + 1)
                chosen = newest_found(connection, wanted, only.text, only.project, before, newest)
            else:
                chosen = wanted.order_by(calls.c.id.desc())
                if before is not None:
                    chosen = chosen.where(calls.c.id < before)
            return connection.execute(chosen).all()

        rows = await self._database.read(work, long=not only.asks_for_running_alone)
        page = tuple(call_from(row) for row in rows[:limit])
        return CallPage(calls=page, older=page[-1].id if len(rows) > limit and page else None)

    def running_now(self, limit: int) -> Select[*tuple[object, ...]]:
        """Chooses calls of all projects that run, or wait to be recovered, oldest first."""
        return select(*_COLUMNS).where(calls.c.id.in_(running_ids())).order_by(calls.c.id).limit(limit)

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
