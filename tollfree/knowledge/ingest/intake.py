"""Takes the documents of one source in, one after the other: small ones together, large ones as they are read."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path

from langchain_core.documents import Document

from tollfree.knowledge.ingest.candidate import Candidate, hash_of
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.indexing import BATCH, Indexing
from tollfree.knowledge.ingest.reader import Reader, ReadResult
from tollfree.knowledge.ingest.reading import Request
from tollfree.knowledge.ingest.report import DocumentReport, Outcome, Report
from tollfree.knowledge.ingest.source import KnownDocument, Source
from tollfree.knowledge.ingest.sources import Sources

MAX_TOGETHER = 64
"""Documents that are written at once, so that a job that is killed has little to do again."""
IDLE_BATCH = 64
"""Passages that are enough to be written when nothing else is, so that the embedder does not wait for the reader."""

_MAY_PASS = frozenset({"too_slow", "unreadable", "timeout", "unreachable"})
"""Faults that another reading of the same bytes may not have."""


class Intake:
    """Of one source, in one job."""

    def __init__(
        self,
        indexing: Indexing,
        sources: Sources,
        reader: Reader,
        source: Source,
        recipe: str,
        report: Report,
        now: Callable[[], str],
        *,
        again: bool = False,
    ) -> None:
        self._indexing = indexing
        self._sources = sources
        self._reader = reader
        self._source = source
        self._recipe = recipe
        self._report = report
        self._now = now
        self._again = again
        self._waiting: list[KnownDocument] = []
        self._passages: list[Document] = []
        self._writing: asyncio.Task[None] | None = None
        self.passages = 0
        """Of the documents so far that were read."""

    async def take(self, candidate: Candidate, known: KnownDocument | None) -> None:
        """One document. Raises `IndexUnusable`."""
        if known is not None and known.source != self._source.id and len(known.source) >= len(self._source.id):
            return  # it is of a source that names it more closely
        if candidate.error is not None:
            await self._refuse(candidate, known, candidate.error, "")
            return
        if candidate.page is not None and candidate.page.unchanged and known is not None:
            await self._keep(known)
            return
        try:
            hash = await asyncio.to_thread(hash_of, candidate, self._recipe)
        except OSError as error:
            reason = BadDocument(
                "unreadable", f"It cannot be read: {error.strerror or error}.", "Check its permissions."
            )
            await self._refuse(candidate, known, reason, "")
            return
        except BadDocument as error:
            await self._refuse(candidate, known, error, "")
            return
        if known is not None and known.hash == hash and not self._again:
            await self._keep(known)
            return
        await self._read(candidate, known, hash)

    async def finish(self) -> None:
        """Write what waits. Raises `IndexUnusable`."""
        await self._flush()
        await self._written()

    async def abandon(self) -> None:
        """Leave what waits, for the next job; what is being written is waited for."""
        writing, self._writing = self._writing, None
        if writing is not None:
            await asyncio.gather(writing, return_exceptions=True)

    async def remove(self, documents: Sequence[KnownDocument]) -> None:
        """Take out documents that have gone from the source."""
        await self._sources.unsettle([one.id for one in documents])
        await self._indexing.forget([one.id for one in documents])
        await self._sources.remove_documents([one.id for one in documents])
        for one in documents:
            self._add(one, Outcome.REMOVED)

    async def _keep(self, known: KnownDocument) -> None:
        if known.source != self._source.id:
            await self._sources.put_documents([replace(known, source=self._source.id)])
        self._add(known, Outcome.UNCHANGED if known.state == "in" else Outcome.FAILED)

    async def _refuse(self, candidate: Candidate, known: KnownDocument | None, error: BadDocument, hash: str) -> None:
        """Note why a document is not taken in. What is known of an earlier version stays, unless it is gone."""
        fault = Fault.of(candidate.document, error)
        before = known or KnownDocument(id=candidate.document, source=self._source.id, state="failed")
        if candidate.gone:
            await self._sources.unsettle([candidate.document])
            await self._indexing.forget([candidate.document])
            if known is not None and known.id != self._source.id:
                await self.remove([known])
                return
            before = replace(before, passages=0)
        refused = replace(before, source=self._source.id, state="failed", hash=hash, etag="", modified="")
        refused = replace(refused, faults=(fault,), links=candidate.links or before.links)
        await self._sources.put_documents([refused])
        had_some = candidate.gone and known is not None and known.passages > 0
        self._add(refused, Outcome.REMOVED if had_some else Outcome.FAILED)

    async def _read(self, candidate: Candidate, known: KnownDocument | None, hash: str) -> None:
        """Read it, and put its passages with those that wait, or write them as they come when they are many."""
        page = candidate.page
        made = KnownDocument(
            id=candidate.document,
            source=self._source.id,
            state="in",
            hash=hash,
            etag=page.etag if page is not None else "",
            modified=page.modified if page is not None else "",
            links=candidate.links,
            fetched_at=self._now(),
        )
        result = ReadResult()
        started = await self._indexing.now()
        with _on_disk(candidate) as file:
            request = Request(document=made.id, file=file, name=candidate.name, url=made.id if page is not None else "")
            try:
                async with aclosing(self._batches(request, result, made)) as batches:
                    count = await self._first_or_all(batches, made)
            except BadDocument as error:
                await self._indexing.undo(made.id, started)
                lasting = hash if error.code not in _MAY_PASS else ""
                await self._refuse(candidate, known, error, lasting)
                return
        outcome = Outcome.ADDED if known is None or not known.passages else Outcome.CHANGED
        done = replace(made, kind=result.kind, title=result.title, passages=count, faults=tuple(result.faults))
        self.passages += count
        if self._waiting and self._waiting[-1].id == made.id:
            self._waiting[-1] = done
        else:
            await self._sources.put_documents([done])
        self._add(done, outcome)
        is_idle = self._writing is None or self._writing.done()
        if len(self._passages) >= (IDLE_BATCH if is_idle else BATCH) or len(self._waiting) >= MAX_TOGETHER:
            await self._flush()

    async def _first_or_all(self, batches: AsyncIterator[list[Document]], made: KnownDocument) -> int:
        """How many passages it has. Few are kept to be written with others'; many are written as they come."""
        first: list[Document] = []
        async for batch in batches:
            first += batch
            if len(first) > BATCH:
                await self.finish()  # what waits is written first, for there is one writer
                all_of_it = _Counted(first, batches)
                await self._sources.unsettle([made.id])
                await self._indexing.bring(all_of_it.passages(), [made.id], again=self._again)
                return all_of_it.count
        self._waiting.append(made)
        self._passages += first
        return len(first)

    async def _batches(
        self, request: Request, result: ReadResult, made: KnownDocument
    ) -> AsyncGenerator[list[Document]]:
        """The document's passages, each with what the source says of it."""
        own = {
            "source": made.id,
            "url": request.url,
            "tags": list(self._source.tags),
            "fetched_at": made.fetched_at,
        }
        async with aclosing(self._reader.read(request, result)) as batches:
            async for batch in batches:
                for passage in batch:
                    passage.metadata = {**passage.metadata, **own}
                yield batch

    async def _flush(self) -> None:
        """Begin to write what waits; the next documents are read meanwhile."""
        await self._written()
        if self._waiting:
            waiting, passages = self._waiting, self._passages
            self._waiting, self._passages = [], []
            self._writing = asyncio.create_task(self._write(waiting, passages))

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    async def _write(self, documents: Sequence[KnownDocument], passages: Sequence[Document]) -> None:
        await self._sources.unsettle([one.id for one in documents])
        await self._indexing.bring(passages, [one.id for one in documents], again=self._again)
        await self._sources.put_documents(documents)

    def _add(self, document: KnownDocument, outcome: Outcome) -> None:
        self._report.documents.append(
            DocumentReport(
                document=document.id,
                source=self._source.id,
                outcome=outcome,
                kind=document.kind,
                passages=document.passages,
                faults=document.faults,
            )
        )


class _Counted:
    """Passages as they are read, and how many there were."""

    def __init__(self, first: list[Document], rest: AsyncIterator[list[Document]]) -> None:
        self._first = first
        self._rest = rest
        self.count = 0

    async def passages(self) -> AsyncIterator[Document]:
        """Each once."""
        first, self._first = self._first, []
        for passage in first:
            self.count += 1
            yield passage
        del first
        async for batch in self._rest:
            for passage in batch:
                self.count += 1
                yield passage


@contextmanager
def _on_disk(candidate: Candidate) -> Generator[Path]:
    """The document's bytes as a file: a page's, for as long as it is read."""
    if candidate.file is not None:
        yield candidate.file
        return
    with tempfile.NamedTemporaryFile(prefix="tollfree-page-") as file:
        file.write(candidate.page.body if candidate.page is not None else b"")
        file.flush()
        yield Path(file.name)
