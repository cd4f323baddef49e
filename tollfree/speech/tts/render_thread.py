"""The one thread an engine computes on: renders wait in line, the most urgent first, and a cancelled one gives its
place up or stops."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Generic, TypeVar

from tollfree.speech.tts.base import RenderingFailed, Urgency
from tollfree.speech.work_queue import WorkQueue

T = TypeVar("T")

LOST_AFTER_S = 3.0
"""Seconds after which a render that was told to stop, and has not, is lost: the next begins on another thread."""


class Stop:
    """Tells a job on the thread that nobody waits for it any more."""

    def __init__(self) -> None:
        self._event = Event()
        self._hooks: list[Callable[[], None]] = []

    @property
    def wanted(self) -> bool:
        return self._event.is_set()

    def then(self, hook: Callable[[], None]) -> None:
        """Call `hook` when the job should stop; at once, if it should already. Called from any thread."""
        self._hooks.append(hook)
        if self.wanted:
            hook()

    def now(self) -> None:
        """Ask the job to stop."""
        self._event.set()
        for hook in tuple(self._hooks):
            hook()


class RenderThread(Generic[T]):
    """Runs jobs one after another, off the loop; of those that wait, the most urgent first."""

    def __init__(self, name: str, *, lost_after_s: float = LOST_AFTER_S) -> None:
        self._name = name
        self._queue = WorkQueue[T](name, lost_after_s=lost_after_s, refusal=self._is_closed)
        self._stops: set[Stop] = set()

    async def run(self, job: Callable[[Stop], T], urgency: Urgency = Urgency.FIRST) -> T:
        """What the job returns. Raises what it raises; `RenderingFailed` once closed. Where one that was cancelled
        never ends, the next ones go on without it."""
        stop = Stop()
        self._stops.add(stop)
        try:
            return await self._queue.run(lambda: job(stop), urgency)
        except asyncio.CancelledError:
            stop.now()
            raise
        finally:
            self._stops.discard(stop)

    async def aclose(self) -> None:
        """Stop what runs, drop what waits, and let the thread go; one that does not stop is not waited for without
        end. Safe to call again."""
        for stop in tuple(self._stops):
            stop.now()
        await self._queue.aclose()

    def _is_closed(self) -> RenderingFailed:
        return RenderingFailed(f"The voice {self._name} is closed.", retryable=False)
