"""Sources that are read again by themselves, each as often as was asked for when it was added."""

from datetime import datetime, timedelta

from tollfree.knowledge.ingest.jobs import Job, JobKind
from tollfree.knowledge.ingest.source import Source
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.knowledge_jobs import ask_for, open_jobs
from tollfree.wiring.known_sources import open_sources
from tollfree.wiring.office import Office

SCHEDULE = "schedule"
"""Who asked, in the list of jobs."""


async def ask_for_due(office: Office, project: ProjectId) -> Job | None:
    """Add a job that reads again what is due; None: nothing is. What the schedule asked for, and what failed since, is
    not asked for again before as much time has gone by as between two readings. Raises `UnknownProject` or
    `KnowledgeError`."""
    now = office.clock.now()
    async with open_sources(office, project) as known:
        due = [one for one in await known.list() if one.is_due(now)]
    if not due:
        return None
    async with open_jobs(office, project) as jobs:
        asked = [one for one in await jobs.list() if one.asked_by == SCHEDULE or not one.state.over]
    wanted = [one.id for one in due if not any(_covers(job, one, now) for job in asked)]
    return await ask_for(office, project, JobKind.REFRESH, {"sources": wanted}, asked_by=SCHEDULE) if wanted else None


def _covers(job: Job, source: Source, now: datetime) -> bool:
    """Whether the job reads the source, and it is not time for another."""
    named = job.request.get("sources")
    if not isinstance(named, list | tuple) or source.id not in named:
        return False
    if not job.state.over:
        return True
    return now - datetime.fromisoformat(job.asked_at) < timedelta(seconds=source.refresh_every_s or 0)
