"""The one thread an engine computes on: renders wait in line, a cancelled one gives its place up or stops."""

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Event
from typing import TypeVar

from tollfree.speech.tts.base import RenderingFailed

T = TypeVar("T")


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


class RenderThread:
    """Runs jobs one after another, off the loop."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._stops: set[Stop] = set()
        self._closed = False

    async def run(self, job: Callable[[Stop], T]) -> T:
        """What the job returns. Raises what it raises; `RenderingFailed` once closed."""
        if self._closed:
            raise self._is_closed()
        stop = Stop()
        self._stops.add(stop)
        future: Future[T] = self._executor.submit(job, stop)
        try:
            return await asyncio.wrap_future(future)
        except (asyncio.CancelledError, CancelledError) as cancelled:
            stop.now()
            task = asyncio.current_task()
            if self._closed and not (task is not None and task.cancelling()):
                raise self._is_closed() from cancelled
            raise
        finally:
            self._stops.discard(stop)

    async def aclose(self) -> None:
        """Stop what runs, drop what waits, and let the thread go. Safe to call again."""
        self._closed = True
        for stop in tuple(self._stops):
            stop.now()
        self._executor.shutdown(wait=False, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, self._executor.shutdown)

    def _is_closed(self) -> RenderingFailed:
        return RenderingFailed(f"The voice {self._name} is closed.", retryable=False)
