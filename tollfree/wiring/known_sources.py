"""What a project's knowledge comes from, to be looked at without anything that reads documents."""

import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.errors import UnknownSource
from tollfree.knowledge.ingest.source import KnownDocument, normal_url
from tollfree.knowledge.ingest.sources import Sources
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@asynccontextmanager
async def open_sources(office: Office, project: ProjectId) -> AsyncGenerator[Sources]:
    """What a project's knowledge comes from, to be looked at. Raises `UnknownProject` or `KnowledgeError`."""
    await office.store.projects.get(project)
    async with Database(office.knowledge.folder(project), make=False) as database:
        yield Sources(database)


async def sources_named(sources: Sources, names: Sequence[str]) -> list[str]:
    """The ids of sources as a person names them: a URL, or a path from here. Raises `UnknownSource`."""
    known = {source.id for source in await sources.list()}
    return [(await sources.get(_id_of(name, known))).id for name in names]


async def documents_named(sources: Sources, name: str) -> list[KnownDocument]:
    """The documents of a source, or the one document of that name. Raises `UnknownSource`."""
    documents = await sources.documents()
    known = {source.id for source in await sources.list()}
    id = _id_of(name, known | documents.keys())
    if id in known:
        return [one for one in documents.values() if one.source == id]
    if id in documents:
        return [documents[id]]
    raise UnknownSource(f"The project has no source or document {name}. `tollfree knowledge list` shows its sources.")


def _id_of(name: str, known: set[str]) -> str:
    """What a name means: itself, a path from here, or the only one that ends in it."""
    if name in known:
        return name
    if "://" in name:
        return normal_url(name)
    path = os.path.abspath(os.path.expanduser(name))
    ending = [id for id in known if id.endswith(f"/{name}")]
    return ending[0] if path not in known and len(ending) == 1 else path
