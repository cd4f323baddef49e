"""An index in memory, and the ingest of one project around it."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from langchain_core.documents import Document

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.job import Ingest
from tollfree.knowledge.ingest.reader import Reader, ReadResult
from tollfree.knowledge.ingest.reading import Reading, Request
from tollfree.knowledge.ingest.splitting import Splitter
from tollfree.knowledge.ingest.web.fetch import Fetcher, Limits
from tollfree.network.guard import Guard
from tollfree.protocol.clock import Clock


class MemoryWriter:
    """Keeps passages by id, and remembers how it was written to."""

    def __init__(self) -> None:
        self.passages: dict[str, StoredPassage] = {}
        self.put_sizes: list[int] = []
        self.deleted = 0

    async def put(self, passages: Sequence[StoredPassage]) -> None:
        self.put_sizes.append(len(passages))
        self.passages.update({one.id: one for one in passages})

    async def delete(self, ids: Sequence[str]) -> None:
        self.deleted += len(ids)
        for id in ids:
            self.passages.pop(id, None)

    async def counts(self) -> Mapping[str, int]:
        return Counter(one.source for one in self.passages.values())

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.passages.values()]

    def of(self, name: str) -> list[StoredPassage]:
        """The passages of documents whose path or URL ends so."""
        return [one for one in self.passages.values() if one.source.endswith(name)]


def words(text: str) -> int:
    """A token counter that any process can find."""
    return len(text.split())


class DirectReader(Reader):
    """Reads in this process: instant, and as much at a document's mercy as the test is."""

    def __init__(self, splitter: Splitter) -> None:
        super().__init__(splitter)
        self._mine = splitter

    async def read(self, request: Request, result: ReadResult) -> AsyncGenerator[list[Document]]:
        reading = Reading(request, self._mine)
        batch: list[Document] = []
        for passage in reading.passages():
            result.title = result.title or passage.metadata["title"]
            batch.append(passage)
            if len(batch) == 64:
                yield batch
                batch = []
        yield batch
        result.kind, result.faults = reading.kind, reading.faults


@asynccontextmanager
async def ingesting(
    folder: Path,
    writer: MemoryWriter,
    *,
    allowed: Sequence[str] = (),
    limits: Limits | None = None,
    clock: Clock | None = None,
    own_process: bool = False,
    target: int = 60,
) -> AsyncIterator[Ingest]:
    guard = Guard(allowed, any_public=True, listed_in="project.yaml")
    splitter = Splitter(words, target)
    async with (
        Database(folder) as database,
        Reader(splitter) if own_process else DirectReader(splitter) as reader,
        Fetcher(guard, limits=limits or Limits()) as fetcher,
    ):
        yield Ingest(database, writer, reader, fetcher, clock=clock)
