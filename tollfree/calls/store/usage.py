"""What engines did, by call: kept when a call ends, and summed up by the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, TypeAlias, cast, get_args

from sqlalchemy import Column, ColumnElement, Select, Table, and_, distinct, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import UnknownCall
from tollfree.calls.store.hours import Count, add_counts
from tollfree.calls.store.tables import call_usage, calls, versions
from tollfree.protocol.ids import CallId, ProjectId

By: TypeAlias = Literal["project", "intent", "route", "day", "call"]
"""What usage is summed up by. `day` is that on which the call began, in UTC."""
BY: tuple[By, ...] = get_args(By)
TOKENS = ("prompt_tokens", "cached_tokens", "completion_tokens")
Work: TypeAlias = Literal["stt", "llm", "tts", "time"]
"""`time`: how long the call lasted with an intent; no engine did anything for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """What one engine did for one intent of one call."""

    intent: str = ""
    """What the caller wanted by then; empty: it was not known yet."""
    work: Work
    engine: str = ""
    """Engine and voice, or the name of a route."""
    model: str = ""
    """As the server names it."""
    times: int = 0
    """That it was asked."""
    failed: int = 0
    """Of those, that failed or were too slow."""
    dropped: int = 0
    """Of those, that nobody wanted any more."""
    heard_s: float = 0.0
    """Seconds of sound of the caller's turns."""
    heard_ahead_s: float = 0.0
    """Seconds of sound that were heard besides: before a turn was over, or for nothing."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    characters: int = 0
    """Spoken anew."""
    kept_characters: int = 0
    """Said from what was rendered before."""
    took_s: float = 0.0
    """Seconds that were waited for it."""
    gpu_s: float | None = None
    """Seconds of a GPU; None: nobody has said."""
    seconds: float = 0.0
    """Of `time`: how long it lasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasted:
    """Calls, and how long they lasted together."""

    calls: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSums:
    """Usage summed up."""

    lasted: Mapping[str, Lasted]
    """Customers' calls that ended, by group: a project, a day, an intent (of which a call may have several), a route or
    voice that it used."""
    work: tuple[tuple[str, UsageRow], ...]
    """By group: the sums of each engine and model, for trials of drafts too."""


class Usage:
    """Usage of all calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, call: CallId, rows: Sequence[UsageRow]) -> None:
        """Add to what is kept of a call. Raises `UnknownCall`."""
        async with self._database.writing() as connection:
            await add_usage(connection, call, rows)

    async def of_call(self, call: CallId) -> tuple[UsageRow, ...]:
        """What is kept of a call; nothing for one that runs, or ended before usage was kept."""
        wanted = select(call_usage).where(call_usage.c.call_id == call).order_by(call_usage.c.id)
        rows = await self._database.rows(wanted)
        return tuple(UsageRow(**{name: getattr(row, name) for name in _FIELDS}) for row in rows)

    async def sums(
        self,
        by: By,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        project: ProjectId | None = None,
    ) -> UsageSums:
        """Of the calls that began in a time (`until` itself is outside), summed up by the database. Calls from before
        usage was kept count with their minutes; trials of drafts with the work alone, as they are no customers'."""
        async with self._database.reading() as connection:
            sql = connection.dialect.name
            timed = _began(calls, since, until, project)
            worked = _began(call_usage, since, until, project)
            work = (await connection.execute(_work(by, sql).where(*worked))).all()
            customers = (*worked, call_usage.c.call_id.not_in(_trials()))
            lasted = (await connection.execute(_lasted(by, sql, timed, customers))).all()
            whole = (await connection.execute(_whole(sql).where(*timed))).one() if by == "intent" else None
        by_group = {str(group): Lasted(calls=n, seconds=float(seconds or 0.0)) for group, n, seconds in lasted}
        if whole is not None:
            by_group = _with_unknown(by_group, Lasted(calls=whole[0], seconds=float(whole[1] or 0.0)))
        rows = tuple((str(row[0]), _row(row[1:])) for row in work)
        return UsageSums(lasted=by_group, work=rows)


async def add_usage(connection: AsyncConnection, call: CallId, rows: Sequence[UsageRow]) -> None:
    """Within a transaction. Raises `UnknownCall`."""
    wanted = select(calls.c.project, calls.c.started_at, calls.c.version).where(calls.c.id == call)
    owned = (await connection.execute(wanted)).first()
    if owned is None:
        raise UnknownCall(call)
    values = [
        {"call_id": call, "project": owned.project, "started_at": owned.started_at, **asdict(row)} for row in rows
    ]
    if values:
        await connection.execute(insert(call_usage), values)
        if owned.version > 0:  # a trial of a draft is work, and no customer's call
            await add_counts(connection, owned.project, owned.started_at, _counts(rows))


