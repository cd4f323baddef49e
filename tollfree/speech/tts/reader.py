"""Whoever reads a text, and how long a voice may keep them waiting for a clause."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager

from tollfree.speech.tts.account import Account
from tollfree.speech.tts.base import RenderingFailed

SHORTEST_S = 4.0
"""Seconds that any clause may take: a busy machine, or a spare voice that is loaded first, is not one that hangs."""
SPEAKING_TIMES = 3.0
"""Times its own length that a clause may take: voices are chosen to need at most once."""
CHARACTER_S = 1 / 15
"""Seconds that a written character takes to be said: people speak about fifteen a second."""

Patience = Callable[[str], float]
"""Seconds that are waited for a clause."""


def patience(clause: str) -> float:
    """Seconds after which a voice that has not rendered a clause is taken to hang."""
    return max(SHORTEST_S, SPEAKING_TIMES * CHARACTER_S * len(clause))


class RenderingLate(RenderingFailed):
    """A voice let its reader wait for too long. Nobody is asked to wait for as long again."""

    code = "rendering_late"
    retryable = False


class Reader:
    """One reading of one text. Time counts only while the reader waits: what is rendered ahead of the playhead keeps
    nobody waiting. On a clock that is not real it stands still then, as readers say that work is under way."""

    def __init__(self, account: Account | None = None) -> None:
        """`account` is told what is rendered for this reading."""
        self.account = account
        self._waits = False
        self._limit: asyncio.Timeout | None = None
        self._seconds = 0.0

    @contextmanager
    def waiting(self) -> Generator[None]:
        """The reader waits for a clause, begun already or not."""
        self._waits = True
        self._count()
        try:
            yield
        finally:
            self._waits = False

    @asynccontextmanager
    async def rendering(self, voice: str, seconds: float) -> AsyncGenerator[None]:
        """A clause is being rendered. Raises `RenderingLate` in it once the reader has waited for so long."""
        limit = asyncio.timeout(None)
        try:
            async with limit:
                self._limit, self._seconds = limit, seconds
                self._count()
                try:
                    yield
                finally:
                    self._limit = None
        except TimeoutError as late:
            if not limit.expired():
                raise
            raise RenderingLate(f"{voice} has not spoken a clause within {seconds:.1f} s.") from late

    def _count(self) -> None:
        if self._waits and self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._seconds)
