"""Links by which a person sets a password, once; only a hash of each is kept."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from tollfree.calls.store.database import Database
from tollfree.calls.store.errors import UnknownUser
from tollfree.calls.store.tables import password_links, users
from tollfree.protocol.clock import Clock


class PasswordLinks:
    """All that work."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def make(self, token_sha256: str, user: str, until: datetime) -> None:
        """In place of the person's earlier ones. Raises `UnknownUser`."""
        async with self._database.writing() as connection:
            if (await connection.execute(select(users.c.id).where(users.c.id == user))).one_or_none() is None:
                raise UnknownUser(user)
            await connection.execute(delete(password_links).where(password_links.c.user_id == user))
            row = {"token_sha256": token_sha256, "user_id": user, "until": until}
            await connection.execute(insert(password_links), row)

    async def user(self, token_sha256: str) -> str | None:
        """Whose it is; None: it does not work."""
        works = (password_links.c.token_sha256 == token_sha256) & (password_links.c.until > self._clock.now())
        async with self._database.reading() as connection:
            return await connection.scalar(select(password_links.c.user_id).where(works))

    async def use(self, token_sha256: str) -> str | None:
        """Whose it is, once: it works for nobody afterwards."""
        works = (password_links.c.token_sha256 == token_sha256) & (password_links.c.until > self._clock.now())
        async with self._database.writing() as connection:
            return await connection.scalar(delete(password_links).where(works).returning(password_links.c.user_id))
