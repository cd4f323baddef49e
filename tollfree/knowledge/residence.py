"""What of an index is searched in memory, by how much there is: all of it, files that are mapped, or nothing."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tollfree.knowledge.candidate import Searchable
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.resident import Resident
from tollfree.knowledge.sketched import LARGE, SMALL, open_searched

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

REST = 20
"""Times as long as the last reading took, until the next: where somebody writes all the time, a twentieth of a core of
each process goes into reading after them, and the index is searched meanwhile."""


class Residence:
    """Which of an index's states is in memory. A small project is read (15 MB at most in each process), of a larger one
    the files are opened that its writer left."""

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
        if 0 < passages <= LARGE and idle and time.monotonic() >= self._rested:
            self._reading = asyncio.get_running_loop().create_task(self._read(index))
        return index

    def close(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()

    async def settled(self) -> None:
        """Until what is being read is in memory. Who stops waiting stops nobody else's reading."""
        if self._reading is not None:
            await asyncio.wait([self._reading])

    async def _read(self, index: "PassageIndex") -> None:
        began = time.monotonic()
        try:
            with suppress(IndexUnusable):  # the searches say so
                version = await index.version()
                held = await _held(index, version)
                if held is not None and await index.version() == version:
                    self._held, self._version = held, version
        finally:
            ended = time.monotonic()
            self._rested = ended + REST * (ended - began)


async def _held(index: "PassageIndex", version: int) -> Searchable | None:
    passages = await index.count()
    if 0 < passages <= SMALL:
        return await asyncio.to_thread(Resident, await index.everything(passages))
    return await asyncio.to_thread(open_searched, index, version) if passages else None
