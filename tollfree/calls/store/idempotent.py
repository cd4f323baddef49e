"""Requests that are done once, however often they are sent: by a key that whoever sends them chooses."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tollfree.calls.store.database import Database
from tollfree.calls.store.document import decode, digest, encode
from tollfree.calls.store.errors import KeyReused, StillBeingDone
from tollfree.calls.store.tables_found import idempotent_requests as requests
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Values

KEPT = timedelta(hours=24)
"""How long an answer is kept."""
GIVEN_UP = timedelta(minutes=3)
"""After so long a request that has no answer was broken off with its process, and may be done anew."""
LOOK_S = 0.1
PATIENCE_S = 100.0
"""The longest that a second one of the same requests waits for the first one's answer: a telephone may ring."""


class _Begun(Exception):
    """Somebody else does it, or did."""


class IdempotentRequests:
    """The requests of all projects, by who sent them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def once(
        self, project: ProjectId, who_id: str, key: str, request: Values, work: Callable[[], Awaitable[Values]]
    ) -> Values:
        """What `work` answers, which is done once for a key: whoever sends the same request again is given the same
        answer. What fails is forgotten, and may be tried again.

        Raises `KeyReused`, `StillBeingDone`, and what `work` does.
        """
        mine = (requests.c.project == project, requests.c.who_id == who_id, requests.c.key == key)
        sha256 = digest(request)
        began = self._clock.elapsed_ms()
        while not await self._begun(project, who_id, key, sha256, mine):
            answer = await self._answer(mine, sha256)
            if answer is not None:
                return answer
            if self._clock.elapsed_ms() - began > PATIENCE_S * 1000:
                raise StillBeingDone
            await asyncio.sleep(LOOK_S)
        try:
            answer = await work()
        except BaseException:
            async with self._database.writing() as connection:
                await connection.execute(delete(requests).where(*mine))
            raise
        async with self._database.writing() as connection:
            await connection.execute(update(requests).where(*mine).values(answer=encode(answer)))
        return answer

    async def _begun(
        self, project: ProjectId, who_id: str, key: str, sha256: str, mine: tuple[ColumnElement[bool], ...]
    ) -> bool:
        """Whether it is ours to do."""
        now = self._clock.now()
        row = {"project": project, "who_id": who_id, "key": key, "request_sha256": sha256, "answer": None, "at": now}
        left = requests.c.answer.is_(None) & (requests.c.at < now - GIVEN_UP)
        try:
            async with self._database.writing() as connection:
                await connection.execute(delete(requests).where(requests.c.at < now - KEPT))
                await connection.execute(delete(requests).where(*mine, left))
                try:
                    await connection.execute(insert(requests), row)
                except IntegrityError as error:
                    raise _Begun from error
        except _Begun:
            return False
        return True

    async def _answer(self, mine: tuple[ColumnElement[bool], ...], sha256: str) -> Values | None:
        wanted = select(requests.c.request_sha256, requests.c.answer).where(*mine)
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is not None and row.request_sha256 != sha256:
            raise KeyReused
        return None if row is None or row.answer is None else decode(row.answer)
