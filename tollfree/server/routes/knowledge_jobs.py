"""What is being done with a project's knowledge."""

from typing import Annotated

from fastapi import Path

from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.models.knowledge import Accepted, JobFacts, job_facts
from tollfree.server.paging import Cursor, Limit, Page, cursor_of, number_at
from tollfree.wiring.knowledge_jobs import open_jobs

router = guarded("knowledge")

Number = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/projects/{project}/knowledge/jobs", dependencies=[may(Role.VIEWER)])
async def list_knowledge_jobs(desk: TheDesk, project: str, cursor: Cursor = "", limit: Limit = 50) -> Page[JobFacts]:
    """The latest first."""
    async with open_jobs(desk.office, ProjectId(project)) as jobs:
        found = await jobs.list(before=number_at(cursor), limit=limit + 1)
    more = len(found) > limit
    found = found[:limit]
    return Page(items=tuple(map(job_facts, found)), next=cursor_of(found[-1].number) if more else None)


@router.get("/projects/{project}/knowledge/jobs/{job}", dependencies=[may(Role.VIEWER)])
async def show_knowledge_job(desk: TheDesk, project: str, job: Number) -> JobFacts:
    """One of them; ask again for how far it is."""
    async with open_jobs(desk.office, ProjectId(project)) as jobs:
        return job_facts(await jobs.get(job))


@router.post("/projects/{project}/knowledge/jobs/{job}/cancel", dependencies=[may(Role.EDITOR)], status_code=202)
async def cancel_knowledge_job(desk: TheDesk, project: str, job: Number) -> Accepted:
    """End it. What it has taken in by then stays known."""
    async with open_jobs(desk.office, ProjectId(project)) as jobs:
        cancelled = await jobs.cancel(job)
    if desk.ingestion is not None:
        desk.ingestion.wake(ProjectId(project))
    return Accepted(job=job_facts(cancelled))
