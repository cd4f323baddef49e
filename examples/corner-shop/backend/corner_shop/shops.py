"""Which shop answers a call: the one persistent shop, or a copy of the seeded shop for every call."""

import threading
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Protocol

from corner_shop import seed
from corner_shop.calendar import Calendar
from corner_shop.catalogue import Catalogue
from corner_shop.database import VERSION, Database, create_tables, open_file, open_memory, version_of


class Shops(Protocol):
    """Hands out the database that a call works on."""

    mode: str
    """As `/health` tells it."""

    def of_call(self, call: str) -> Database:
        """The database for this call; the empty string stands for requests that belong to none."""
        ...

    def close(self) -> None:
        """Lets go of every database."""
        ...


def fill(database: Database, catalogue: Catalogue, calendar: Calendar) -> None:
    """Creates and seeds the tables unless they are there, in one transaction: half a shop never exists.

    Raises ValueError when the tables are those of another version.
    """
    with database.writing() as connection:
        found = version_of(connection)
        if found == 0:
            create_tables(connection)
            seed.plant(connection, catalogue, calendar)
        elif found != VERSION:
            raise ValueError(f"the database has tables of version {found}, not {VERSION}: choose another file")


class OneShop:
    """A shop in a file, the same for every call."""

    mode = "database"

    def __init__(self, path: Path, catalogue: Catalogue, calendar: Calendar) -> None:
        self._database = open_file(path)
        fill(self._database, catalogue, calendar)

    def of_call(self, call: str) -> Database:
        return self._database

    def close(self) -> None:
        self._database.close()


class SandboxShops:
    """A fresh copy of the seeded shop for every call, in memory, so that a scripted call always meets the same shop."""

    mode = "sandbox"

    def __init__(self, catalogue: Catalogue, calendar: Calendar, limit: int = 256) -> None:
        """`limit`: how many calls' shops are kept; the one used longest ago goes first, and would begin anew."""
        self._catalogue = catalogue
        self._calendar = calendar
        self._limit = limit
        self._shops: OrderedDict[str, Database] = OrderedDict()
        self._lock = threading.Lock()
        self._seeded: tuple[date, bytes] | None = None

    def of_call(self, call: str) -> Database:
        with self._lock:
            shop = self._shops.get(call)
            if shop is None:
                shop = self._shops[call] = open_memory(self._contents())
            self._shops.move_to_end(call)
            while len(self._shops) > self._limit:
                self._shops.popitem(last=False)  # a request still under way keeps it until it has been answered
            return shop

    def close(self) -> None:
        with self._lock:
            for shop in self._shops.values():
                shop.close()
            self._shops.clear()

    def _contents(self) -> bytes:
        """The seeded shop of today; a server that runs past midnight seeds anew."""
        today = self._calendar.today()
        if self._seeded is None or self._seeded[0] != today:
            with _closing(open_memory()) as template:
                fill(template, self._catalogue, self._calendar)
                self._seeded = (today, template.connection.serialize())
        return self._seeded[1]


@contextmanager
def _closing(database: Database) -> Generator[Database]:
    try:
        yield database
    finally:
        database.close()
