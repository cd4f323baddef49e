"""Mends a project's index: its passages embedded anew, or, where they cannot be read back, its documents read anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tollfree.knowledge.errors import IndexDamaged
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.known_sources import open_sources
from tollfree.wiring.office import Office

if TYPE_CHECKING:
    from tollfree.knowledge.ingest.report import Progress, Report  # imports LangChain


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What became of an index."""

    passages: int
    report: "Report | None" = None
    """Of the documents, where they were read anew."""


async def rebuild_knowledge(
    office: Office, project: ProjectId, embedded: Callable[[int], None], read: "Callable[[Progress], None]"
) -> Rebuilt:
    """Rebuild a project's index from its passages; from its documents when those cannot be read, or are not there
    although documents were taken in. `embedded` is told of passages, `read` of documents. Calls find what was there
    before until it is done. Raises `UnknownProject` or `KnowledgeError`."""
    await office.store.projects.get(project)
    try:
        passages = await office.knowledge.rebuild(project, embedded)
    except IndexDamaged:
        passages = 0
    else:
        if passages or not await _has_lost_documents(office, project):
            return Rebuilt(passages=passages)
    from tollfree.wiring.ingesting import open_ingest  # imports LangChain

    async with open_ingest(office, project, read, anew=True) as ingest:
        report = await ingest.restart()
    return Rebuilt(passages=report.passages, report=report)


async def _has_lost_documents(office: Office, project: ProjectId) -> bool:
    async with open_sources(office, project) as sources:
        return any(one.passages for one in (await sources.documents()).values())
