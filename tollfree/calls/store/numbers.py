"""Telephone numbers, each answered by one agent of one project."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import NumberTaken, UnknownNumber
from tollfree.calls.store.projects import lock_project
from tollfree.calls.store.tables import numbers
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number, and what was made in LiveKit so that it rings here."""

    number: str
    """In E.164."""
    project: ProjectId
    agent: str
    by_sip: bool
    """Whether LiveKit's SIP service brings its calls. False: somebody else does."""
    addresses: tuple[str, ...]
    """The provider's addresses that may send calls, each an IP address or a network; empty: any."""
    trunk: str
    """Id of its inbound trunk in LiveKit; empty: not made yet."""
    dispatch_rule: str
    """Id of its dispatch rule in LiveKit; empty: not made yet."""
    created_at: datetime

    @property
    def reachable(self) -> bool:
        """Whether everything that its calls need was made."""
        return not self.by_sip or bool(self.trunk and self.dispatch_rule)


class Numbers:
    """The numbers of all projects. A number is unique over all of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, number: str, project: ProjectId, agent: str, *, by_sip: bool = True, addresses: tuple[str, ...] = ()
    ) -> Number:
        """Adds a number in E.164. One that this agent answers already stays, with the way it is reached as it is now.

        Raises `UnknownProject` or `NumberTaken`.
        """
        row = {
            "number": number,
            "project": project,
            "agent": agent,
            "by_sip": by_sip,
            "addresses": " ".join(addresses),
            "trunk": "",
            "dispatch_rule": "",
            "created_at": self._clock.now(),
        }
        async with self._database.writing() as connection:
            await lock_project(connection, project)
            there = (await connection.execute(select(numbers).where(numbers.c.number == number))).one_or_none()
            if there is None:
                try:
                    await connection.execute(insert(numbers), row)
                except IntegrityError as error:  # added to another project since we looked, on PostgreSQL
                    raise NumberTaken(number, project, agent) from error
            elif (there.project, there.agent) != (project, agent):
                raise NumberTaken(number, ProjectId(there.project), there.agent)
            else:
                changed = {"by_sip": by_sip, "addresses": " ".join(addresses)}
                await connection.execute(update(numbers).where(numbers.c.number == number).values(**changed))
        return await self.get(number)

    async def get(self, number: str) -> Number:
        """One of them. Raises `UnknownNumber`."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(numbers).where(numbers.c.number == number))).one_or_none()
        if row is None:
            raise UnknownNumber(number)
        return _number(row)

    async def list(self, project: ProjectId | None = None) -> tuple[Number, ...]:
        """All of them, or a project's, in order."""
        wanted = select(numbers).order_by(numbers.c.number)
        if project is not None:
            wanted = wanted.where(numbers.c.project == project)
        async with self._database.reading() as connection:
            return tuple(_number(row) for row in await connection.execute(wanted))

    async def reached_by(self, number: str, *, trunk: str, dispatch_rule: str) -> None:
        """Keeps what was made in LiveKit for a number. Raises `UnknownNumber`."""
        made = update(numbers).where(numbers.c.number == number).values(trunk=trunk, dispatch_rule=dispatch_rule)
        async with self._database.writing() as connection:
            if (await connection.execute(made)).rowcount == 0:
                raise UnknownNumber(number)

    async def remove(self, number: str) -> None:
        """Removes a number. Raises `UnknownNumber`."""
        async with self._database.writing() as connection:
            if (await connection.execute(delete(numbers).where(numbers.c.number == number))).rowcount == 0:
                raise UnknownNumber(number)


def _number(row: Row[*tuple[object, ...]]) -> Number:
    return Number(
        number=row.number,
        project=ProjectId(row.project),
        agent=row.agent,
        by_sip=row.by_sip,
        addresses=tuple(row.addresses.split()),
        trunk=row.trunk,
        dispatch_rule=row.dispatch_rule,
        created_at=row.created_at,
    )
