"""Jobs that take documents in: asked for by anybody, done one after the other by one process a project."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

from tollfree.calls.store.errors import UnknownProject
from tollfree.knowledge.errors import KnowledgeBusy, KnowledgeGone
from tollfree.knowledge.folder import writer_lock
from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.jobs import Check, Job, JobKind, Jobs, JobState
from tollfree.knowledge.ingest.report import Progress, Report
from tollfree.knowledge.ingest.requests import added_by, changed_by, named_in
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.values import Value
from tollfree.wiring.known_sources import open_sources
from tollfree.wiring.office import Office
from tollfree.wiring.rendering import render_answers
from tollfree.wiring.uploads import discard

LOCK = "jobs"
LOOK_S = 0.3
"""Seconds between two notes of how far a job is, and two looks whether it is to end."""
MOST_TOLD = 200
"""Documents that a report names."""


@asynccontextmanager
async def open_jobs(office: Office, project: ProjectId, *, make: bool = False) -> AsyncGenerator[Jobs]:
    """A project's jobs. `make`: one is to be added. Raises `UnknownProject` or `KnowledgeError`."""
    await office.store.projects.get(project)
    async with Database(office.knowledge.folder(project), make=make) as database:
        yield Jobs(database, lambda: office.clock.now().isoformat(timespec="milliseconds"))


async def ask_for(
    office: Office,
    project: ProjectId,
    kind: JobKind,
    request: Mapping[str, Value],
    *,
    asked_by: str,
    check: Check | None = None,
) -> Job:
    """Add a job, to be done by whoever works the project's off. Raises `UnknownProject` or `KnowledgeError`, and as
    `check`."""
    async with open_jobs(office, project, make=True) as jobs:
        job = await jobs.add(kind, request, asked_by=asked_by, check=check)
    try:
        await office.store.projects.get(project)
    except UnknownProject:
        await office.knowledge.delete(project)  # it was deleted before our note was there
        raise
    return job


async def work_off(office: Office, project: ProjectId) -> None:
    """Do the project's jobs until none waits. Another process that does them is waited for. What it is cancelled in
    goes on the next time. Raises `StoreError` or `KnowledgeError` when jobs cannot be had at all."""
    try:
        folder = office.knowledge.folder(project)
        async with open_jobs(office, project) as jobs, writer_lock(folder, float("inf"), make=False, name=LOCK):
            while (job := await jobs.take()) is not None:
                await _do(office, project, jobs, job)
    except (UnknownProject, KnowledgeGone):
        return  # deleted meanwhile, and its jobs with it


async def _do(office: Office, project: ProjectId, jobs: Jobs, job: Job) -> None:
    told = _Told()
    work = asyncio.create_task(_work(office, project, job, told))
    try:
        while not (await asyncio.wait([work], timeout=LOOK_S))[0]:
            if await jobs.progress(job.number, told.as_json()):
                work.cancel()
                await asyncio.wait([work])
        await jobs.progress(job.number, told.as_json())
    except BaseException:
        work.cancel()
        await asyncio.wait([work])
        await jobs.put_back(job.number)
        raise
    if work.cancelled():
        await jobs.end(job.number, JobState.CANCELLED, {})
    elif (error := work.exception()) is None:
        await jobs.end(job.number, JobState.DONE, work.result())
    elif isinstance(error, UnknownProject | KnowledgeGone):
        raise error
    else:
        ours = isinstance(error, TollfreeError)
        message = error.message if ours else f"It failed ({type(error).__name__}); the server's log says more."
        await jobs.end(job.number, JobState.FAILED, {"code": error.code if ours else "failed", "message": message})
        if not ours:
            raise error


class _Told:
    """How far a job is."""

    def __init__(self) -> None:
        self._now: dict[str, Value] = {"stage": "starting"}

    def read(self, progress: Progress) -> None:
        self._now = {
            "stage": "reading",
            "done": progress.done,
            "of": progress.of,
            "passages": progress.passages,
            "document": progress.document,
        }

    def embedded(self, passages: int) -> None:
        self._now = {"stage": "embedding", "passages": passages}

    def spoken(self, done: int, of: int) -> None:
        self._now = {**self._now, "stage": "speaking", "done": done, "of": of, "document": ""}

    def as_json(self) -> dict[str, Value]:
        return dict(self._now)


async def _work(office: Office, project: ProjectId, job: Job, told: _Told) -> dict[str, Value]:
    while True:
        try:
            if job.kind is JobKind.REBUILD:
                return await _rebuild(office, project, told)
            report = await _ingest(office, project, job, told)
            break
        except KnowledgeBusy:
            continue  # somebody writes by the command line: that ends
    found = _as_json(report)
    if report.changed:
        try:
            await render_answers(office, project, told.spoken)
        except TollfreeError as error:
            found["note"] = f"Answers were not rendered ahead, so callers wait longer for each once: {error.message}"
    return found


async def _rebuild(office: Office, project: ProjectId, told: _Told) -> dict[str, Value]:
    from tollfree.wiring.rebuilding import rebuild_knowledge

    rebuilt = await rebuild_knowledge(office, project, told.embedded, told.read)
    return _as_json(rebuilt.report) if rebuilt.report is not None else {"passages": rebuilt.passages}


async def _ingest(office: Office, project: ProjectId, job: Job, told: _Told) -> Report:
    from tollfree.wiring.ingesting import open_ingest  # imports LangChain

    names = named_in(job.request)
    again = bool(job.request.get("again"))
    async with open_sources(office, project) as known:
        sources = {one.id: one for one in await known.list()}
    async with open_ingest(office, project, told.read) as ingest:
        match job.kind:
            case JobKind.ADD:
                return await ingest.add(added_by(job.request), again=again)
            case JobKind.CHANGE:
                changed = [changed_by(sources[name], job.request) for name in names if name in sources]
                return await ingest.add(changed)
            case JobKind.REMOVE:
                report = await ingest.remove([name for name in names if name in sources])
                await asyncio.to_thread(discard, office.knowledge, project, names)
                return report
            case _:
                return await ingest.refresh([name for name in names if name in sources], again=again)


def _as_json(report: Report) -> dict[str, Value]:
    whole = dict(report.as_json())
    for name in ("documents", "faults"):
        whole[name] = cast(Sequence[Value], whole[name])[:MOST_TOLD]
    return cast(dict[str, Value], json.loads(json.dumps(whole)))
