"""Looks at a store without changing it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tollfree.calls.store.database import Database, parse_url
from tollfree.calls.store.migrate import HEAD, revision_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLook:
    """What is there."""

    place: str
    """The file, or the URL without its password."""
    revision: str | None
    """Of its tables; None: there are none yet, and the first opening makes them."""

    @property
    def current(self) -> bool:
        """Whether its tables are those of this program."""
        return self.revision == HEAD


async def look_at(url: str, *, wait_ms: int) -> StoreLook:
    """Connect, and read which schema is there. A SQLite file that does not exist is not made. Raises `StoreError`."""
    parsed = parse_url(url)
    file = Path(str(parsed.database)) if parsed.drivername.startswith("sqlite") else None
    if file is not None and not await asyncio.to_thread(file.exists):
        return StoreLook(place=str(parsed.database), revision=None)
    database = Database(parsed, wait_ms=wait_ms)
    try:
        async with database.reading() as connection:
            return StoreLook(place=database.place, revision=await revision_of(connection))
    finally:
        await database.close()
