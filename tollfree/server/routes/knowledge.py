"""A project's knowledge: where it comes from, and what it says."""

from collections.abc import Sequence
from typing import Annotated

import httpx
from fastapi import File, Form, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.project import PROJECT_FILE
from tollfree.calls.publishing import project_settings
from tollfree.knowledge.ingest.errors import BadSource, UnknownSource
from tollfree.knowledge.ingest.jobs import Check, Job, JobKind
from tollfree.knowledge.ingest.requests import Change, change_request, source_request, unchanged
from tollfree.knowledge.ingest.source import MAX_DEPTH, MAX_PAGES, KnownDocument, Source, normal_url
from tollfree.network.guard import Guard
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.protocol.values import Value
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, TheDesk, Who, audit
from tollfree.server.errors import Unfit
from tollfree.server.etags import TAGGED, IfMatch, matched
from tollfree.server.models.knowledge import (
    Accepted,
    DocumentFacts,
    PassageFacts,
    SourceFacts,
    document_facts,
    job_facts,
    key_of,
    name_of,
    passage_facts,
    source_facts,
)
from tollfree.server.paging import Cursor, Limit, Page, cursor_of, number_at
from tollfree.server.principal import Principal
from tollfree.wiring.knowledge_jobs import ask_for, open_jobs
from tollfree.wiring.known_sources import open_sources
from tollfree.wiring.uploads import keep, uploads_folder

router = guarded("knowledge")

MOST_FILES = 100
"""Files of one upload."""
Tag = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20, examples=[["delivery"]])]
Every = Annotated[str, Field(pattern=r"^(\d{1,4}[mhdw])?$", examples=["1d"])]
"""`30m`, `12h`, `1d`, `2w`; empty: when somebody asks for it."""


class NewPage(BaseModel):
    """A page, a sitemap or a site to be taken in."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: str = Field(min_length=1, max_length=2000, examples=["https://bakery.example.com/help"])
    """One page; a sitemap (`…sitemap.xml`) is every page that it lists."""
    crawl: int | None = Field(default=None, ge=1, le=MAX_PAGES, examples=[50])
    """Follow its links within the site, for so many pages at most; null: only this page."""
    depth: int | None = Field(default=None, ge=0, le=MAX_DEPTH)
    """Links from the first page on; null: 3."""
    tags: Tags = ()
    refresh_every: Every = ""
    """Read it again after this time."""


class SourceChange(BaseModel):
    """What is to be different of a source; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    tags: Tags | None = None
    refresh_every: Every | None = None
    """Empty: only when somebody asks for it."""


class Refresh(BaseModel):
    """Sources to be gone through once more."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    sources: tuple[str, ...] = Field(default=(), max_length=1000)
    """Their ids; none: all."""
    again: bool = False
    """Also what has not changed."""


@router.get("/projects/{project}/knowledge/sources", dependencies=[may(Role.VIEWER)])
async def list_sources(desk: TheDesk, project: str, cursor: Cursor = "", limit: Limit = 50) -> Page[SourceFacts]:
    """Where the project's knowledge comes from, in the order it was added."""
    start = number_at(cursor) or 0
    unfinished = await _unfinished(desk, ProjectId(project))
    async with open_sources(desk.office, ProjectId(project)) as known:
        sources = await known.list()
        documents = list((await known.documents()).values())
    some = sources[start : start + limit]
    items = _facts(desk, ProjectId(project), some, documents, unfinished)
    return Page(items=tuple(items), next=cursor_of(start + limit) if start + limit < len(sources) else None)


