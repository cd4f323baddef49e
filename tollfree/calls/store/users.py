"""People who may sign in, and what each may do where."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import digest
from tollfree.calls.store.errors import AlreadyMember, BadEmail, EmailTaken, LastAdmin, StaleResource, UnknownUser
from tollfree.calls.store.projects import require_project
from tollfree.calls.store.tables import memberships, sign_ins, users
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.protocol.values import Values

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person."""

    id: str
    email: str
    """In lower case; what they sign in by."""
    name: str
    everywhere: bool
    """An admin of the whole installation: of all projects, users and engines."""
    disabled: bool
    """May not sign in."""
    created_at: datetime

    @property
    def changeable(self) -> Values:
        """What can be changed of them."""
        return {"name": self.name, "everywhere": self.everywhere, "disabled": self.disabled}

    @property
    def sha256(self) -> str:
        """Of what can be changed of them: by this `change` knows it."""
        return digest(self.changeable)


class Users:
    """All people of this installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, *, email: str, name: str, password_hash: str, everywhere: bool = False) -> User:
        """Raises `BadEmail` or `EmailTaken`."""
        made = self._made(email, name, everywhere)
        async with self._database.writing() as connection:
            await _insert(connection, made, password_hash)
        return made

    async def add_first(self, *, email: str, name: str, password_hash: str) -> User | None:
        """The first person, an admin everywhere; None: somebody is there already. Raises `BadEmail`."""
        made = self._made(email, name, everywhere=True)
        async with self._database.writing() as connection:
            if not self._database.is_sqlite:  # where a writer is not alone, two who come at once would both be first
                await connection.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
            if await connection.scalar(select(func.count()).select_from(users)):
                return None
            await _insert(connection, made, password_hash)
        return made

    async def exist(self) -> bool:
        """Whether there is anybody."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(users.c.id).limit(1))).first() is not None

    async def get(self, user: str) -> User:
        """One of them. Raises `UnknownUser`."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(users).where(users.c.id == user))).one_or_none()
        if row is None:
            raise UnknownUser(user)
        return _user(row)

    async def by_email(self, email: str) -> tuple[User, str] | None:
        """A person and the hash of their password; None: nobody has this address."""
        async with self._database.reading() as connection:
            wanted = select(users).where(users.c.email == email.strip().lower())
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else (_user(row), row.password_hash)

    async def list(self) -> tuple[User, ...]:
        """All of them, by address."""
        async with self._database.reading() as connection:
            return tuple(_user(row) for row in await connection.execute(select(users).order_by(users.c.email)))

    async def change(
        self,
        user: str,
        *,
        name: str | None = None,
        everywhere: bool | None = None,
        disabled: bool | None = None,
        expected: str | None = None,
    ) -> User:
        """Whoever is disabled is signed out as well. `expected`: only where they still have this SHA-256. Raises
        `UnknownUser`, `LastAdmin` or `StaleResource`."""
        given = {"name": name, "everywhere": everywhere, "disabled": disabled}
        changed = {column: value for column, value in given.items() if value is not None}
        async with self._database.writing() as connection:
            if everywhere is False or disabled:
                await _keep_an_admin(connection, user)
            before = await _locked(connection, user)
            if expected is not None and before.sha256 != expected:
                raise StaleResource(None, "person", before.email, before.changeable)
            if changed:
                await connection.execute(update(users).where(users.c.id == user).values(**changed))
            if disabled:
                await connection.execute(delete(sign_ins).where(sign_ins.c.user_id == user))
        return replace(before, **changed)

    async def set_password(self, user: str, password_hash: str) -> None:
        """Signs them out everywhere. Raises `UnknownUser`."""
        changed = update(users).where(users.c.id == user).values(password_hash=password_hash)
        async with self._database.writing() as connection:
            if (await connection.execute(changed)).rowcount == 0:
                raise UnknownUser(user)
            await connection.execute(delete(sign_ins).where(sign_ins.c.user_id == user))

    async def remove(self, user: str) -> None:
        """What they did stays in the audit. Raises `UnknownUser` or `LastAdmin`."""
        async with self._database.writing() as connection:
            await _keep_an_admin(connection, user)
            if (await connection.execute(delete(users).where(users.c.id == user))).rowcount == 0:
                raise UnknownUser(user)

    async def admit(self, user: str, project: ProjectId, role: Role) -> None:
        """A part in a project for somebody who has none. Raises `UnknownUser`, `UnknownProject` or `AlreadyMember`."""
        async with self._database.writing() as connection:
            await require_project(connection, project)
            named = await _locked(connection, user)
            held = await connection.scalar(select(memberships.c.role).where(*_membership(user, project)))
            if held is not None:
                raise AlreadyMember(named.email, Role(held))
            await connection.execute(insert(memberships), {"user_id": user, "project": project, "role": role.value})

    async def grant(self, user: str, project: ProjectId, role: Role, *, expected: str | None = None) -> None:
        """Their role in a project from now on. `expected`: only where they still have this one. Raises `UnknownUser`,
        `UnknownProject` or `StaleResource`."""
        async with self._database.writing() as connection:
            await require_project(connection, project)
            named = await _locked(connection, user)
            mine = _membership(user, project)
            if expected is not None:
                held = await connection.scalar(select(memberships.c.role).where(*mine))
                if held != expected:
                    raise StaleResource(project, "member", named.email, None if held is None else {"role": held})
            await connection.execute(delete(memberships).where(*mine))
            await connection.execute(insert(memberships), {"user_id": user, "project": project, "role": role.value})

    async def revoke(self, user: str, project: ProjectId) -> None:
        """They have no part in a project any more. Safe to call again."""
        async with self._database.writing() as connection:
            await _lock(connection, user)  # a grant at the same time is done before, or sees it
            await connection.execute(delete(memberships).where(*_membership(user, project)))

    async def roles(self, user: str) -> Mapping[ProjectId, Role]:
        """Where they have a part, and which."""
        wanted = select(memberships.c.project, memberships.c.role).where(memberships.c.user_id == user)
        return {ProjectId(row.project): Role(row.role) for row in await self._database.rows(wanted)}

    async def members(self, project: ProjectId) -> tuple[tuple[User, Role], ...]:
        """Who has a part in a project, by address. Admins of the installation are not listed for being that."""
        wanted = (
            select(users, memberships.c.role)
            .join_from(users, memberships)
            .where(memberships.c.project == project)
            .order_by(users.c.email)
        )
        async with self._database.reading() as connection:
            return tuple((_user(row), Role(row.role)) for row in await connection.execute(wanted))

    def _made(self, email: str, name: str, everywhere: bool) -> User:
        address = email.strip().lower()
        if not _EMAIL.fullmatch(address):
            raise BadEmail(email)
        return User(
            id="u_" + secrets.token_hex(8),
            email=address,
            name=name.strip() or address,
            everywhere=everywhere,
            disabled=False,
            created_at=self._clock.now(),
        )


async def _insert(connection: AsyncConnection, user: User, password_hash: str) -> None:
    row = {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "password_hash": password_hash,
        "everywhere": user.everywhere,
        "disabled": user.disabled,
        "created_at": user.created_at,
    }
    try:
        await connection.execute(insert(users), row)
    except IntegrityError as error:
        raise EmailTaken(user.email) from error


async def _locked(connection: AsyncConnection, user: str) -> User:
    """One of them, whom nobody else changes until the transaction ends, nor their part in any project. Raises
    `UnknownUser`."""
    found = await _lock(connection, user)
    if found is None:
        raise UnknownUser(user)
    return found


async def _lock(connection: AsyncConnection, user: str) -> User | None:
    """As `_locked`; None: there is nobody."""
    locked = select(users).where(users.c.id == user).with_for_update(key_share=True)
    row = (await connection.execute(locked)).one_or_none()
    return None if row is None else _user(row)


def _membership(user: str, project: ProjectId) -> tuple[ColumnElement[bool], ...]:
    """Their part in a project."""
    return (memberships.c.user_id == user, memberships.c.project == project)


async def _keep_an_admin(connection: AsyncConnection, but: str) -> None:
    """Raises `LastAdmin` where nobody else could administer the installation. Locked, so that two admins who remove
    each other at once do not both succeed."""
    admins = select(users.c.id).where(users.c.everywhere, users.c.disabled.is_(False)).with_for_update()
    ids = {row.id for row in await connection.execute(admins)}
    if ids == {but}:
        raise LastAdmin


def _user(row: Row[*tuple[object, ...]]) -> User:
    return User(
        id=row.id,
        email=row.email,
        name=row.name,
        everywhere=row.everywhere,
        disabled=row.disabled,
        created_at=row.created_at,
    )
