"""What is told of a project's knowledge: sources, documents, passages and jobs."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.jobs import Job, JobKind, JobState
from tollfree.knowledge.ingest.requests import added_by, named_in, planned, source_tag
from tollfree.knowledge.ingest.source import KnownDocument, Source, SourceKind
from tollfree.protocol.values import Value
from tollfree.server.etags import etag
from tollfree.wiring.uploads import is_upload

_FROZEN = ConfigDict(frozen=True, use_attribute_docstrings=True)


class KnowledgeFault(BaseModel):
    """What is wrong with a document."""

    model_config = _FROZEN

    document: str = Field(examples=["price-list.pdf"])
    """Its name, or its address."""
    code: str = Field(examples=["scanned"])
    """Short and stable, such as `scanned` or `too_large`."""
    message: str = Field(examples=["The document is made of pictures of pages."])
    """A plain sentence."""
    remedy: str = Field(examples=["Run it through text recognition, and send it again."])
    """What would help."""
    serious: bool = Field(examples=[True])
    """Whether it kept the document out."""


class SourceFacts(BaseModel):
    """Where knowledge comes from: a document, a folder, a page, a site."""

    model_config = _FROZEN

    id: str = Field(examples=["5f3c0e9a1b2d4c6e8f70"])
    kind: SourceKind = Field(examples=["file"])
    title: str = Field(examples=["handbook.pdf"])
    """As a person knows it: a file's name, or an address."""
    url: str = ""
    """Of the web, its address."""
    uploaded: bool = Field(examples=[True])
    """Whether it was sent to this server, and is deleted with the source."""
    tags: tuple[str, ...] = Field(examples=[["delivery"]])
    """What its passages carry, once no job waits to change them: an `answer` node may ask for some only."""
    pages: int = Field(examples=[1])
    """Pages of a site or a sitemap at most."""
    depth: int = Field(examples=[0])
    """Links that are followed from a site's first page."""
    refresh_every_s: int | None = Field(examples=[86400])
    """Seconds after which it is due to be read again; null: when somebody asks for it."""
    added_at: datetime | None = Field(examples=["2026-11-02T09:30:00Z"])
    checked_at: datetime | None = Field(examples=["2026-11-21T04:00:12Z"])
    """When it was last gone through to its end; null: never yet."""
    documents: int = Field(examples=[1])
    passages: int = Field(examples=[64])
    state: Literal["waiting", "in", "partly", "failed"] = Field(examples=["in"])
    """`waiting`: not gone through yet. `in`: all of it is known. `partly`: some of its documents could not be read.
    `failed`: none could."""
    faults: tuple[KnowledgeFault, ...] = Field(examples=[[]])
    """The serious ones first, 50 at most."""
    job: int | None
    """The number of a job that is about it and not over."""
    etag: str = Field(examples=['"71e0b5c2d94f3a68"'])
    """Send it back in If-Match to change the source."""


class DocumentFacts(BaseModel):
    """A document of a source."""

    model_config = _FROZEN

    id: str = Field(examples=["9c1b7e02d4f65a83b1c0"])
    title: str = Field(examples=["handbook.pdf"])
    url: str = ""
    kind: str = Field(examples=["pdf"])
    state: Literal["in", "failed"]
    """`failed`: its passages are those of an earlier reading, or none."""
    passages: int = Field(examples=[64])
    read_at: datetime | None = Field(examples=["2026-11-21T04:00:12Z"])
    faults: tuple[KnowledgeFault, ...] = Field(examples=[[]])


class PassageFacts(BaseModel):
    """A piece of a document, as it is searched and cited."""

    model_config = _FROZEN

    id: str = Field(examples=["f0a1c2d3e4b59687"])
    document: str = Field(examples=["9c1b7e02d4f65a83b1c0"])
    """Its document's id."""
    title: str = Field(examples=["handbook.pdf"])
    section: str = Field(examples=["Delivery > Times"])
    """The headings above it."""
    place: str = Field(examples=["page 3"])
    url: str = Field(examples=[""])
    text: str = Field(examples=["Orders leave the oven at six and arrive before ten."])
    tags: tuple[str, ...] = Field(examples=[["delivery"]])
    language: str = Field(examples=["en"])


class JobProgress(BaseModel):
    """How far a job is."""

    model_config = _FROZEN

    stage: Literal["starting", "reading", "embedding", "speaking"] = Field(default="starting", examples=["speaking"])
    """`speaking`: what may be answered from the documents is rendered in the agents' voices."""
    done: int = Field(default=0, examples=[1])
    """Documents, or lines when it is speaking."""
    of: int = Field(default=0, examples=[1])
    """As many as are known of so far."""
    passages: int = Field(default=0, examples=[64])
    document: str = Field(default="", examples=["handbook.pdf"])
    """The one that was done last."""


class JobReport(BaseModel):
    """What a job did."""

    model_config = _FROZEN

    added: int = Field(default=0, examples=[1])
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    passages: int = Field(default=0, examples=[64])
    faults: tuple[KnowledgeFault, ...] = Field(default=(), examples=[[]])
    """200 at most."""
    note: str = ""
    """What else a person should know."""


