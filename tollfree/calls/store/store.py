"""The store: one door to everything that outlives a process."""

import asyncio
from pathlib import Path
from types import TracebackType

from tollfree.calls.store.api_keys import ApiKeys
from tollfree.calls.store.audit import Audit
from tollfree.calls.store.calls import Calls
from tollfree.calls.store.catalogues import Catalogues
from tollfree.calls.store.commands import Commands
from tollfree.calls.store.database import Database, parse_url
from tollfree.calls.store.drafts import Drafts
from tollfree.calls.store.erasing import Erasing
from tollfree.calls.store.flows import Flows
from tollfree.calls.store.frozen_drafts import FrozenDrafts
from tollfree.calls.store.growing import GrowingLogs
from tollfree.calls.store.hours import Hours
from tollfree.calls.store.idempotent import IdempotentRequests
from tollfree.calls.store.log import CallLog
from tollfree.calls.store.migrate import migrate
from tollfree.calls.store.numbers import Numbers
from tollfree.calls.store.outbox import Outbox
from tollfree.calls.store.password_links import PasswordLinks
from tollfree.calls.store.projects import Projects
from tollfree.calls.store.sealed_secrets import SealedSecrets
from tollfree.calls.store.sign_ins import SignIns
from tollfree.calls.store.sqlite_file import prepare
from tollfree.calls.store.texts import CallTexts
from tollfree.calls.store.tools import Tools
from tollfree.calls.store.usage import Usage
from tollfree.calls.store.users import Users
from tollfree.calls.store.versions import Versions
from tollfree.calls.store.waiting_calls import WaitingCalls
from tollfree.calls.store.webhooks import Webhooks
from tollfree.protocol.clock import Clock, SystemClock

WAIT_MS = 5000
"""How long to wait for another program's lock, unless told."""


def default_url(home: Path) -> str:
    """The store of a home folder."""
    return f"sqlite+aiosqlite:///{home.absolute() / 'tollfree.db'}"


class Store:
    """An open store, with one repository for each noun. Belongs to the event loop it was opened in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use `open`, which also brings the tables up to date."""
        self._database = database
        self.projects = Projects(database, clock)
        self.flows = Flows(database)
        self.drafts = Drafts(database, clock)
        self.versions = Versions(database, clock)
        self.frozen_drafts = FrozenDrafts(database, clock)
        self.tools = Tools(database, clock)
        self.catalogues = Catalogues(database, clock)
        self.sealed_secrets = SealedSecrets(database, clock)
        self.numbers = Numbers(database, clock)
        self.calls = Calls(database)
        self.commands = Commands(database, clock)
        self.usage = Usage(database)
        self.waiting_calls = WaitingCalls(database, clock)
        self.log = CallLog(database)
        self.growing = GrowingLogs(database, self.calls)
        self.call_texts = CallTexts(database)
        self.idempotent = IdempotentRequests(database, clock)
        self.users = Users(database, clock)
        self.sign_ins = SignIns(database, clock)
        self.api_keys = ApiKeys(database, clock)
        self.audit = Audit(database, clock)
        self.password_links = PasswordLinks(database, clock)
        self.webhooks = Webhooks(database, clock)
        self.outbox = Outbox(database, clock)
        self.hours = Hours(database)
        self.erasing = Erasing(database, clock)

    @classmethod
    async def open(cls, url: str, *, clock: Clock | None = None, wait_ms: int = WAIT_MS) -> "Store":
        """Opens `sqlite:///FILE` (created when missing, with its folder) or `postgresql://USER@HOST/NAME`, and
        brings its tables up to date. `wait_ms`: how long to wait for another program's lock.

        Raises `StoreUnavailable`, `StoreReadOnly`, `StoreFull`, `StoreDamaged`, `StoreNewer`, or `StoreError` for a
        URL it cannot use.
        """
        parsed = parse_url(url)
        if parsed.drivername.startswith("sqlite"):
            await asyncio.to_thread(prepare, Path(str(parsed.database)), wait_ms=wait_ms)
        clock = clock if clock is not None else SystemClock()
        database = Database(parsed, wait_ms=wait_ms, clock=clock)
        try:
            await migrate(database)
        except BaseException:
            await database.close()
            raise
        return cls(database, clock)

    @property
    def place(self) -> str:
        """Where it is, for people: the file, or the URL without its password."""
        return self._database.place

    async def close(self) -> None:
        """Waits for appends under way, then closes every connection. A second call does nothing."""
        await self.log.close()
        await self._database.close()

    async def __aenter__(self) -> "Store":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
