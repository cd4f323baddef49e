"""The one door to what projects know: every project's passages lie in a folder of its own, and no call names two."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tollfree.knowledge.base import Embeds, PassageWriter, Query, StoredPassage
from tollfree.knowledge.confidence import KNOWN
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.folder import (
    Live,
    index_folder,
    numbers,
    project_folder,
    read_live,
    remove_folder,
    stamp,
    write_live,
    writer_lock,
)
from tollfree.knowledge.rarity import Rarity
from tollfree.knowledge.rerank import Reranker
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.passage import Passage

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

WAIT_S = 60.0
"""Seconds to wait for another writer of the same project."""
MOST_OPEN = 64
"""Projects whose index is kept open; the one that was opened first is closed."""
Progress = Callable[[int], None]
"""Told how many passages are done."""
T = TypeVar("T")


@dataclass(slots=True)
class _Open:
    """An index that is open for reading."""

    index: "PassageIndex"
    live: Live
    stamp: tuple[int, int]
    rarity: Rarity = field(default_factory=Rarity)


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
        self._home = home
        self._load = embedder_loader
        self._reranker = reranker
        self._object_store = object_store.rstrip("/")
        self._embedder: Embeds | None = None
        self._loading = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._open: dict[ProjectId, _Open] = {}

    def folder(self, project: ProjectId) -> Path:
        """The project's own folder, whether or not it exists yet; what else belongs to its knowledge may lie in it.
        Raises `BadKnowledgeFolder`."""
        return project_folder(self._home, project)

    async def prepare(self, project: ProjectId) -> None:
        """Load what the first question would wait for; nothing where nothing is known."""
        if stamp(self.folder(project)) is None:
            return
        await self._embedder_loaded()
        await self.retrieve(project, Query(text="hello", k=1))

    async def retrieve(self, project: ProjectId, query: Query, *, at_least: float = KNOWN) -> tuple[Passage, ...]:
        """The passages that answer, the best first; none when even the best does not score `at_least`, or when the
        project knows nothing yet. Raises `IndexUnusable` when the vectors are another embedder's as well."""

        async def search(found: _Open) -> tuple[Passage, ...]:
            from tollfree.knowledge.retrieve import retrieve  # imports LanceDB, which only who knows something needs

            embedder = await self._fitting(project, found.live)
            await found.rarity.follow(found.index)
            return await retrieve(
                found.index, found.rarity, embedder, query, reranker=self._reranker, at_least=at_least
            )

        return await self._reading(project, search, ())

    async def passages(self, project: ProjectId, source: str | None = None) -> tuple[StoredPassage, ...]:
        """All passages, or those of one source, by place in the index."""

        async def read(found: _Open) -> tuple[StoredPassage, ...]:
            await found.index.refresh()
            return tuple([one async for batch in found.index.batches(source) for one in batch])

        return await self._reading(project, read, ())

    async def get(self, project: ProjectId, ids: Sequence[str]) -> tuple[StoredPassage, ...]:
        """These passages in this order; ids that the project has not are left out."""

        async def read(found: _Open) -> tuple[StoredPassage, ...]:
            await found.index.refresh()
            return await found.index.get(ids)

        return await self._reading(project, read, ())

    async def count(self, project: ProjectId) -> int:
        """How many passages the project has."""

        async def read(found: _Open) -> int:
            await found.index.refresh()
            return await found.index.count()

        return await self._reading(project, read, 0)

    @asynccontextmanager
    async def writing(self, project: ProjectId, *, wait_s: float = WAIT_S) -> AsyncGenerator[PassageWriter]:
        """Write to the project's knowledge; what is put can be found at once. One writer a project at a time: waits
        for the other, and raises `KnowledgeBusy` after `wait_s`. Raises `IndexUnusable` when what is there are another
        embedder's vectors."""
        folder = self.folder(project)
        async with writer_lock(folder, wait_s):
            live = read_live(folder)
            await self._remove_leftovers(project, live)
            if live is None:
                live = await self._begin(project)
            embedder = await self._fitting(project, live)
            found = await self._opened(project)
            assert found is not None  # its note was read or written above, under the lock
            await found.index.refresh()
            yield _Writer(found.index, embedder)
            await found.index.tidy()

    async def rebuild(self, project: ProjectId, progress: Progress | None = None, *, wait_s: float = WAIT_S) -> int:
        """Embed all passages anew with the present embedder, beside the index in use, then change over: how many
        passages. Who searches meanwhile finds what was there before. Raises as `writing`."""
        from tollfree.knowledge.index import PassageIndex

        folder = self.folder(project)
        if stamp(folder) is None:
            return 0
        async with writer_lock(folder, wait_s):
            live = read_live(folder)
            if live is None:
                return 0
            await self._remove_leftovers(project, live)
            embedder = await self._embedder_loaded()
            old = await PassageIndex.open(self._uri(project, live.index))
            new = await PassageIndex.create(self._uri(project, live.index + 1), embedder.dimensions)
            done = 0
            async for batch in old.batches():
                await _Writer(new, embedder).put(batch)
                done += len(batch)
                if progress is not None:
                    progress(done)
            await new.tidy()
            new.close()
            write_live(folder, Live(index=live.index + 1, embedder=embedder.name, dimensions=embedder.dimensions))
            old.close()
            await PassageIndex.destroy(self._uri(project, live.index))
        return done

    async def delete(self, project: ProjectId) -> None:
        """Remove the project's folder and all that is in it, and nothing else. Waits for a writer."""
        folder = self.folder(project)
        self._forget(project)
        if not folder.exists():
            return
        async with writer_lock(folder, WAIT_S):
            if self._object_store and (live := read_live(folder)) is not None:
                await self._remove_leftovers(project, live)
                await (await _index_class()).destroy(self._uri(project, live.index))
            await asyncio.to_thread(remove_folder, folder)

    def close(self) -> None:
        """Let all files go."""
        for project in tuple(self._open):
            self._forget(project)

    async def _reading(self, project: ProjectId, read: Callable[[_Open], Awaitable[T]], nothing: T) -> T:
        """Read from the index in use; once more when it was changed over, or deleted, in the middle."""
        found = await self._opened(project)
        if found is None:
            return nothing
        try:
            return await read(found)
        except IndexUnusable:
            if stamp(self.folder(project)) == found.stamp:
                raise
            found = await self._opened(project)
            return nothing if found is None else await read(found)

    async def _opened(self, project: ProjectId) -> _Open | None:
        """The index in use; None: there is none."""
        folder = self.folder(project)
        present = stamp(folder)
        known = self._open.get(project)
        if known is not None and known.stamp == present:
            return known
        async with self._opening:
            from_note = stamp(folder)
            live = read_live(folder)
            known = self._open.get(project)
            if live is None or from_note is None:
                self._forget(project)
                return None
            if known is not None and known.stamp == from_note:
                return known
            self._open.pop(project, None)  # not closed: somebody may be reading in it
            index = await (await _index_class()).open(self._uri(project, live.index))
            self._open[project] = _Open(index, live, from_note)
            while len(self._open) > MOST_OPEN:
                self._open.pop(next(iter(self._open)))
            return self._open[project]

    async def _begin(self, project: ProjectId) -> Live:
        """A first, empty index."""
        embedder = await self._embedder_loaded()
        live = Live(index=1, embedder=embedder.name, dimensions=embedder.dimensions)
        index = await (await _index_class()).create(self._uri(project, live.index), embedder.dimensions)
        index.close()
        write_live(self.folder(project), live)
        return live

    async def _remove_leftovers(self, project: ProjectId, live: Live | None) -> None:
        """Remove indexes that nobody uses: a rebuild was killed before it was done, or before the old one was gone."""
        present = set(numbers(self.folder(project)))
        if self._object_store and live is not None:  # what lies there is not listed: only these can be left over
            present |= {live.index - 1, live.index + 1}
        for number in present:
            if live is None or number != live.index:
                await (await _index_class()).destroy(self._uri(project, number))

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

    def _uri(self, project: ProjectId, number: int) -> str:
        folder = index_folder(self.folder(project), number)
        return f"{self._object_store}/{project}/{number}" if self._object_store else str(folder)

    def _forget(self, project: ProjectId) -> None:
        self._open.pop(project, None)


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


async def _index_class() -> "type[PassageIndex]":
    """Imports LanceDB in a thread, so that calls in the meantime are not held up."""

    def load() -> "type[PassageIndex]":
        from tollfree.knowledge.index import PassageIndex

        return PassageIndex

    return await asyncio.to_thread(load)
