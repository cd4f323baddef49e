"""Clocks of calls whose engines are servers: work on the store stops the time, waiting for an engine does not."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime

from tollfree.protocol.clock import Clock


class OfficeClock:
    """The clock of the office: sound stands still while its store works, also on one that is real."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.now, self.elapsed_ms, self.sleep = clock.now, clock.elapsed_ms, clock.sleep
        self.works = 0
        """Whose work is under way."""

    @contextmanager
    def working(self) -> Generator[None]:
        self.works += 1
        try:
            with self._clock.working():
                yield
        finally:
            self.works -= 1


class EnginesClock:
    """The clock of whoever uses engines: time passes while they work."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def elapsed_ms(self) -> float:
        return self._clock.elapsed_ms()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    def working(self) -> AbstractContextManager[None]:
        return nullcontext()
