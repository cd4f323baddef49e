"""Where time comes from, so that tests can move it."""

import asyncio
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time outside the pure rooms."""

    def now(self) -> datetime:
        """The present moment, with a time zone."""
        ...

    def elapsed_ms(self) -> float:
        """Milliseconds on a clock that never jumps; only differences mean anything."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait, on this clock."""
        ...

    def working(self) -> AbstractContextManager[None]:
        """While this lasts real work is being done (an engine, a tool, a disk): a clock that is not real stands still
        until it is over."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_ms(self) -> float:
        return time.perf_counter() * 1000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def working(self) -> AbstractContextManager[None]:
        return nullcontext()
