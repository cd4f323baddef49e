"""LangChain's indexing API on a project's index: what has not changed is not written, what has gone is deleted."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.indexing import DeleteResponse, DocumentIndex, UpsertResponse, aindex
from pydantic import ConfigDict
from typing_extensions import override

from tollfree.knowledge.base import PassageWriter, StoredPassage
from tollfree.knowledge.ingest.records import SqliteRecords

BATCH = 256
"""Passages written at once."""
_DELETE = 1_000
"""Passages deleted at once."""
_PARTS = ("source", "title", "section", "place", "url", "language")
"""What a passage's id is made of, besides its text and tags; not when it was fetched."""


class WriterIndex(DocumentIndex):
    """A `PassageWriter` as LangChain sees an index. It is only written to."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    writer: Any
    """A `PassageWriter`: a Protocol, which pydantic cannot check."""
    records: SqliteRecords

    @override
    async def aupsert(self, items: Sequence[Document], /, **kwargs: Any) -> UpsertResponse:
        passages = [stored(item) for item in items]
        ids = [passage.id for passage in passages]
        await self.records.on_the_way(ids, [passage.source for passage in passages])
        writer: PassageWriter = self.writer
        await writer.put(passages)
        return UpsertResponse(succeeded=ids, failed=[])

    @override
    async def adelete(self, ids: list[str] | None = None, **kwargs: Any) -> DeleteResponse:
        writer: PassageWriter = self.writer
        await writer.delete(ids or [])
        return DeleteResponse(num_deleted=len(ids or []), num_failed=0)

    @override
    def upsert(self, items: Sequence[Document], /, **kwargs: Any) -> UpsertResponse:
        raise NotImplementedError("it is written to asynchronously")

    @override
    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> DeleteResponse:
        raise NotImplementedError("it is written to asynchronously")

    @override
    def get(self, ids: Sequence[str], /, **kwargs: Any) -> list[Document]:
        raise NotImplementedError("it is only written to")

    @override
    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        raise NotImplementedError("it is only written to")


class _InTurn:
    """A writer that is asked for one thing at a time."""

    def __init__(self, writer: PassageWriter) -> None:
        self._writer = writer
        self._turn = asyncio.Lock()

    async def put(self, passages: Sequence[StoredPassage]) -> None:
        async with self._turn:
            await self._writer.put(passages)

    async def delete(self, ids: Sequence[str]) -> None:
        async with self._turn:
            await self._writer.delete(ids)

    async def counts(self) -> Mapping[str, int]:
        async with self._turn:
            return await self._writer.counts()


class Indexing:
    """Brings the passages of documents into the index, and takes them out."""

    def __init__(self, writer: PassageWriter, records: SqliteRecords) -> None:
        self._writer = _InTurn(writer)
        self._records = records
        self._index = WriterIndex(writer=self._writer, records=records)

    async def bring(
        self, passages: Iterable[Document] | AsyncIterable[Document], documents: Sequence[str], *, again: bool = False
    ) -> None:
        """Everything these documents now say, and nothing else of them. When it fails nothing old is deleted.

        `again`: also write what is there already. Raises `IndexUnusable`."""
        started = await self._records.aget_time()
        await aindex(
            passages,  # pyright: ignore[reportArgumentType] - asynchronous ones are taken too, as its own code says
            self._records,
            self._index,
            batch_size=BATCH,
            cleanup=None,
            source_id_key="source",
            force_update=again,
            key_encoder=passage_id,
        )
        await self._forget(documents, before=started)

    async def forget(self, documents: Sequence[str]) -> None:
        """Take out all that these documents say."""
        await self._forget(documents, before=None)

    async def undo(self, document: str, since: float) -> None:
        """Take out what was brought of a document since then: the rest of it could not be read."""
        while keys := await self._records.new_keys(document, since, _DELETE):
            await self._writer.delete(keys)
            await self._records.adelete_keys(keys)

    async def counted(self) -> dict[str, tuple[int, int]]:
        """Of each document: how many passages were noted on their way into the index, and how many it holds."""
        noted, held = await self._records.counts(), await self._writer.counts()
        return {document: (noted.get(document, 0), held.get(document, 0)) for document in {*noted, *held}}

    async def doubt(self, documents: Sequence[str]) -> None:
        """Their passages may not be in the index: they are written again when they are brought again."""
        await self._records.doubt(documents)

    async def now(self) -> float:
        """For `undo`."""
        return await self._records.aget_time()

    async def _forget(self, documents: Sequence[str], before: float | None) -> None:
        if not documents:
            return
        while keys := await self._records.alist_keys(before=before, group_ids=documents, limit=_DELETE):
            await self._writer.delete(keys)
            await self._records.adelete_keys(keys)


def passage_id(passage: Document) -> str:
    """The same for the same words in the same place of the same document: 128 bits of SHA-256, hexadecimal."""
    metadata = passage.metadata
    parts = [passage.page_content, *(str(metadata.get(name, "")) for name in _PARTS), *metadata.get("tags", ())]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def stored(passage: Document) -> StoredPassage:
    """As the index keeps it."""
    metadata = passage.metadata
    fields = {name: str(metadata.get(name, "")) for name in (*_PARTS, "fetched_at")}
    made = StoredPassage(
        id=passage.id or passage_id(passage),
        text=passage.page_content,
        tags=tuple(metadata.get("tags", ())),
        **fields,
    )
    digest = hashlib.sha256(made.indexed_text.encode("utf-8", "replace")).hexdigest()
    return replace(made, content_hash=digest)