class JobFacts(BaseModel):
    """Something that was asked to be done with a project's knowledge. One at a time is done; the others wait."""

    model_config = _FROZEN

    number: int = Field(examples=[17])
    kind: JobKind
    state: JobState = Field(examples=["done"])
    about: tuple[str, ...] = Field(examples=[["handbook.pdf"]])
    """What it is about: names and addresses of sources; none: all."""
    asked_by: str
    asked_at: datetime = Field(examples=["2026-11-21T03:59:40Z"])
    began_at: datetime | None = Field(examples=["2026-11-21T03:59:41Z"])
    ended_at: datetime | None = Field(examples=["2026-11-21T04:00:12Z"])
    cancelling: bool
    """It is told to end, and has not yet."""
    progress: JobProgress
    report: JobReport | None
    """When it is done."""
    error: str = Field(examples=[""])
    """Why it failed, and what to do."""


class Accepted(BaseModel):
    """It is going to be done."""

    model_config = _FROZEN

    job: JobFacts


def key_of(id: str) -> str:
    """A source's or a document's id as the API has it: it goes into addresses, and tells no path of this machine."""
    return sha256(id.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def name_of(id: str) -> str:
    """What a person calls a source or a document: a file's name, or an address."""
    return id if "://" in id else os.path.basename(id) or id


def source_facts(source: Source, documents: Sequence[KnownDocument], uploads: Path, jobs: Sequence[Job]) -> SourceFacts:
    """All of it. `documents`: its own; `jobs`: those that are not over."""
    faults = [*source.faults, *(fault for one in documents for fault in one.faults)]
    faults.sort(key=lambda fault: not fault.serious)
    bad = sum(one.state != "in" for one in documents) + any(fault.serious for fault in source.faults)
    good = sum(one.state == "in" for one in documents)
    state = "waiting" if not source.checked_at else "in" if not bad else "partly" if good else "failed"
    after = planned(source, jobs) or source
    return SourceFacts(
        id=key_of(source.id),
        kind=source.kind,
        title=name_of(source.id),
        url=source.id if source.kind.web else "",
        uploaded=is_upload(uploads, source.id),
        tags=after.tags,
        pages=source.pages,
        depth=source.depth,
        refresh_every_s=after.refresh_every_s,
        added_at=_time(source.added_at),
        checked_at=_time(source.checked_at),
        documents=len(documents),
        passages=sum(one.passages for one in documents),
        state=state,
        faults=tuple(_fault(fault) for fault in faults[:50]),
        job=next((job.number for job in jobs if source.id in _sources(job)), None),
        etag=etag(source_tag(after)),
    )


def document_facts(one: KnownDocument) -> DocumentFacts:
    """All of it."""
    return DocumentFacts(
        id=key_of(one.id),
        title=one.title or name_of(one.id),
        url=one.id if "://" in one.id else "",
        kind=one.kind,
        state="in" if one.state == "in" else "failed",
        passages=one.passages,
        read_at=_time(one.fetched_at),
        faults=tuple(_fault(fault) for fault in one.faults),
    )


def passage_facts(one: StoredPassage) -> PassageFacts:
    """All of it."""
    return PassageFacts(
        id=one.id,
        document=key_of(one.source),
        title=one.title or name_of(one.source),
        section=one.section,
        place=one.place,
        url=one.url,
        text=one.text,
        tags=one.tags,
        language=one.language,
    )


def job_facts(job: Job) -> JobFacts:
    """All of it."""
    progress = {name: value for name, value in job.progress.items() if name in JobProgress.model_fields}
    document = name_of(str(progress.get("document") or ""))
    return JobFacts(
        number=job.number,
        kind=job.kind,
        state=job.state,
        about=tuple(name_of(one) for one in _sources(job)),
        asked_by=job.asked_by,
        asked_at=datetime.fromisoformat(job.asked_at),
        began_at=_time(job.began_at),
        ended_at=_time(job.ended_at),
        cancelling=job.cancelling and not job.state.over,
        progress=JobProgress.model_validate({**progress, "document": document}),
        report=_report(job.report) if job.state is JobState.DONE else None,
        error=str(job.report.get("message") or "") if job.state is JobState.FAILED else "",
    )


def _sources(job: Job) -> list[str]:
    """The ids of the sources that a job is about."""
    return [*named_in(job.request), *(one.id for one in added_by(job.request))]


def _report(report: Mapping[str, Value]) -> JobReport:
    faults = cast(Sequence[Mapping[str, Value]], report.get("faults") or ())
    counts = {name: value for name, value in report.items() if name in JobReport.model_fields and name != "faults"}
    return JobReport.model_validate({**counts, "faults": tuple(_fault(Fault.from_json(one)) for one in faults)})


def _fault(fault: Fault) -> KnowledgeFault:
    return KnowledgeFault(
        document=name_of(fault.document),
        code=fault.code,
        message=fault.message,
        remedy=fault.remedy,
        serious=fault.serious,
    )


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
