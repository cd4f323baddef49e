"""What jobs are asked to do to sources, as they keep it; and what a source is when they are done."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from tollfree.knowledge.ingest.errors import StaleSource, UnknownSource
from tollfree.knowledge.ingest.jobs import Check, Job, JobKind
from tollfree.knowledge.ingest.source import Source, SourceKind, seconds_of
from tollfree.knowledge.ingest.sources import source_in
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different of a source."""

    tags: tuple[str, ...] | None = None
    refresh_every: str | None = None
    """Empty: by command only."""


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


def named_in(request: Mapping[str, Value]) -> tuple[str, ...]:
    """The ids of the known sources that a request names."""
    return tuple(str(one) for one in _list(request.get("sources")))


def added_by(request: Mapping[str, Value]) -> tuple[Source, ...]:
    """The sources of an `add` job's request."""
    return tuple(_source(one) for one in _list(request.get("add")))


def changed_by(source: Source, request: Mapping[str, Value]) -> Source:
    """A source when a `change` job is done."""
    tags = tuple(str(tag) for tag in _list(request["tags"])) if "tags" in request else source.tags
    every = request.get("refresh_every_s", source.refresh_every_s)
    return replace(source, tags=tags, refresh_every_s=every if isinstance(every, int) else None)


def planned(source: Source, jobs: Iterable[Job]) -> Source | None:
    """A source as it is when jobs that are not over are done, in their order. None: one of them removes it."""
    after: Source | None = source
    for job in jobs:
        if job.kind is JobKind.ADD:
            for one in added_by(job.request):
                if one.id == source.id:
                    after = replace(source, tags=one.tags, refresh_every_s=one.refresh_every_s)
        elif source.id not in named_in(job.request) or after is None:
            continue
        elif job.kind is JobKind.CHANGE:
            after = changed_by(after, job.request)
        elif job.kind is JobKind.REMOVE:
            after = None
    return after


def source_tag(source: Source) -> str:
    """What can be changed of a source, as 32 hexadecimal digits."""
    kept = json.dumps([source.tags, source.refresh_every_s])
    return hashlib.sha256(kept.encode()).hexdigest()[:32]


def unchanged(id: str, name: str, expected: str) -> Check:
    """That a source, with all that waits to be done to it, is still the one of this tag. `name`: as people know it.
    The check raises `UnknownSource` or `StaleSource`."""

    def check(at: sqlite3.Connection, jobs: Sequence[Job]) -> None:
        known = source_in(at, id)
        after = None if known is None else planned(known, jobs)
        if after is None:
            raise UnknownSource(f"The source {name!r} is being removed, or has been.")
        if source_tag(after) != expected:
            raise StaleSource(name, {"tags": after.tags, "refresh_every_s": after.refresh_every_s})

    return check


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
