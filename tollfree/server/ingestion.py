"""Has the jobs of projects' knowledge done, a few projects at a time, each in a process of its own, and asks for those
that read sources again when it is time."""

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
from tollfree.wiring.refreshing import ask_for_due

Start = Callable[[Office, ProjectId], Awaitable[int]]
"""Works the project's jobs off; its exit code."""
FAILURES = 3
"""Processes that may end badly one after the other before the jobs are left until something is asked for again."""
LOOK_S = 60.0
"""Between two looks whether sources are due."""

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
        self._tried: set[ProjectId] = set()
        """Those whose jobs of before were taken up once."""

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._look())
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

    async def take_up(self) -> None:
        """Go on with what is left from before, and with what is due."""
        try:
            for project in await self._office.store.projects.list():
                if (self._office.knowledge.folder(project.id) / FILE).exists():
                    await self._take_up(project.id)
        except TollfreeError as error:
            _log.warning("jobs could not be looked for: %s", error.message)

    async def _look(self) -> None:
        while True:
            await self.take_up()
            await asyncio.sleep(LOOK_S)

    async def _take_up(self, project: ProjectId) -> None:
        try:
            due = await ask_for_due(self._office, project)
        except TollfreeError as error:
            _log.warning("sources that are due could not be asked for: %s", error.message, extra={"project": project})
            due = None
        if due is not None or (project not in self._tried and await self._waits(project)):
            self._tried.add(project)
            self.wake(project)

    async def _waits(self, project: ProjectId) -> bool:
        try:
            async with open_jobs(self._office, project) as jobs:
                return bool(await jobs.unfinished())
        except TollfreeError:
            return False
