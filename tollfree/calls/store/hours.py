"""What is counted of calls by the hour, and by the day, in which they began: kept as each ends, so that a month is
summed up from a few thousand rows, however many calls it had. Whole days of a time are read as days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import SupportsFloat, SupportsInt

from sqlalchemy import Row, Select, Table, func, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.tables import daily_counts, hourly_counts
from tollfree.protocol.ids import ProjectId

WAIT = "wait"
"""The kind that has hundreds of names, and so is kept by the day alone: its first day always counts whole."""
_DAY = len("2026-11-30")
_NUL = "\0"
"""In no name: see `Prose`."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted in a time."""

    sums: tuple[Count, ...]
    days: Mapping[str, tuple[Count, ...]]
    """The same by the day, in UTC, such as `2026-11-30`."""


class _Tally:
    """Sums up, by kind and name."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._amounts: dict[str, float] = {}

    def add(self, key: str, count: int, amount: float) -> None:
        self._counts[key] = self._counts.get(key, 0) + count
        self._amounts[key] = self._amounts.get(key, 0.0) + amount

    def all(self) -> tuple[Count, ...]:
        keys = ((key.partition(_NUL), key) for key in self._counts)
        return tuple(
            Count(what=what, name=name, count=self._counts[key], amount=self._amounts[key])
            for (what, _, name), key in keys
        )


class Hours:
    """The counts of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, project: ProjectId, since: datetime, until: datetime) -> Counted:
        """Of the calls that began in a time, to the hour: that of `since` counts, that of `until` does not."""
        wanted = _kept(project, since, until)
        return await self._database.read(lambda connection: _counted(connection.execute(wanted)), long=True)

    async def totals(self) -> tuple[tuple[str, Count], ...]:
        """Of each project, since it began: the kinds that have no names."""
        table = daily_counts.c
        keys = (table.project, table.what, table.name)
        sums = select(*keys, func.sum(table["count"]), func.sum(table.amount)).where(table.name == "").group_by(*keys)
        rows = await self._database.read(lambda connection: connection.execute(sums).all(), long=True)
        return tuple((project, _count(what, name, count, amount)) for project, what, name, count, amount in rows)


async def add_counts(connection: AsyncConnection, project: str, began: datetime, counts: Iterable[Count]) -> None:
    """Within a transaction: add to the hour in which a call began; the database adds the same to its day."""
    summed: dict[tuple[str, str], Count] = {}
    for one in counts:
        before = summed.get((one.what, one.name), Count(what=one.what, name=one.name, count=0))
        both = Count(what=one.what, name=one.name, count=before.count + one.count, amount=before.amount + one.amount)
        summed[one.what, one.name] = both
    hour = hour_of(began)
    # In one order, so that two calls that end at once do not wait in a circle.
    ordered = [one for _, one in sorted(summed.items())]
    by_hour, by_day = [one for one in ordered if one.what != WAIT], [one for one in ordered if one.what == WAIT]
    await _add(connection, hourly_counts, {"project": project, "hour": hour}, by_hour)
    await _add(connection, daily_counts, {"project": project, "day": hour[:_DAY]}, by_day)


async def _add(connection: AsyncConnection, table: Table, when: Mapping[str, str], counts: Iterable[Count]) -> None:
    rows = [{**when, "what": one.what, "name": one.name, "count": one.count, "amount": one.amount} for one in counts]
    if not rows:
        return
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    added = kind.insert(table)
    both = {name: table.c[name] + added.excluded[name] for name in ("count", "amount")}
    await connection.execute(added.on_conflict_do_update(index_elements=[*when, "what", "name"], set_=both), rows)


def hour_of(moment: datetime) -> str:
    """The hour as it is kept: text that sorts, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def _counted(rows: Iterable[Row[str, str, str, int, float]]) -> Counted:
    sums, days = _Tally(), defaultdict[str, _Tally](_Tally)
    for day, what, name, count, amount in rows:
        key = f"{what}{_NUL}{name}"
        sums.add(key, count, amount)
        days[day].add(key, count, amount)
    return Counted(sums=sums.all(), days={day: tally.all() for day, tally in days.items()})


def _kept(project: ProjectId, since: datetime, until: datetime) -> Select[str, str, str, int, float]:
    """What is kept of a time, by the day: whole days as such, and the hours of the others. Summed up here rather than
    by the database, which would sort thousands of rows that are sums already."""
    daily, hourly = daily_counts.c, hourly_counts.c
    whole, parts, hours = _split(since, until)
    of_days = select(daily.day, daily.what, daily.name, daily["count"], daily.amount).where(daily.project == project)
    day = func.substr(hourly.hour, 1, _DAY).label("day")
    of_hours = select(day, hourly.what, hourly.name, hourly["count"], hourly.amount).where(hourly.project == project)
    # Each of them one stretch of its key: joined by `or`, SQLite would read all days.
    kept = [
        of_days.where(daily.day.in_(parts), daily.what == WAIT),
        of_hours.where(hourly.hour.in_(hours), hourly.what != WAIT),
    ]
    if whole:
        kept.append(of_days.where(daily.day >= whole[0], daily.day <= whole[-1]))
    all_ = union_all(*kept).subquery().c
    return select(all_.day, all_.what, all_.name, all_["count"], all_.amount)


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


def _count(what: str, name: str, count: SupportsInt, amount: SupportsFloat) -> Count:
    """Sums come as decimals from one database and as what they are from the other."""
    return Count(what=what, name=name, count=int(count), amount=float(amount))
