"""Opens a project's ingest: the shelf's writer, the reading process, and what its web pages may be fetched from."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tollfree.calls.project import PROJECT_FILE
from tollfree.calls.publishing import project_settings
from tollfree.calls.store.errors import UnknownProject
from tollfree.knowledge.base import PassageWriter
from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.job import Ingest
from tollfree.knowledge.ingest.reader import Reader
from tollfree.knowledge.ingest.report import Progress
from tollfree.knowledge.ingest.splitting import Splitter
from tollfree.knowledge.ingest.web.fetch import Fetcher
from tollfree.language.embed.registry import load_token_counter
from tollfree.network.guard import Guard
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@asynccontextmanager
async def open_ingest(
    office: Office, project: ProjectId, tell: Callable[[Progress], None] | None = None, *, anew: bool = False
) -> AsyncGenerator[Ingest]:
    """A project's ingest, for one job; webhooks are told when it has changed what the project knows. `anew`: into an
    empty index that takes the place of the present one at the end. Raises `UnknownProject`, `KnowledgeError`,
    `BadAllowedHosts` or `LanguageError`."""
    settings = await project_settings(office.store, project)
    guard = Guard(settings.allowed_hosts, any_public=True, listed_in=PROJECT_FILE)
    splitter = Splitter(load_token_counter(office.settings.embedder))
    async with (
        _writing(office, project, anew) as writer,
        Database(office.knowledge.folder(project)) as database,  # closed before others may write, or delete
        Reader(splitter) as reader,
        Fetcher(guard) as fetcher,
    ):
        ingest = Ingest(database, writer, reader, fetcher, clock=office.clock, tell=tell)
        yield ingest
    if ingest.changed:
        told = {"project": project, "documents": ingest.changed}
        await office.store.outbox.tell(project, "knowledge.changed", told)


@asynccontextmanager
async def _writing(office: Office, project: ProjectId, anew: bool) -> AsyncGenerator[PassageWriter]:
    """The project's writer. A project that was deleted before the lock was ours gets no knowledge any more."""
    shelf = office.knowledge
    try:
        async with shelf.replacing(project) if anew else shelf.writing(project) as writer:
            await office.store.projects.get(project)
            yield writer
    except UnknownProject:
        await shelf.delete(project)
        raise
