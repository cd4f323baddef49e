"""What of an index is kept in memory, by how much there is: all of it, what is searched of it, or nothing."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tollfree.knowledge.candidate import Searchable
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.resident import Resident, Sketched

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

RESIDENT = 4000
"""Passages up to which a project is kept in memory whole: some 15 MB in each process that answers its calls."""
SKETCHED = 150_000
"""Passages up to which what is searched of them is: 90 MB at most. Larger projects are searched on the disk."""
REST = 20
"""Times as long as the last reading took, until the next: where somebody writes all the time, a twentieth of a core
goes into reading after them, and the index is searched meanwhile."""


class Residence:
    """Which of an index's states is in memory."""

    def __init__(self) -> None:
        self._held: Searchable | None = None
        self._version = -1
        self._reading: asyncio.Task[None] | None = None
        self._rested = 0.0

    def searched(self, index: "PassageIndex", version: int, passages: int) -> Searchable:
        """What a search goes to, in the state of this version: memory where it holds that, else the index, while the
        memory is brought up to date beside. `passages`: how many there are, about."""
        if self._held is not None and self._version == version:
            return self._held
        idle = self._reading is None or self._reading.done()
        if 0 < passages <= SKETCHED and idle and time.monotonic() >= self._rested:
            self._reading = asyncio.get_running_loop().create_task(self._read(index))
        return index

    def close(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()

    async def settled(self) -> None:
        """Until what is being read is in memory."""
        if self._reading is not None:
            await self._reading

    async def _read(self, index: "PassageIndex") -> None:
        began = time.monotonic()
        with suppress(IndexUnusable):  # the searches say so
            version = await index.version()
            held = await _held(index, await index.count())
            if await index.version() == version:
                self._held, self._version = held, version
        ended = time.monotonic()
        self._rested = ended + REST * (ended - began)


async def _held(index: "PassageIndex", passages: int) -> Searchable | None:
    if 0 < passages <= RESIDENT:
        return await asyncio.to_thread(Resident, await index.everything(passages))
    if 0 < passages <= SKETCHED:
        sketched = Sketched(index)
        async for found in index.searched():
            await asyncio.to_thread(sketched.add, *found)
        return await asyncio.to_thread(sketched.whole)
    return None
