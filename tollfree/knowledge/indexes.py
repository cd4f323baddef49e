"""Where the indexes of projects lie: how one is made and opened, and how all of a project's go.

Under an object store's prefix an index lies at PREFIX/shop/3. `HOME/shop/index/3` is there as well, empty, from before
the index is made until after it is gone: so what there is under the prefix is known without listing it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.errors import IndexDamaged, IndexUnusable, KnowledgeError
from tollfree.knowledge.folder import Live, index_folder, numbers, project_folder, writer_lock
from tollfree.knowledge.removal import (
    is_gone,
    mark_gone,
    marked,
    put_away,
    remove_empty,
    remove_folder,
    remove_put_away,
)
from tollfree.protocol.ids import ProjectId

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds


class Indexes:
    """The indexes of all projects. What changes any is called under the project's lock. Every method raises
    `BadKnowledgeFolder` and `IndexUnusable`."""

    def __init__(self, home: Path, object_store: str) -> None:
        self._home = home
        self._object_store = object_store.rstrip("/")
        self._imported = False

    async def ready(self) -> None:
        """Import LanceDB, in a thread, so that calls in the meantime are not held up."""
        if not self._imported:
            await _index_class()
            self._imported = True

    def folder(self, project: ProjectId) -> Path:
        """The project's own folder, whether or not it exists."""
        return project_folder(self._home, project)

    async def open(self, project: ProjectId, number: int) -> "PassageIndex":
        """One that was made."""
        uri = await asyncio.to_thread(self._uri, project, number)
        try:
            return await (await _index_class()).open(uri, project)
        except IndexUnusable:
            if not self._object_store:  # LanceDB makes the folder it is to open; one removed meanwhile stays away
                await asyncio.to_thread(remove_empty, index_folder(self.folder(project), number), self._home)
            raise

    async def exists(self, project: ProjectId, number: int) -> bool:
        """Whether there is one, whole or not."""
        uri = await asyncio.to_thread(self._uri, project, number)
        return await (await _index_class()).exists(uri, project)

    async def make(self, project: ProjectId, number: int, dimensions: int) -> "PassageIndex":
        """An empty one, in place of what a killed process may have left under its number."""
        await self.destroy(project, number)
        uri = self._uri(project, number)
        if self._object_store:
            _make_folder(index_folder(self.folder(project), number))
        return await (await _index_class()).create(uri, dimensions, project)

    async def destroy(self, project: ProjectId, number: int) -> None:
        """Remove one; nothing there is no fault."""
        if self._object_store:
            await (await _index_class()).destroy(self._uri(project, number))
        await asyncio.to_thread(remove_folder, index_folder(self.folder(project), number))

    async def passages(self, project: ProjectId, number: int) -> AsyncIterator[tuple[StoredPassage, ...]]:
        """All that one holds. Raises `IndexDamaged` when it cannot be read."""
        try:
            index = await self.open(project, number)
            try:
                async for batch in index.batches():
                    yield batch
            finally:
                index.close()
        except IndexUnusable as error:
            raise IndexDamaged(error.message) from error

    async def remove_leftovers(self, project: ProjectId, live: Live | None) -> None:
        """Remove indexes that nobody uses: a rebuild was killed before it was done, or before the old one was gone."""
        for number in tuple(numbers(self.folder(project))):
            if live is None or number != live.index:
                await self.destroy(project, number)

    async def begin_removal(self, project: ProjectId) -> None:
        """From now on nothing of the project is found, whatever becomes of this process. What lies in an object store
        is gone when this returns."""
        folder = self.folder(project)
        mark_gone(folder)
        if self._object_store:
            for number in tuple(numbers(folder)):
                await self.destroy(project, number)

    async def end_removal(self, project: ProjectId) -> None:
        """Remove the folder and all that is in it, and nothing else."""
        await asyncio.to_thread(lambda: remove_folder(put_away(self.folder(project))))

    async def finish_removal(self, project: ProjectId) -> bool:
        """End the project's removal if it was begun; whether it was."""
        if not is_gone(self.folder(project)):
            return False
        await self.begin_removal(project)
        await self.end_removal(project)
        return True

    async def finish_removals(self, project: ProjectId) -> None:
        """End the removals of any project that were killed half-way. Only a fault with what was this project's is
        raised: the others' do not keep it from its work."""
        for folder in await asyncio.to_thread(marked, self._home):
            left = ProjectId(folder.name)
            with suppress(KnowledgeError):  # it is being removed by another process, or is said when it is opened
                async with writer_lock(folder, 0, make=False):
                    await self.finish_removal(left)
        await asyncio.to_thread(remove_put_away, self._home, project)

    def _uri(self, project: ProjectId, number: int) -> str:
        folder = index_folder(self.folder(project), number)
        return f"{self._object_store}/{project}/{number}" if self._object_store else str(folder)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexUnusable(f"{folder} cannot be made ({error.strerror}).") from error


async def _index_class() -> "type[PassageIndex]":
    """Imports LanceDB in a thread, so that calls in the meantime are not held up."""

    def load() -> "type[PassageIndex]":
        from tollfree.knowledge.index import PassageIndex

        return PassageIndex

    return await asyncio.to_thread(load)
