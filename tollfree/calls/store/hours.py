"""What is counted of calls by the hour, and by the day, in which they began: kept as each ends, so that a month is
summed up from a few thousand rows, however many calls it had. Whole days of a time are read as days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.tables import hourly_counts
from tollfree.protocol.ids import ProjectId

WAIT = "wait"
"""The kind that has hundreds of names, and so is kept by the day alone: its first day always counts whole."""
_DAY = len("2026-11-30")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something was the case."""

    what: str
    """Such as `calls`, `outcome`, `wait`."""
    name: str = ""
    """Which of its kind, such as the outcome."""
    count: int = 1
    amount: float = 0.0
    """What it comes to in all, such as seconds."""


class Hours:
    """The counts of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sums(self, project: ProjectId, since: datetime, until: datetime) -> tuple[Count, ...]:
        """Of the calls that began in a time, to the hour: that of `since` counts, that of `until` does not."""
        return tuple(_count(*row) for row in await self._database.rows(_summed(project, since, until)))

    async def days(
        self, project: ProjectId, since: datetime, until: datetime, whats: Sequence[str]
    ) -> tuple[tuple[str, Count], ...]:
        """The same by the day, in UTC, of some kinds: each with its day, such as `2026-11-30`."""
        day = func.substr(hourly_counts.c.hour, 1, 10)
        wanted = _summed(project, since, until, day).where(hourly_counts.c.what.in_(whats)).order_by(day)
        return tuple((str(row[0]), _count(*row[1:])) for row in await self._database.rows(wanted))

    async def totals(self) -> tuple[tuple[str, Count], ...]:
        """Of each project, since it began: the kinds that have no names."""
        table = hourly_counts.c
        keys = (table.project, table.what, table.name)
        sums = select(*keys, func.sum(table["count"]), func.sum(table.amount)).group_by(*keys)
        sums = sums.where(table.name == "", func.length(table.hour) == _DAY)
        return tuple((str(row[0]), _count(*row[1:])) for row in await self._database.rows(sums))


async def add_counts(connection: AsyncConnection, project: str, began: datetime, counts: Iterable[Count]) -> None:
    """Within a transaction: add to the hour in which a call began."""
    summed: dict[tuple[str, str], Count] = {}
    for one in counts:
        before = summed.get((one.what, one.name), Count(what=one.what, name=one.name, count=0))
        both = Count(what=one.what, name=one.name, count=before.count + one.count, amount=before.amount + one.amount)
        summed[one.what, one.name] = both
    hour = hour_of(began)
    rows = [
        {"project": project, "hour": at, "what": one.what, "name": one.name, "count": one.count, "amount": one.amount}
        for _, one in sorted(summed.items())  # in one order, so that two calls that end at once do not wait in a circle
        for at in ((hour[:_DAY],) if one.what == WAIT else (hour[:_DAY], hour))
    ]
    if not rows:
        return
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    added = kind.insert(hourly_counts)
    keys = ["project", "hour", "what", "name"]
    both = {name: hourly_counts.c[name] + added.excluded[name] for name in ("count", "amount")}
    await connection.execute(added.on_conflict_do_update(index_elements=keys, set_=both), rows)


def hour_of(moment: datetime) -> str:
    """The hour as it is kept: text that sorts, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def _summed(
    project: ProjectId, since: datetime, until: datetime, *by: ColumnElement[str]
) -> Select[*tuple[object, ...]]:
    table = hourly_counts.c
    keys = (*by, table.what, table.name)
    whole, parts, hours = _split(since, until)
    kept = or_(table.hour.in_((*whole, *hours)), table.hour.in_(parts) & (table.what == WAIT))
    sums = select(*keys, func.sum(table["count"]), func.sum(table.amount)).where(table.project == project, kept)
    return cast(Select[*tuple[object, ...]], sums.group_by(*keys))


def _split(since: datetime, until: datetime) -> tuple[list[str], list[str], list[str]]:
    """The days that a time holds whole, those that it holds in part, and the hours of these."""
    hour, after = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0), hour_of(until)
    whole, parts, hours = list[str](), list[str](), list[str]()
    while (kept := hour_of(hour)) < after:
        day = kept[:_DAY]
        if hour.hour == 0 and f"{day}T23" < after:
            whole.append(day)
            hour += timedelta(days=1)
            continue
        if day not in parts:
            parts.append(day)
        hours.append(kept)
        hour += timedelta(hours=1)
    return whole, parts, hours


def _count(what: object, name: object, count: object, amount: object) -> Count:
    """Sums come as decimals from one database and as what they are from the other."""
    return Count(what=str(what), name=str(name), count=int(float(str(count))), amount=float(str(amount)))
