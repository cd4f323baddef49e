from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.errors import StaleSource, UnknownSource
from tollfree.knowledge.ingest.jobs import JobKind, Jobs, JobState
from tollfree.knowledge.ingest.requests import (
    Change,
    change_request,
    planned,
    source_request,
    source_tag,
    unchanged,
)
from tollfree.knowledge.ingest.source import Source, SourceKind
from tollfree.knowledge.ingest.sources import Sources
from tollfree.protocol.values import Values

NOW = "2026-01-01T00:00:00+00:00"
HOURS = Source(id="/hours.txt", kind=SourceKind.FILE, tags=("staff",))
PUBLIC = change_request(HOURS.id, Change(tags=("public",)))
DAILY = change_request(HOURS.id, Change(refresh_every="1d"))


@pytest.fixture
async def jobs(tmp_path: Path) -> AsyncGenerator[Jobs]:
    """Of a project that knows one source."""
    async with Database(tmp_path) as database:
        await Sources(database).put(HOURS, now=NOW)
        yield Jobs(database, lambda: NOW)


async def change(jobs: Jobs, request: Values, tag: str) -> None:
    """Ask for a change of what has this tag."""
    await jobs.add(JobKind.CHANGE, request, asked_by="ada", check=unchanged(HOURS.id, "hours.txt", tag))


async def seen(jobs: Jobs) -> Source:
    """The source as it is told."""
    after = planned(HOURS, await jobs.unfinished())
    assert after is not None
    return after


async def test_a_change_counts_from_when_it_is_asked_for(jobs: Jobs) -> None:
    await change(jobs, PUBLIC, source_tag(HOURS))
    first = await seen(jobs)
    assert (first.tags, first.refresh_every_s) == (("public",), None)
    with pytest.raises(StaleSource) as refused:
        await change(jobs, DAILY, source_tag(HOURS))
    assert refused.value.current == {"tags": ("public",), "refresh_every_s": None}
    assert len(await jobs.unfinished()) == 1, "nothing of what was refused is kept"
    await change(jobs, DAILY, source_tag(first))
    assert ((await seen(jobs)).tags, (await seen(jobs)).refresh_every_s) == (("public",), 86_400)


async def test_a_change_that_is_cancelled_counts_no_more(jobs: Jobs) -> None:
    await change(jobs, PUBLIC, source_tag(HOURS))
    [waiting] = await jobs.unfinished()
    assert (await jobs.cancel(waiting.number)).state is JobState.CANCELLED
    assert await seen(jobs) == HOURS
    await change(jobs, DAILY, source_tag(HOURS))


async def test_a_document_that_is_sent_again_has_the_tags_of_then(jobs: Jobs) -> None:
    again = Source(id=HOURS.id, kind=SourceKind.FILE, tags=("delivery",))
    await jobs.add(JobKind.ADD, {"add": source_request([again])}, asked_by="grace")
    assert (await seen(jobs)).tags == ("delivery",)
    with pytest.raises(StaleSource):
        await change(jobs, PUBLIC, source_tag(HOURS))


async def test_what_is_to_be_removed_is_not_changed(jobs: Jobs) -> None:
    await jobs.add(JobKind.REMOVE, {"sources": [HOURS.id]}, asked_by="grace")
    assert planned(HOURS, await jobs.unfinished()) is None
    with pytest.raises(UnknownSource):
        await change(jobs, PUBLIC, source_tag(HOURS))
    with pytest.raises(UnknownSource):
        await jobs.add(JobKind.CHANGE, PUBLIC, asked_by="ada", check=unchanged("/no", "no", source_tag(HOURS)))


async def test_what_a_job_has_done_already_is_still_what_it_is_planned_to(jobs: Jobs) -> None:
    again = Source(id=HOURS.id, kind=SourceKind.FILE, tags=("delivery",))
    await jobs.add(JobKind.CHANGE, PUBLIC, asked_by="ada")
    await jobs.add(JobKind.ADD, {"add": source_request([again])}, asked_by="grace")
    await jobs.add(JobKind.CHANGE, DAILY, asked_by="ada")
    unfinished = await jobs.unfinished()
    after = await seen(jobs)
    for done in range(len(unfinished) + 1):
        meanwhile = planned(HOURS, unfinished[:done])
        assert meanwhile is not None and planned(meanwhile, unfinished) == after


async def test_jobs_about_others_change_nothing_of_it(jobs: Jobs) -> None:
    await jobs.add(JobKind.CHANGE, change_request("/menu.txt", Change(tags=("x",))), asked_by="ada")
    await jobs.add(JobKind.REFRESH, {"sources": [HOURS.id], "again": True}, asked_by="ada")
    await jobs.add(JobKind.REBUILD, {}, asked_by="ada")
    assert await seen(jobs) == HOURS
