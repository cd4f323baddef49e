"""Takes documents in: finds them, reads those that changed, and brings their passages into the index.

A job may be killed at any moment. What it had brought to its end is known; the next job reads the rest, and clears away
what was on its way.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import aclosing

from tollfree.knowledge.base import PassageWriter
from tollfree.knowledge.ingest.candidate import Candidates
from tollfree.knowledge.ingest.database import Database
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.indexing import Indexing
from tollfree.knowledge.ingest.intake import Intake
from tollfree.knowledge.ingest.reader import Reader
from tollfree.knowledge.ingest.records import SqliteRecords
from tollfree.knowledge.ingest.report import DocumentReport, Outcome, Progress, Report
from tollfree.knowledge.ingest.source import Source
from tollfree.knowledge.ingest.sources import Sources
from tollfree.knowledge.ingest.web.fetch import Fetcher
from tollfree.protocol.clock import Clock, SystemClock

READING = "2"
"""Another number when documents are read or cut in another way: then all are read anew at their next refresh."""


class Ingest:
    """The documents of one project. One job at a time: the writer is the only one."""

    def __init__(
        self,
        database: Database,
        writer: PassageWriter,
        reader: Reader,
        fetcher: Fetcher,
        *,
        clock: Clock | None = None,
        tell: Callable[[Progress], None] | None = None,
    ) -> None:
        """All are opened and closed by whoever gives them. `tell` is called after every document."""
        self.sources = Sources(database)
        self._records = SqliteRecords(database)
        self._indexing = Indexing(writer, self._records)
        self._reader = reader
        self._fetcher = fetcher
        self._clock = clock if clock is not None else SystemClock()
        self._tell = tell
        self.changed = 0
        """Documents that were added, changed or removed so far."""

    async def add(self, sources: Sequence[Source], *, again: bool = False) -> Report:
        """Remember the sources, and take in what has changed in them. `again`: read everything anew.

        Raises `IndexUnusable` when the index or its records cannot be written; a document that cannot be read is in
        the report."""
        for source in sources:
            await self.sources.put(source, now=self._now())
        return await self._run(sources, again)

    async def refresh(self, ids: Sequence[str] = (), *, due: bool = False, again: bool = False) -> Report:
        """Go through these sources, or all, once more. `due`: only those whose time has come. Raises as `add`, and
        `UnknownSource`."""
        sources = [await self.sources.get(id) for id in ids] if ids else await self.sources.list()
        return await self._run([one for one in sources if not due or one.is_due(self._clock.now())], again)

    async def restart(self) -> Report:
        """Read every source anew for an index that is empty again. Raises as `add`."""
        await self._records.clear()
        await self.sources.unread()
        return await self.refresh()

    async def remove(self, ids: Sequence[str]) -> Report:
        """Forget these sources and all that they say. Raises `UnknownSource` before anything is removed."""
        sources = [await self.sources.get(id) for id in ids]
        report = Report()
        for source in sources:
            documents = await self.sources.documents(source.id)
            await self.sources.unsettle(documents)
            await self._indexing.forget(list(documents))
            await self.sources.remove(source.id)
            report.documents += [
                DocumentReport(document=id, source=source.id, outcome=Outcome.REMOVED, kind=one.kind)
                for id, one in documents.items()
            ]
        self._count(report)
        return report

    async def _run(self, sources: Sequence[Source], again: bool) -> Report:
        report = Report()
        lost = await self._doubt_lost() if sources else frozenset[str]()
        for source in sources:
            await self._go_through(source, report, again, lost)
        self._count(report)
        return report

    def _count(self, report: Report) -> None:
        self.changed += sum(report.count(one) for one in (Outcome.ADDED, Outcome.CHANGED, Outcome.REMOVED))

    async def _doubt_lost(self) -> frozenset[str]:
        """Documents of which the index holds fewer passages than were brought into it, as its folder was deleted, or is
        of an older backup than the records: they are read again."""
        counted = await self._indexing.counted()
        known = await self.sources.documents()
        lost = {id for id, (noted, held) in counted.items() if held < noted and id in known}
        lost |= {id for id, one in known.items() if one.hash and one.passages and not counted.get(id, (0, 0))[1]}
        await self._indexing.doubt(sorted(lost))
        await self.sources.unsettle(lost)
        return frozenset(id for id in lost if known[id].hash)

    async def _go_through(self, source: Source, report: Report, again: bool, lost: frozenset[str]) -> None:
        recipe = recipe_of(source)
        known = await self.sources.documents()
        own = {id: one for id, one in known.items() if one.source == source.id}
        candidates = Candidates(source, {} if again else own, recipe, self._fetcher, self._clock)
        intake = Intake(self._indexing, self.sources, self._reader, source, recipe, report, self._now, again=again)
        done_before, seen = len(report.documents), set[str]()
        try:
            async with aclosing(candidates.found()) as found:
                async for candidate in found:
                    seen.add(candidate.document)
                    await intake.take(candidate, known.get(candidate.document))
                    self._say(candidate.document, done_before + len(seen), done_before + candidates.expected, intake)
            await intake.finish()
        finally:
            await intake.abandon()
        if candidates.complete:
            await intake.remove([one for id, one in own.items() if id not in seen])
        faults = [*candidates.faults, *_told(source, len(lost & own.keys()))]
        report.source_faults += faults
        await self.sources.checked(source.id, self._now(), faults)

    def _say(self, document: str, done: int, of: int, intake: Intake) -> None:
        if self._tell is not None:
            self._tell(Progress(done=done, of=max(of, done), passages=intake.passages, document=document))

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def _told(source: Source, lost: int) -> list[Fault]:
    if not lost:
        return []
    message = f"Passages of {lost} of its documents were not in the index any more, so these were read again."
    return [Fault(document=source.id, code="lost", message=message)]


def recipe_of(source: Source) -> str:
    """How a source's documents are read, in a few letters."""
    return hashlib.sha256("\x1f".join((READING, *source.tags)).encode()).hexdigest()[:12]
