"""Jobs that take documents in: asked for by anybody, done one after the other by one process a project."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import cast

from tollfree.calls.store.errors import UnknownProject
from tollfree.knowledge.errors import KnowledgeBusy, KnowledgeGone
from tollfree.knowledge.folder import writer_lock
from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.jobs import Job, JobKind, Jobs, JobState
from tollfree.knowledge.ingest.report import Progress, Report
from tollfree.knowledge.ingest.source import Source, SourceKind, seconds_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different of a source."""

    tags: tuple[str, ...] | None = None
    refresh_every: str | None = None
    """Empty: by command only."""


@asynccontextmanager
async def open_jobs(office: Office, project: ProjectId, *, make: bool = False) -> AsyncGenerator[Jobs]:
    """A project's jobs. `make`: one is to be added. Raises `UnknownProject` or `KnowledgeError`."""
    await office.store.projects.get(project)
    async with Database(office.knowledge.folder(project), make=make) as database:
        yield Jobs(database, lambda: office.clock.now().isoformat(timespec="milliseconds"))


async def ask_for(
    office: Office, project: ProjectId, kind: JobKind, request: Mapping[str, Value], *, asked_by: str
) -> Job:
    """Add a job, to be done by whoever works the project's off. Raises `UnknownProject` or `KnowledgeError`."""
    async with open_jobs(office, project, make=True) as jobs:
        job = await jobs.add(kind, request, asked_by=asked_by)
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

    names = [str(one) for one in _list(job.request.get("sources"))]
    again = bool(job.request.get("again"))
    async with open_sources(office, project) as known:
        sources = {one.id: one for one in await known.list()}
    async with open_ingest(office, project, told.read) as ingest:
        match job.kind:
            case JobKind.ADD:
                return await ingest.add([_source(one) for one in _list(job.request.get("add"))], again=again)
            case JobKind.CHANGE:
                changed = [_changed(sources[name], job.request) for name in names if name in sources]
                return await ingest.add(changed)
            case JobKind.REMOVE:
                report = await ingest.remove([name for name in names if name in sources])
                await asyncio.to_thread(discard, office.knowledge, project, names)
                return report
            case _:
                return await ingest.refresh([name for name in names if name in sources], again=again)


def source_request(sources: Sequence[Source]) -> Sequence[Value]:
    """Sources as an `add` job keeps them."""
    return [
        {"id": one.id, "kind": one.kind.value, "tags": list(one.tags), "pages": one.pages, "depth": one.depth,
         "refresh_every_s": one.refresh_every_s}
        for one in sources
    ]  # fmt: skip


def change_request(source: str, change: Change) -> dict[str, Value]:
    """What a `change` job keeps. Raises `BadSource`."""
    request: dict[str, Value] = {"sources": [source]}
    if change.tags is not None:
        request["tags"] = sorted({tag.strip() for tag in change.tags if tag.strip()})
    if change.refresh_every is not None:
        request["refresh_every_s"] = seconds_of(change.refresh_every) if change.refresh_every else None
    return request


def _changed(source: Source, request: Mapping[str, Value]) -> Source:
    tags = tuple(str(tag) for tag in _list(request["tags"])) if "tags" in request else source.tags
    every = request.get("refresh_every_s", source.refresh_every_s)
    return replace(source, tags=tags, refresh_every_s=every if isinstance(every, int) else None)


def _source(value: Value) -> Source:
    kept = cast(Mapping[str, Value], value)
    every = kept["refresh_every_s"]
    return Source(
        id=str(kept["id"]),
        kind=SourceKind(str(kept["kind"])),
        tags=tuple(str(tag) for tag in _list(kept["tags"])),
        pages=int(str(kept["pages"])),
        depth=int(str(kept["depth"])),
        refresh_every_s=every if isinstance(every, int) else None,
    )


def _list(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list | tuple) else []


def _as_json(report: Report) -> dict[str, Value]:
    whole = dict(report.as_json())
    for name in ("documents", "faults"):
        whole[name] = _list(whole[name])[:MOST_TOLD]
    return cast(dict[str, Value], json.loads(json.dumps(whole)))
