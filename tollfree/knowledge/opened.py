"""The indexes that are open for reading, and how one is read while others write, rebuild and delete."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.folder import Live, read_live, stamp
from tollfree.knowledge.indexes import Indexes
from tollfree.knowledge.rarity import Rarity
from tollfree.knowledge.residence import Residence
from tollfree.protocol.ids import ProjectId

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

MOST_OPEN = 64
"""Projects whose index is kept open; the one that was opened first is closed."""
T = TypeVar("T")


@dataclass(slots=True)
class Opened:
    """An index that is open for reading."""

    index: "PassageIndex"
    live: Live
    stamp: tuple[int, int]
    rarity: Rarity = field(default_factory=Rarity)
    residence: Residence = field(default_factory=Residence)


class OpenedIndexes:
    """Opens each project's index when it is first read, and again when it was changed over. Raises as `Indexes`."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        self._opening = asyncio.Lock()
        self._open: dict[ProjectId, Opened] = {}
        self._looked = False

    async def read(self, project: ProjectId, read: Callable[[Opened, int], Awaitable[T]], nothing: T) -> T:
        """Read from the index in use, whose version is told as well; again when what was read from went away in the
        middle: the index was changed over or deleted, or so many versions of its table were written that ours was
        dropped."""
        folder = self._indexes.folder(project)
        while True:
            present = stamp(folder)
            found, version = None, -1
            try:
                if (found := await self.open(project)) is None:
                    return nothing
                version = await found.index.version()
                read_now = await read(found, version)
                if stamp(folder) == found.stamp:  # of an index that is being removed, an older version may be read
                    return read_now
            except IndexUnusable:
                if stamp(folder) != present:
                    continue
                if found is None or not await _has_moved_on(found, version):
                    raise

    async def open(self, project: ProjectId) -> Opened | None:
        """The index in use; None: there is none."""
        folder = self._indexes.folder(project)
        present = stamp(folder)
        known = self._open.get(project)
        if known is not None and known.stamp == present:
            return known
        async with self._opening:
            if not self._looked:
                await self._indexes.finish_removals(project)
                self._looked = True
            from_note = stamp(folder)
            live = read_live(folder)
            known = self._open.get(project)
            if live is None or from_note is None:
                self.forget(project)
                return None
            if known is not None and known.stamp == from_note:
                return known
            self.forget(project)
            index = await self._indexes.open(project, live.index)
            self._open[project] = Opened(index, live, from_note)
            while len(self._open) > MOST_OPEN:
                self.forget(next(iter(self._open)))
            return self._open[project]

    def forget(self, project: ProjectId) -> None:
        """Open it anew when it is next read. It is not closed: somebody may be reading in it."""
        self._open.pop(project, None)

    def close(self) -> None:
        """Let all files go. Nobody may be reading."""
        while self._open:
            _, closed = self._open.popitem()
            closed.residence.close()
            closed.index.close()


async def _has_moved_on(found: Opened, version: int) -> bool:
    """Whether others have written since then; the next reading sees it."""
    try:
        await found.index.refresh()
        return await found.index.version() != version
    except IndexUnusable:
        return False
