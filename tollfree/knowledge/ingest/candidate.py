"""What a source is found to hold: its documents, each to be read if it has changed."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.folder import files_in, special
from tollfree.knowledge.ingest.kind import EXTENSIONS, MEDIA_TYPES
from tollfree.knowledge.ingest.source import KnownDocument, Source, SourceKind
from tollfree.knowledge.ingest.web.fetch import Fetcher, Page
from tollfree.knowledge.ingest.web.pages import PagesOf
from tollfree.protocol.clock import Clock

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One document, before it is known whether it must be read."""

    document: str
    file: Path | None = None
    page: Page | None = None
    links: tuple[str, ...] = ()
    error: BadDocument | None = None
    gone: bool = False
    """There is no such document any more."""

    @property
    def name(self) -> str:
        """Whose ending may promise a kind."""
        if self.page is None:
            return self.document
        path = self.document.partition("?")[0]
        known = Path(path).suffix.lower() in EXTENSIONS
        return path if known else f"{path}{MEDIA_TYPES.get(self.page.content_type, '')}"


class Candidates:
    """Goes through one source; `faults` and `complete` are true when it is over."""

    def __init__(
        self, source: Source, known: Mapping[str, KnownDocument], recipe: str, fetcher: Fetcher, clock: Clock
    ) -> None:
        self._source = source
        self._pages = PagesOf(source, known, recipe, fetcher, clock) if source.kind.web else None
        self._complete = True
        self.expected = 1
        """How many there will be, as far as that is known."""
        self.faults: list[Fault] = []

    @property
    def complete(self) -> bool:
        """Whether what was not found is gone."""
        return self._complete and (self._pages is None or self._pages.complete)

    async def found(self) -> AsyncGenerator[Candidate]:
        """Each document once."""
        if self._pages is not None:
            async with aclosing(self._pages.found()) as pages:
                async for one in pages:
                    yield Candidate(document=one.url, page=one.page, links=one.links, error=one.error, gone=one.gone)
                    self.expected += 1
            self.expected -= 1
            self.faults += self._pages.faults
        elif self._source.kind is SourceKind.FOLDER:
            for path in await asyncio.to_thread(self._files):
                yield Candidate(document=str(path), file=path)
        else:
            yield self._file()

    def _files(self) -> list[Path]:
        try:
            paths = list(files_in(Path(self._source.id), self.faults))
        except OSError as error:
            self._complete = False
            message = f"The folder cannot be opened: {error.strerror or error}."
            remedy = "Check that it is there. What was read of it before is still known."
            self.faults.append(
                Fault(document=self._source.id, code="missing", message=message, remedy=remedy, serious=True)
            )
            return []
        self._complete = not any(fault.serious and fault.code == "unreadable" for fault in self.faults)
        self.expected = len(paths)
        return paths

    def _file(self) -> Candidate:
        path = Path(self._source.id)
        if os.path.lexists(path):
            return Candidate(document=str(path), file=path)
        gone = path.parent.is_dir()
        error = BadDocument("missing", "The file is no longer there.", "Put it back, or remove this source.")
        return Candidate(document=str(path), error=error, gone=gone)


def hash_of(candidate: Candidate, recipe: str) -> str:
    """What tells whether a document must be read again: by its bytes, and by how it is read. Raises OSError, and
    `BadDocument` for what is no file."""
    digest = hashlib.sha256()
    if candidate.page is not None:
        digest.update(candidate.page.body)
    elif candidate.file is not None:
        if called := special(candidate.file):
            raise BadDocument(
                "not_supported", f"It is {called}, not a file.", "Save what it holds to a file, and add that."
            )
        with candidate.file.open("rb") as opened:
            while part := opened.read(_CHUNK):
                digest.update(part)
    return f"{recipe}:{digest.hexdigest()}"
