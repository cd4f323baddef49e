"""Who is signed in: browsers that hold a secret, of which only a hash is kept."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.tables import sign_ins, users
from tollfree.calls.store.users import User
from tollfree.protocol.clock import Clock


class SignIns:
    """All that last."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, token_sha256: str, user: str, until: datetime) -> None:
        """Also forgets those that are over."""
        now = self._clock.now()
        row = {"token_sha256": token_sha256, "user_id": user, "began_at": now, "until": until}
        async with self._database.writing() as connection:
            await connection.execute(delete(sign_ins).where(sign_ins.c.until <= now))
            await connection.execute(insert(sign_ins), row)

    async def user(self, token_sha256: str) -> User | None:
        """Whose it is; None: it is over, ended, or never was, or they may not sign in."""
        wanted = (
            select(users)
            .join_from(users, sign_ins)
            .where(
                sign_ins.c.token_sha256 == token_sha256,
                sign_ins.c.until > self._clock.now(),
                users.c.disabled.is_(False),
            )
        )
        row = next(iter(await self._database.rows(wanted)), None)
        if row is None:
            return None
        return User(
            id=row.id,
            email=row.email,
            name=row.name,
            everywhere=row.everywhere,
            disabled=row.disabled,
            created_at=row.created_at,
        )

    async def end(self, token_sha256: str) -> None:
        """Signs out. Safe to call again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(sign_ins).where(sign_ins.c.token_sha256 == token_sha256))
