"""The one door to what projects know: every project's passages lie in a folder of its own, and no call names two."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.base import Embeds, PassageWriter, Query, StoredPassage
from tollfree.knowledge.confidence import KNOWN
from tollfree.knowledge.errors import IndexUnusable, KnowledgeGone
from tollfree.knowledge.folder import Live, gone, numbers, read_live, stamp, write_live, writer_lock
from tollfree.knowledge.indexes import Indexes
from tollfree.knowledge.opened import Opened, OpenedIndexes
from tollfree.knowledge.rerank import Reranker
from tollfree.knowledge.sketched import write_searched
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.passage import Passage

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

WAIT_S = 60.0
"""Seconds to wait for another writer of the same project."""
Progress = Callable[[int], None]
"""Told how many passages are done."""


class KnowledgeShelf:
    """Opens, searches, rebuilds and deletes the knowledge of projects. Tasks of one event loop may share it.

    Every method raises `BadKnowledgeFolder` for a name that no project may have or a folder that a symbolic link leads
    out of, and `IndexUnusable` when the files or the disk refuse.
    """

    def __init__(
        self,
        home: Path,
        embedder_loader: Callable[[], Embeds],
        *,
        reranker: Reranker | None = None,
        object_store: str = "",
    ) -> None:
        """`home` holds a folder a project. The embedder is loaded, in a thread, when it is first needed.
        `object_store`: a prefix such as `s3://bucket/knowledge` under which the indexes are kept instead; locks and
        notes stay in `home`, so one machine writes."""
        self._load = embedder_loader
        self._reranker = reranker
        self._embedder: Embeds | None = None
        self._loading = asyncio.Lock()
        self._indexes = Indexes(home, object_store)
        self._opened = OpenedIndexes(self._indexes)

    def folder(self, project: ProjectId) -> Path:
        """The project's own folder, whether or not it exists yet; what else belongs to its knowledge may lie in it.
        Raises `BadKnowledgeFolder`."""
        return self._indexes.folder(project)

    async def prepare(self, project: ProjectId) -> None:
        """Load what the first question would wait for; nothing where nothing is known."""
        if stamp(self.folder(project)) is None:
            return
        await self._embedder_loaded()
        await self.retrieve(project, Query(text="hello", k=1))
        if (found := await self._opened.open(project)) is not None:
            await found.residence.settled()

    async def retrieve(self, project: ProjectId, query: Query, *, at_least: float = KNOWN) -> tuple[Passage, ...]:
        """The passages that answer, the best first; none when even the best does not score `at_least`, or when the
        project knows nothing yet. Raises `IndexUnusable` when the vectors are another embedder's as well."""

        if not query.text.strip() or query.k < 1:
            return ()
        if stamp(self.folder(project)) is None:
            await self._opened.open(project)  # ends a removal that was killed
            return ()
        await self._indexes.ready()
        # Import LanceDB, which only who knows something needs.
        from tollfree.knowledge.question import readings
        from tollfree.knowledge.retrieve import Asked, retrieve

        texts = readings(query)
        asked = Asked(query, texts, self._vectors([text for text, _ in texts]))

        async def search(found: Opened, version: int) -> tuple[Passage, ...]:
            await self._fitting(project, found.live)
            await found.rarity.follow(found.index, version)
            searched = found.residence.searched(found.index, version, found.rarity.in_all)
            return await retrieve(searched, found.rarity, asked, reranker=self._reranker, at_least=at_least)

        try:
            return await self._opened.read(project, search, ())
        finally:
            if not asked.vectors.done():
                asked.vectors.cancel()
                await asyncio.wait([asked.vectors])

    async def passages(self, project: ProjectId, source: str | None = None) -> tuple[StoredPassage, ...]:
        """All passages, or those of one source, by place in the index."""

        async def read(found: Opened, _version: int) -> tuple[StoredPassage, ...]:
            await found.index.refresh()
            return tuple([one async for batch in found.index.batches(source) for one in batch])

        return await self._opened.read(project, read, ())

    async def get(self, project: ProjectId, ids: Sequence[str]) -> tuple[StoredPassage, ...]:
        """These passages in this order; ids that the project has not are left out."""

        async def read(found: Opened, _version: int) -> tuple[StoredPassage, ...]:
            await found.index.refresh()
            return await found.index.get(ids)

        return await self._opened.read(project, read, ())

    async def count(self, project: ProjectId) -> int:
        """How many passages the project has."""

        async def read(found: Opened, _version: int) -> int:
            await found.index.refresh()
            return await found.index.count()

        return await self._opened.read(project, read, 0)

    @asynccontextmanager
    async def writing(self, project: ProjectId, *, wait_s: float = WAIT_S) -> AsyncGenerator[PassageWriter]:
        """Write to the project's knowledge; what is put can be found at once. One writer a project at a time: waits
        for the other, and raises `KnowledgeBusy` after `wait_s`, or `KnowledgeGone` when the other deleted it. Raises
        `IndexUnusable` when what is there are another embedder's vectors."""
        async with self._locked(project, wait_s) as folder:
            live = read_live(folder)
            await self._indexes.remove_leftovers(project, live)
            if live is None or not await self._indexes.exists(project, live.index):
                live = await self._begin(project, 1 if live is None else live.index)
            embedder = await self._fitting(project, live)
            found = await self._opened.open(project)
            assert found is not None  # its note was read or written above, under the lock
            await found.index.refresh()
            yield _Writer(found.index, embedder)
            await found.index.tidy()
            await write_searched(found.index)

    async def rebuild(self, project: ProjectId, progress: Progress | None = None, *, wait_s: float = WAIT_S) -> int:
        """Embed all passages anew with the present embedder, beside the index in use, then change over: how many
        passages. Who searches meanwhile finds what was there before. Raises as `writing`, and `IndexDamaged` when the
        passages cannot be read: then `replacing` is what helps."""
        done = 0
        if stamp(self.folder(project)) is None:
            return done
        async with self._locked(project, wait_s, make=False) as folder:
            live = read_live(folder)
            if live is None:
                return done
            await self._indexes.remove_leftovers(project, live)
            async with self._changing_over(project) as writer:
                async for batch in self._indexes.passages(project, live.index):
                    await writer.put(batch)
                    done += len(batch)
                    if progress is not None:
                        progress(done)
        return done

    @asynccontextmanager
    async def replacing(self, project: ProjectId, *, wait_s: float = WAIT_S) -> AsyncGenerator[PassageWriter]:
        """Write everything anew, whatever state the index in use is in: into an empty one, which takes its place when
        this ends without an error. Raises as `writing`."""
        async with self._locked(project, wait_s), self._changing_over(project) as writer:
            yield writer

    @asynccontextmanager
    async def deleting(self, project: ProjectId) -> AsyncGenerator[None]:
        """Remove the project's folder and all that is in it, and nothing else. Waits for a writer. What is done inside
        is done when nothing of it is found any more, and before anybody can write again; when it fails, or this is
        killed, the next delete or open of any project removes the rest."""
        async with self._locked(project, WAIT_S):
            self._opened.forget(project)
            await self._indexes.begin_removal(project)
            yield
            await self._indexes.end_removal(project)

    async def delete(self, project: ProjectId) -> None:
        """`deleting`, and nothing inside."""
        with suppress(KnowledgeGone):  # another was quicker
            async with self.deleting(project):
                pass

    def close(self) -> None:
        """Let all files go. Nobody may be reading."""
        self._opened.close()

    @asynccontextmanager
    async def _locked(self, project: ProjectId, wait_s: float, *, make: bool = True) -> AsyncGenerator[Path]:
        """The folder, with nobody else writing in it, and nothing in it that was to be gone."""
        folder = self.folder(project)
        await self._indexes.finish_removals(project)
        async with writer_lock(folder, wait_s, make=make):
            if await self._indexes.finish_removal(project):
                raise gone(folder)
            yield folder

    @asynccontextmanager
    async def _changing_over(self, project: ProjectId) -> AsyncGenerator[PassageWriter]:
        """Write into a new index beside the one in use, then make it the one in use."""
        folder = self.folder(project)
        embedder = await self._embedder_loaded()
        number = max(numbers(folder), default=0) + 1
        index = await self._indexes.make(project, number, embedder.dimensions)
        try:
            yield _Writer(index, embedder)
            await index.tidy()
            await write_searched(index)
        finally:
            index.close()
        live = Live(index=number, embedder=embedder.name, dimensions=embedder.dimensions)
        write_live(folder, live)
        await self._indexes.remove_leftovers(project, live)

    async def _begin(self, project: ProjectId, number: int) -> Live:
        """An empty index: the first, or in place of one that somebody deleted. Its note comes last: what was killed
        before is no index."""
        embedder = await self._embedder_loaded()
        live = Live(index=number, embedder=embedder.name, dimensions=embedder.dimensions)
        index = await self._indexes.make(project, live.index, embedder.dimensions)
        index.close()
        write_live(self.folder(project), live)
        return live

    def _vectors(self, texts: Sequence[str]) -> "asyncio.Future[NDArray[np.float32]]":
        """Begun at once where the embedder is loaded, so that nothing else is waited for."""
        if self._embedder is not None:
            return asyncio.get_running_loop().run_in_executor(None, self._embedder.quick, texts)

        async def load() -> NDArray[np.float32]:
            embedder = await self._embedder_loaded()
            return await asyncio.to_thread(embedder.quick, texts)

        return asyncio.ensure_future(load())

    async def _embedder_loaded(self) -> Embeds:
        async with self._loading:
            if self._embedder is None:
                self._embedder = await asyncio.to_thread(self._load)
            return self._embedder

    async def _fitting(self, project: ProjectId, live: Live) -> Embeds:
        """The embedder, if the index holds vectors of it."""
        embedder = await self._embedder_loaded()
        if (embedder.name, embedder.dimensions) != (live.embedder, live.dimensions):
            raise IndexUnusable(
                f"The knowledge of {project} holds vectors of {live.embedder}, but {embedder.name} is configured. "
                f"Run `tollfree knowledge rebuild {project}`, or set TOLLFREE_EMBEDDER={live.embedder}."
            )
        return embedder


class _Writer:
    """`PassageWriter`."""

    def __init__(self, index: "PassageIndex", embedder: Embeds) -> None:
        self._index = index
        self._embedder = embedder

    async def put(self, passages: Sequence[StoredPassage]) -> None:
        latest = {one.id: one for one in passages}
        texts = [one.indexed_text for one in latest.values()]
        vectors = await asyncio.to_thread(self._embedder.encode, texts)
        await self._index.put(tuple(latest.values()), vectors)

    async def delete(self, ids: Sequence[str]) -> None:
        await self._index.delete(ids)

    async def counts(self) -> Mapping[str, int]:
        return await self._index.counts()