@router.get("/projects/{project}/knowledge/sources/{source}", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_source(desk: TheDesk, project: str, source: str, response: Response) -> SourceFacts:
    """One of them."""
    unfinished = await _unfinished(desk, ProjectId(project))
    found, documents = await _source(desk, ProjectId(project), source)
    [facts] = _facts(desk, ProjectId(project), [found], documents, unfinished)
    response.headers["ETag"] = facts.etag
    return facts


@router.get("/projects/{project}/knowledge/sources/{source}/documents", dependencies=[may(Role.VIEWER)])
async def list_documents(
    desk: TheDesk, project: str, source: str, cursor: Cursor = "", limit: Limit = 50
) -> Page[DocumentFacts]:
    """The documents of a source, with what is wrong with them."""
    start = number_at(cursor) or 0
    _, documents = await _source(desk, ProjectId(project), source)
    some = documents[start : start + limit]
    more = start + limit < len(documents)
    return Page(items=tuple(map(document_facts, some)), next=cursor_of(start + limit) if more else None)


@router.get("/projects/{project}/knowledge/sources/{source}/passages", dependencies=[may(Role.VIEWER)])
async def list_passages(
    desk: TheDesk,
    project: str,
    source: str,
    document: Annotated[
        str, Query(max_length=64, description="Only of this document.", examples=["9c1b7e02d4f65a83b1c0"])
    ] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[PassageFacts]:
    """What a source says, as it is searched and cited."""
    start = number_at(cursor) or 0
    _, documents = await _source(desk, ProjectId(project), source)
    wanted = [one for one in documents if not document or key_of(one.id) == document]
    items: list[PassageFacts] = []
    passed, more = 0, False
    for one in wanted:
        if more or passed + one.passages <= start:
            passed += one.passages
            continue
        passages = await desk.office.knowledge.passages(ProjectId(project), source=one.id)
        here = passages[max(0, start - passed) :]
        items += map(passage_facts, here[: limit - len(items)])
        passed += one.passages
        more = passed > start + limit
    return Page(items=tuple(items), next=cursor_of(start + limit) if more else None)


@router.post("/projects/{project}/knowledge/uploads", dependencies=[may(Role.EDITOR)], status_code=202)
async def upload_documents(
    request: Request,
    desk: TheDesk,
    who: Who,
    project: str,
    files: Annotated[
        list[UploadFile],
        File(
            description="PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, JSON or text.",
            examples=[["We open at seven."]],
        ),
    ],
    tags: Annotated[
        list[Tag] | None, Form(max_length=20, description="Labels for their passages.", examples=[["delivery"]])
    ] = None,
) -> Accepted:
    """Send documents to be taken in. One of the same name that was sent before is replaced."""
    if len(files) > MOST_FILES:
        raise Unfit(f"{len(files)} files were sent; {MOST_FILES} at most go in one upload.", code="too_many_files")
    paths = await keep(desk.office.knowledge, ProjectId(project), files)
    audit(request, files=", ".join(path.name for path in paths)[:500])
    sources = [Source.of(str(path), tags=tuple(tags or ())) for path in paths]
    return await _ask(desk, ProjectId(project), JobKind.ADD, {"add": source_request(sources)}, who)


@router.post("/projects/{project}/knowledge/sources", dependencies=[may(Role.EDITOR)], status_code=202)
async def add_pages(request: Request, desk: TheDesk, who: Who, project: str, given: NewPage) -> Accepted:
    """Have a page, a sitemap or a site taken in. What is within a private network is refused, unless the project's
    `allowed_hosts` name it."""
    url = await _reachable(desk, ProjectId(project), given.url)
    source = Source.of(url, tags=given.tags, crawl=given.crawl, depth=given.depth, refresh_every=given.refresh_every)
    audit(request, url=url[:500])
    return await _ask(desk, ProjectId(project), JobKind.ADD, {"add": source_request([source])}, who)


@router.patch("/projects/{project}/knowledge/sources/{source}", dependencies=[may(Role.EDITOR)], status_code=202)
async def change_source(
    desk: TheDesk, who: Who, project: str, source: str, given: SourceChange, if_match: IfMatch = ""
) -> Accepted:
    """Give a source other tags, or another time to be read again. It counts as changed from now on, though the job
    that does it waits."""
    wanted = matched(if_match)
    found, _ = await _source(desk, ProjectId(project), source)
    request = change_request(found.id, Change(tags=given.tags, refresh_every=given.refresh_every))
    check = unchanged(found.id, name_of(found.id), wanted)
    return await _ask(desk, ProjectId(project), JobKind.CHANGE, request, who, check=check)


@router.delete("/projects/{project}/knowledge/sources/{source}", dependencies=[may(Role.EDITOR)], status_code=202)
async def remove_source(request: Request, desk: TheDesk, who: Who, project: str, source: str) -> Accepted:
    """Forget a source and all that it says; a document that was sent is deleted."""
    found, _ = await _source(desk, ProjectId(project), source)
    audit(request, source_name=found.id[:500])
    return await _ask(desk, ProjectId(project), JobKind.REMOVE, {"sources": [found.id]}, who)


@router.post("/projects/{project}/knowledge/refresh", dependencies=[may(Role.EDITOR)], status_code=202)
async def refresh_sources(desk: TheDesk, who: Who, project: str, given: Refresh) -> Accepted:
    """Go through sources once more: what changed is read again, what has gone is forgotten."""
    async with open_sources(desk.office, ProjectId(project)) as known:
        by_key = {key_of(one.id): one.id for one in await known.list()}
    if missing := [key for key in given.sources if key not in by_key]:
        raise _unknown(missing[0])
    ids = [by_key[key] for key in given.sources]
    return await _ask(desk, ProjectId(project), JobKind.REFRESH, {"sources": ids, "again": given.again}, who)


@router.post("/projects/{project}/knowledge/rebuild", dependencies=[may(Role.EDITOR)], status_code=202)
async def rebuild_knowledge(desk: TheDesk, who: Who, project: str) -> Accepted:
    """Make the index anew, as another embedder or damaged files ask for. Calls use the old one until it is done."""
    return await _ask(desk, ProjectId(project), JobKind.REBUILD, {}, who)


async def _unfinished(desk: Desk, project: ProjectId) -> Sequence[Job]:
    """Jobs that are not over. Looked for before the sources: what one of them changes until then is what it is planned
    to; the other way round, one that has just ended would count neither as planned nor as done."""
    async with open_jobs(desk.office, project) as jobs:
        return await jobs.unfinished()


def _facts(
    desk: Desk,
    project: ProjectId,
    sources: Sequence[Source],
    documents: Sequence[KnownDocument],
    unfinished: Sequence[Job],
) -> list[SourceFacts]:
    folder = uploads_folder(desk.office.knowledge, project)
    own: dict[str, list[KnownDocument]] = {}
    for one in documents:
        own.setdefault(one.source, []).append(one)
    return [source_facts(one, own.get(one.id, ()), folder, unfinished) for one in sources]


async def _source(desk: Desk, project: ProjectId, key: str) -> tuple[Source, list[KnownDocument]]:
    """A source by its id here, and its documents. Raises `UnknownSource`."""
    async with open_sources(desk.office, project) as known:
        for one in await known.list():
            if key_of(one.id) == key:
                return one, list((await known.documents(one.id)).values())
    raise _unknown(key)


def _unknown(key: str) -> UnknownSource:
    return UnknownSource(f"The project has no source {key[:64]!r}; it may have been removed.")


async def _reachable(desk: Desk, project: ProjectId, url: str) -> str:
    """The address in its usual form. Raises `BadSource` or `HostRefused`: that is told at once, not by the job. What a
    name leads to is looked at when it is fetched."""
    settings = await project_settings(desk.store, project)
    if "://" not in url:
        raise BadSource("A web page begins with https:// or http://.")
    normal = normal_url(url)
    Guard(settings.allowed_hosts, any_public=True, listed_in=PROJECT_FILE).check_url(httpx.URL(normal))
    return normal


async def _ask(
    desk: Desk,
    project: ProjectId,
    kind: JobKind,
    request: dict[str, Value],
    who: Principal,
    *,
    check: Check | None = None,
) -> Accepted:
    job = await ask_for(desk.office, project, kind, request, asked_by=who.name, check=check)
    if desk.ingestion is not None:
        desk.ingestion.wake(project)
    return Accepted(job=job_facts(job))