def _counts(rows: Iterable[UsageRow]) -> Iterator[Count]:
    """What is counted by the hour: calls and seconds of each intent, and the tokens of each intent and route."""
    for row in rows:
        if row.work == "time":
            yield Count(what="intent", name=row.intent, amount=row.seconds)
        elif row.work == "llm":
            for name in TOKENS:
                if tokens := getattr(row, name):
                    yield Count(what=name, name=f"{row.intent}\n{row.engine}", count=tokens)


_KEYS = ("work", "engine", "model")
_SUMMED = (
    "times",
    "failed",
    "dropped",
    "heard_s",
    "heard_ahead_s",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "characters",
    "kept_characters",
    "took_s",
    "gpu_s",
    "seconds",
)
_FIELDS = ("intent", *_KEYS, *_SUMMED)
_WHOLE = frozenset(_SUMMED) - {"heard_s", "heard_ahead_s", "took_s", "gpu_s", "seconds"}


def _work(by: By, sql: str) -> Select[*tuple[object, ...]]:
    group = _group(by, call_usage, sql)
    keys = [call_usage.c[name] for name in _KEYS]
    sums = [func.sum(call_usage.c[name]) for name in _SUMMED]
    return cast(
        Select[*tuple[object, ...]],
        select(group, *keys, *sums).where(call_usage.c.work != "time").group_by(group, *keys).order_by(group, *keys),
    )


def _lasted(
    by: By, sql: str, timed: Sequence[ColumnElement[bool]], worked: Sequence[ColumnElement[bool]]
) -> Select[str, int, float]:
    """By intent the times with it count; by route, the calls that used it."""
    if by in ("intent", "route"):
        group = _group(by, call_usage, sql)
        kind = call_usage.c.work == "time" if by == "intent" else call_usage.c.work != "time"
        chosen = select(group, func.count(distinct(call_usage.c.call_id)), func.sum(call_usage.c.seconds))
        return chosen.where(kind, *worked).group_by(group)
    group = _group(by, calls, sql)
    return select(group, func.count(), func.sum(_seconds(sql))).where(*timed).group_by(group)


def _whole(sql: str) -> Select[int, float]:
    return select(func.count(), func.sum(_seconds(sql))).select_from(calls)


def _with_unknown(by_intent: dict[str, Lasted], whole: Lasted) -> dict[str, Lasted]:
    """With the rest of the calls' time under no intent: what came before one was known, as in every call, and all of
    those that had none."""
    known = sum(one.seconds for intent, one in by_intent.items() if intent)
    return {**by_intent, "": Lasted(calls=whole.calls, seconds=max(0.0, whole.seconds - known))} if whole.calls else {}


def _began(
    table: Table, since: datetime | None, until: datetime | None, project: ProjectId | None
) -> list[ColumnElement[bool]]:
    """Conditions on customers' calls, or on usage. A call that runs, or waits to be recovered, has used nothing yet."""
    column = cast(Column[datetime], table.c.started_at)
    wanted = [calls.c.ended_at.is_not(None), calls.c.version > 0] if table is calls else []
    if since is not None:
        wanted.append(column >= since)
    if until is not None:
        wanted.append(column < until)
    if project is not None:
        wanted.append(table.c.project == project)
    return wanted


def _trials() -> Select[str]:
    """Ids of all trials, found by their drafts: of those there are few, and calls have an index by version."""
    drafts = (
        versions.c.project == calls.c.project,
        versions.c.flow == calls.c.flow,
        versions.c.number == calls.c.version,
    )
    return select(calls.c.id).select_from(versions).join(calls, and_(*drafts)).where(versions.c.number < 0)


def _group(by: By, table: Table, sql: str) -> ColumnElement[str]:
    match by:
        case "project":
            return table.c.project
        case "call":
            return calls.c.id if table is calls else call_usage.c.call_id
        case "day" if sql == "sqlite":
            return func.date(table.c.started_at)
        case "day":
            return func.to_char(func.timezone("UTC", table.c.started_at), "YYYY-MM-DD")
        case "intent":
            return call_usage.c.intent
        case "route":
            return call_usage.c.engine


def _seconds(sql: str) -> ColumnElement[float]:
    """How long a call lasted."""
    if sql == "sqlite":
        return (func.julianday(calls.c.ended_at) - func.julianday(calls.c.started_at)) * 86_400.0
    return cast(ColumnElement[float], func.extract("epoch", calls.c.ended_at - calls.c.started_at))


def _row(values: Sequence[object]) -> UsageRow:
    """Sums come as decimals from one database and as what they are from the other."""
    named: dict[str, object] = dict(zip((*_KEYS, *_SUMMED), values, strict=True))
    for name in _SUMMED:
        value = named[name]
        if value is not None:
            number = float(str(value))
            named[name] = int(number) if name in _WHOLE else number
    return UsageRow(**named)  # pyright: ignore[reportArgumentType]  names and types are those of the table
