"""What people tell running calls to do, until the calls' own processes have taken it up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Row, delete, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, encode
from tollfree.calls.store.errors import CallClosed, UnknownCall
from tollfree.calls.store.tables import call_commands, calls
from tollfree.protocol.clock import Clock
from tollfree.protocol.events import SupervisedAction
from tollfree.protocol.ids import CallId
from tollfree.protocol.values import Value

CommandAction: TypeAlias = SupervisedAction | Literal["renew"]
"""`renew`: whoever has taken the call over is still there. Everything else becomes an event of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that a call was told to do."""

    id: int
    """Grows from each of a call's commands to the next."""
    action: CommandAction
    by: str
    """Who, as the audit names them."""
    name: str = ""
    """The slot, or the exit."""
    value: Value = None
    """The slot's value, or the line to say."""
    at: datetime


class Commands:
    """The commands of all calls that run. They go when their call ends: what came of them is in its log."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def give(self, call: CallId, *, action: CommandAction, by: str, name: str = "", value: Value = None) -> int:
        """Tell a call to do something; returns the command's id. The call's process takes it up within a fraction
        of a second, and says in its log what came of it: an event `supervised`, or a note `supervision_refused`, with
        this id as its `command`.

        Raises `UnknownCall`, `CallClosed`, or `InvalidDocument` for a value that JSON cannot hold.
        """
        row = {
            "call_id": call,
            "action": action,
            "name": name,
            "value": encode({"value": value}),
            "by": by,
            "at": self._clock.now(),
        }
        # The call is locked, so that its commands become visible in the order of their ids: see `news`.
        wanted = select(calls.c.ended_at).where(calls.c.id == call).with_for_update(key_share=True)
        async with self._database.writing() as connection:
            found = (await connection.execute(wanted)).one_or_none()
            if found is None:
                raise UnknownCall(call)
            if found.ended_at is not None:
                raise CallClosed(call)
            if action == "renew":  # only the latest of these means anything
                renewed = (call_commands.c.call_id == call, call_commands.c.action == action, call_commands.c.by == by)
                await connection.execute(delete(call_commands).where(*renewed))
            given = await connection.execute(insert(call_commands).returning(call_commands.c.id), row)
            return given.scalar_one()

    async def since(self, call: CallId, id: int) -> tuple[Command, ...]:
        """What a call was told after the command with that id, in order; 0: from the first. Of a person's renewals
        only the latest is there."""
        return (await self.news({call: id})).get(call, ())

    async def news(self, after: Mapping[CallId, int]) -> dict[CallId, tuple[Command, ...]]:
        """The same for many calls in one query; calls that were told nothing new are left out."""
        if not after:
            return {}
        wanted = (
            select(call_commands)
            .where(call_commands.c.call_id.in_(sorted(after)), call_commands.c.id > min(after.values()))
            .order_by(call_commands.c.id)
        )
        found: dict[CallId, tuple[Command, ...]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(wanted):
                if row.id > after[row.call_id]:
                    found[row.call_id] = (*found.get(row.call_id, ()), _command(row))
        return found


def _command(row: Row[*tuple[object, ...]]) -> Command:
    return Command(
        id=row.id,
        action=row.action,
        by=row.by,
        name=row.name,
        value=decode(row.value)["value"],
        at=row.at,
    )
