"""One thread that works for an engine, and the queue before it: the most urgent first, what nobody wants never. Work
that does not come back costs the thread, not the engine: another takes its place."""

import asyncio
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from tollfree.protocol.errors import TollfreeError

Result = TypeVar("Result")

GRACE_S = 1.0
"""Seconds that work which nobody waits for any more has to come back in, however long it has run: engines look only
now and then whether they are to stop."""
CLOSING_S = 10.0
"""Seconds that closing waits for work which runs, at most. The thread is a daemon: a process ends without it."""

_log = logging.getLogger(__name__)


class WorkQueue(Generic[Result]):
    """Runs work one by one on a thread of its own, so that no event loop ever waits for it.

    One thread, because work that shares cores only makes each other late. A waiting piece of lower urgency never goes
    first; one that runs is not interrupted. Equal urgencies keep their order. Any number of event loops may use it.
    Times are the machine's: it is a thread that is waited for.
    """

    def __init__(
        self,
        name: str,
        *,
        lost_after_s: float,
        refusal: Callable[[], TollfreeError],
        closing_s: float = CLOSING_S,
    ) -> None:
        """`name` is the thread's, for people who look at a process. `lost_after_s`: work that has run for so long and
        that nobody waits for is not waited for by what comes after it, either. `refusal`: what is raised once the
        queue is closed. `closing_s`: how long closing waits for work which runs."""
        self._name = name
        self._lost_after_s = lost_after_s
        self._refusal = refusal
        self._closing_s = closing_s
        self._waiting: list[tuple[int, int, _Work[Result]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        """Who takes work from the queue; a thread that was replaced ends after what it does."""
        self._running: _Work[Result] | None = None
        """The latest that was begun."""
        self._closed = False

    @property
    def waiting(self) -> int:
        """Pieces that have not begun and are still wanted."""
        with self._changed:
            return sum(not work.unwanted for _, _, work in self._waiting)

    async def run(self, job: Callable[[], Result], urgency: int) -> Result:
        """The result of `job`, or its error. Cancelled while it waits, it never begins; cancelled while it runs, it
        is finished and thrown away. Raises the refusal once the queue is closed."""
        work = _Work(job, asyncio.get_running_loop())
        with self._changed:
            if self._closed:
                raise self._refusal()
            heapq.heappush(self._waiting, (int(urgency), next(self._order), work))
            if self._thread is None:
                self._take_over()
            self._changed.notify_all()
        try:
            return await work.future
        finally:
            work.unwanted = True
            self._pass_on(work)

    async def aclose(self) -> None:
        """Refuse what waits, finish what runs if it ends soon, end the thread. Safe to call again."""
        with self._changed:
            self._closed = True
            refused = [work for _, _, work in self._waiting]
            self._waiting.clear()
            self._changed.notify_all()
            running = self._running
        for work in refused:
            work.fail(self._refusal())
        if running is not None and not await asyncio.to_thread(running.ended.wait, self._closing_s):
            _log.warning("work does not end", extra={"queue": self._name})
            running.fail(self._refusal())

    def _pass_on(self, work: "_Work[Result]") -> None:
        """Nobody waits for a piece any more. Where it runs, another thread takes what comes next: after it if it comes
        back in time, else without it."""
        with self._changed:
            if self._running is work and work.future.cancelled() and not work.ended.is_set():
                self._thread = None
                if self._waiting:
                    self._take_over()

    def _take_over(self) -> None:
        self._thread = threading.Thread(target=self._serve, args=(self._running,), name=self._name, daemon=True)
        self._thread.start()

    def _serve(self, before: "_Work[Result] | None") -> None:
        if before is not None and not before.end_within(self._lost_after_s):
            _log.warning("work is lost", extra={"queue": self._name})
        while (work := self._next()) is not None:
            work.perform()

    def _next(self) -> "_Work[Result] | None":
        me = threading.current_thread()
        with self._changed:
            while self._thread is me:
                while self._waiting:
                    _, _, work = heapq.heappop(self._waiting)
                    if not work.unwanted:
                        self._running = work
                        work.began_s = time.monotonic()
                        return work
                if self._closed:
                    return None
                self._changed.wait()
            return None


class _Work(Generic[Result]):
    """One piece of work and whoever waits for it."""

    def __init__(self, job: Callable[[], Result], loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[Result] = loop.create_future()
        self.unwanted = False
        self.began_s = 0.0
        self.ended = threading.Event()
        self._job = job
        self._loop = loop

    def perform(self) -> None:
        """On the queue's thread."""
        try:
            result = self._job()
        except Exception as error:  # noqa: BLE001 - the thread's door: whatever failed is told to whoever waits
            self.fail(error)
        else:
            self._tell(lambda: self.future.set_result(result))
        finally:
            self.ended.set()

    def end_within(self, seconds: float) -> bool:
        """Wait until it has ended, or has run for so long; whether it has ended."""
        left_s = self.began_s + seconds - time.monotonic()
        return self.ended.wait(max(min(GRACE_S, seconds), left_s))

    def fail(self, error: Exception) -> None:
        """Tell whoever waits. From any thread."""
        self._tell(lambda: self.future.set_exception(error))

    def _tell(self, settle: Callable[[], None]) -> None:
        def unless_gone() -> None:
            if not self.future.done():
                settle()

        try:
            self._loop.call_soon_threadsafe(unless_gone)
        except RuntimeError:  # that loop was closed meanwhile: nobody waits
            self.unwanted = True
