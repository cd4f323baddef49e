"""What is to be told to webhooks: written in the same transaction as what happened, so that nothing that happened is
left untold, and nothing is told that did not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, cast

from sqlalchemy import CursorResult, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import encode
from tollfree.calls.store.errors import UnknownResource
from tollfree.calls.store.projects import require_project
from tollfree.calls.store.tables import webhook_deliveries, webhooks
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Values

State: TypeAlias = Literal["waiting", "delivered", "dead"]
"""`waiting`: to be sent, or to be tried again; `dead`: given up, until somebody asks for it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one webhook."""

    id: int
    webhook: str
    event: str
    """Such as `call.ended`."""
    payload: str
    """The body as it is sent, JSON."""
    state: State
    attempts: int
    """Times that it was sent."""
    made_at: datetime
    next_at: datetime
    """When it is sent next, while it waits."""
    ended_at: datetime | None
    """When it was taken, or given up."""
    status: int | None
    """HTTP status of the last answer; None: there was none."""
    error: str
    """What went wrong the last time; empty: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """Some deliveries, newest first."""

    deliveries: tuple[Delivery, ...]
    older: int | None
    """Pass it as `before` for the next page; None: this is the last."""


class Outbox:
    """The messages of all projects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tell(self, project: ProjectId, event: str, data: Values) -> None:
        """Tell the project's webhooks of something that the store itself does not see. Raises `UnknownProject`."""
        async with self._database.writing() as connection:
            await require_project(connection, project)
            await announce(connection, project, event, self._clock.now(), data)

    async def add(self, webhook: str, event: str, data: Values) -> int:
        """A message to one webhook alone; its id."""
        now = self._clock.now()
        async with self._database.writing() as connection:
            added = await connection.execute(insert(webhook_deliveries), _row(webhook, event, now, data))
            key = cast(CursorResult[object], added).inserted_primary_key
        assert key is not None
        return int(key[0])

    async def claim(self, limit: int, lease: timedelta) -> tuple[Delivery, ...]:
        """Messages that are due, the oldest first. Nobody else is given them until the lease is over: whoever dies
        meanwhile has lost nothing."""
        now = self._clock.now()
        due = (
            select(webhook_deliveries)
            .join_from(webhook_deliveries, webhooks)
            .where(webhook_deliveries.c.state == "waiting", webhook_deliveries.c.next_at <= now, webhooks.c.enabled)
            .order_by(webhook_deliveries.c.next_at, webhook_deliveries.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:  # mostly nothing is, and a look need not wait for writers
            if (await connection.execute(due)).first() is None:
                return ()
        due = due.with_for_update(skip_locked=True, of=webhook_deliveries)
        async with self._database.writing() as connection:
            rows = (await connection.execute(due)).all()
            ids = [row.id for row in rows]
            leased = update(webhook_deliveries).where(webhook_deliveries.c.id.in_(ids)).values(next_at=now + lease)
            await connection.execute(leased)
        return tuple(_delivery(row) for row in rows)

    async def delivered(self, delivery: int, status: int) -> None:
        """It was taken."""
        await self._ended(delivery, "delivered", status, "")

    async def dead(self, delivery: int, status: int | None, error: str) -> None:
        """It is given up."""
        await self._ended(delivery, "dead", status, error)

    async def again(self, delivery: int, status: int | None, error: str, at: datetime) -> None:
        """It was not taken, and is sent again then."""
        changed = {"attempts": webhook_deliveries.c.attempts + 1, "status": status, "error": error, "next_at": at}
        async with self._database.writing() as connection:
            one = update(webhook_deliveries).where(webhook_deliveries.c.id == delivery)
            await connection.execute(one.values(**changed))

    async def redeliver(self, project: ProjectId, webhook: str, delivery: int) -> None:
        """Send it again, now, whatever came of it. Raises `UnknownResource`."""
        now = self._clock.now()
        mine = (webhook_deliveries.c.webhook == webhook) & (webhook_deliveries.c.id == delivery)
        again = {"state": "waiting", "attempts": 0, "next_at": now, "ended_at": None}
        async with self._database.writing() as connection:
            if (await connection.execute(update(webhook_deliveries).where(mine).values(**again))).rowcount == 0:
                raise UnknownResource(project, "delivery", str(delivery))

    async def list(
        self, webhook: str, *, state: State | None = None, before: int | None = None, limit: int = 50
    ) -> DeliveryPage:
        """A webhook's, newest first."""
        table = webhook_deliveries.c
        wanted = select(webhook_deliveries).where(table.webhook == webhook).order_by(table.id.desc()).limit(limit + 1)
        if state is not None:
            wanted = wanted.where(table.state == state)
        if before is not None:
            wanted = wanted.where(table.id < before)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        page = tuple(_delivery(row) for row in rows[:limit])
        return DeliveryPage(deliveries=page, older=page[-1].id if len(rows) > limit and page else None)

    async def count(self) -> dict[str, int]:
        """How many there are in each state."""
        wanted = select(webhook_deliveries.c.state, func.count()).group_by(webhook_deliveries.c.state)
        async with self._database.reading() as connection:
            return {str(state): int(n) for state, n in await connection.execute(wanted)}

    async def forget(self, before: datetime) -> int:
        """Delete what was taken, or given up, before a moment; how many."""
        old = webhook_deliveries.c.ended_at < before
        async with self._database.writing() as connection:
            return (await connection.execute(delete(webhook_deliveries).where(old))).rowcount

    async def _ended(self, delivery: int, state: State, status: int | None, error: str) -> None:
        changed = {
            "state": state,
            "attempts": webhook_deliveries.c.attempts + 1,
            "status": status,
            "error": error,
            "ended_at": self._clock.now(),
        }
        async with self._database.writing() as connection:
            one = update(webhook_deliveries).where(webhook_deliveries.c.id == delivery)
            await connection.execute(one.values(**changed))


async def announce(connection: AsyncConnection, project: str, event: str, at: datetime, data: Values) -> None:
    """Within a transaction: a message to each webhook of the project that wants to know."""
    mine = select(webhooks.c.id, webhooks.c.events).where(webhooks.c.project == project, webhooks.c.enabled)
    wanting = [row.id for row in await connection.execute(mine) if event in cast(Sequence[str], json.loads(row.events))]
    if wanting:
        await connection.execute(insert(webhook_deliveries), [_row(one, event, at, data) for one in wanting])


def _row(webhook: str, event: str, at: datetime, data: Values) -> dict[str, object]:
    return {
        "webhook": webhook,
        "event": event,
        "payload": encode({"type": event, "timestamp": at.isoformat(), "data": dict(data)}),
        "state": "waiting",
        "attempts": 0,
        "made_at": at,
        "next_at": at,
        "ended_at": None,
        "status": None,
        "error": "",
    }


def _delivery(row: Row[*tuple[object, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        webhook=row.webhook,
        event=row.event,
        payload=row.payload,
        state=row.state,
        attempts=row.attempts,
        made_at=row.made_at,
        next_at=row.next_at,
        ended_at=row.ended_at,
        status=row.status,
        error=row.error,
    )
