"""Whether new work is let in, and when the last that was let in is done."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from tollfree.serving.errors import Refusal

RETRY_AFTER_S = 2
"""Seconds after which a server that was restarted is up again, or another one is asked."""


class Admission:
    """Counts work in progress; closed, it lets nothing in and waits for the rest. For one event loop."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        """Set once it is closed."""
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def inside(self) -> int:
        """Pieces of work in progress."""
        return self._inside

    @property
    def closed(self) -> bool:
        """Whether the server is stopping."""
        return self.stopping.is_set()

    @contextmanager
    def work(self) -> Generator[None]:
        """A piece of work, from its admission to its answer. Raises `Refusal` (503) once closed."""
        if self.closed:
            raise Refusal(
                "The server is stopping and takes no new work.",
                code="stopping",
                status=503,
                retry_after_s=RETRY_AFTER_S,
            )
        self._inside += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    def close(self) -> None:
        """Let nothing in from here on."""
        self.stopping.set()

    async def emptied(self, within_s: float) -> bool:
        """Wait until nothing is in progress, or for so long; whether nothing is."""
        try:
            async with asyncio.timeout(within_s):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
