"""Has the jobs of projects' knowledge done, a few projects at a time, each in a process of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from tollfree.knowledge.ingest.database import FILE
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.job_process import run_in_a_process
from tollfree.wiring.knowledge_jobs import open_jobs
from tollfree.wiring.office import Office

Start = Callable[[Office, ProjectId], Awaitable[int]]
"""Works the project's jobs off; its exit code."""
FAILURES = 3
"""Processes that may end badly one after the other before the jobs are left until something is asked for again."""

_log = logging.getLogger(__name__)


async def _in_a_process(office: Office, project: ProjectId) -> int:
    return await run_in_a_process(office.settings, project)


class Ingestion:
    """One for the server. What a server that was stopped or killed left undone is gone on with by the next."""

    def __init__(self, office: Office, *, start: Start = _in_a_process, at_once: int = 1) -> None:
        self._office = office
        self._start = start
        self._turns = asyncio.Semaphore(at_once)
        self._running: dict[ProjectId, asyncio.Task[None]] = {}
        self._more: set[ProjectId] = set()
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._take_up())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [*self._running.values(), *([self._looking] if self._looking is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, project: ProjectId) -> None:
        """There is something to do."""
        self._more.add(project)
        present = self._running.get(project)
        if present is None or present.done():
            task = self._running[project] = asyncio.create_task(self._work_off(project))
            task.add_done_callback(lambda done: self._forget(project, done))

    async def stop(self, project: ProjectId) -> None:
        """Put its jobs down, as it is being deleted."""
        self._more.discard(project)
        if (task := self._running.get(project)) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def idle(self) -> None:
        """Return when nothing is being done."""
        while self._running:
            await asyncio.wait(tuple(self._running.values()))

    def _forget(self, project: ProjectId, task: asyncio.Task[None]) -> None:
        if self._running.get(project) is task:
            del self._running[project]

    async def _work_off(self, project: ProjectId) -> None:
        failures = 0
        # `_more` is looked at last: what was asked for while the table was read is not in it yet.
        while failures < FAILURES and (await self._waits(project) or project in self._more):
            self._more.discard(project)
            async with self._turns:
                code = await self._start(self._office, project)
            failures = failures + 1 if code else 0
            if code:
                _log.warning("a process that takes documents in ended badly", extra={"project": project, "rc": code})

    async def _take_up(self) -> None:
        """Go on with what is left from before."""
        try:
            for project in await self._office.store.projects.list():
                if (self._office.knowledge.folder(project.id) / FILE).exists() and await self._waits(project.id):
                    self.wake(project.id)
        except TollfreeError as error:
            _log.warning("jobs left from before could not be looked for: %s", error.message)

    async def _waits(self, project: ProjectId) -> bool:
        try:
            async with open_jobs(self._office, project) as jobs:
                return bool(await jobs.unfinished())
        except TollfreeError:
            return False
