"""Time that costs nothing: an event loop whose clock jumps over waiting, and stands still while real work is done.

A minute of a call passes in the time that its work takes, and the same call meets the same moments every time.
"""

import asyncio
import selectors
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from tollfree.protocol.clock import Clock

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

_T = TypeVar("_T")

START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
"""When a call on a virtual clock begins, unless told: a Monday morning, so that every log of it reads the same."""
STALLED_AFTER_S = 30.0
"""Real seconds after which work that shows no sign of life is taken to be waiting for time itself (a tool's timeout, a
pause before a retry): from then on the clock runs at the machine's pace until something happens. A thread that works
is never taken for that."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time.

    When nothing is ready, time jumps to the next timer. While somebody is `working`, or a job of `run_in_executor`
    or `asyncio.to_thread` is under way, it stands still and the loop waits for the machine. Without any timer the loop
    waits for sockets, signals and threads like any other.

    Results of jobs are delivered in the order in which the jobs were given, so that two threads that race do not make
    two different calls.
    """

    def __init__(self, stalled_after_s: float = STALLED_AFTER_S) -> None:
        self._selecting = _Selector(stalled_after_s)
        self._jobs: deque[_Job] = deque()
        self._work_of: Counter[asyncio.Task[Any] | None] = Counter()
        """How many `working` blocks each task is inside."""
        super().__init__(self._selecting)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._selecting.now_s

    @contextmanager
    def working(self) -> Generator[None]:
        """Time stands still for as long as this lasts."""
        task = asyncio.current_task(self)
        self._selecting.begin_work()
        self._work_of[task] += 1
        try:
            yield
        finally:
            self._work_of[task] -= 1
            if not self._work_of[task]:
                del self._work_of[task]
            self._selecting.end_work()

    @contextmanager
    def resting(self) -> Generator[None]:
        """Inside `working`: the present task waits for time, not for the machine."""
        task = asyncio.current_task(self)
        mine = self._work_of.pop(task, 0)
        for _ in range(mine):
            self._selecting.end_work()
        try:
            yield
        finally:
            for _ in range(mine):
                self._selecting.begin_work()
                self._work_of[task] += 1

    def run_in_executor(self, executor: Any, func: Callable[..., _T], *args: Any) -> "asyncio.Future[_T]":
        """As any loop's; while the thread runs, time stands still."""
        delivered: asyncio.Future[_T] = self.create_future()
        job = _Job(delivered)

        def work() -> _T:
            job.started = True
            try:
                return func(*args)
            finally:
                with suppress(RuntimeError):  # the loop was closed before the thread was done
                    self.call_soon_threadsafe(self._left, job)

        inner = super().run_in_executor(executor, work)
        job.inner = inner
        self._jobs.append(job)
        self._selecting.jobs += 1
        delivered.add_done_callback(lambda future: inner.cancel() if future.cancelled() else None)
        inner.add_done_callback(lambda future: self._settled(job))
        return delivered

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """As any loop's; threads are waited for in the machine's time."""
        with self.working():
            await super().shutdown_default_executor(*args, **kwargs)

    def _settled(self, job: "_Job") -> None:
        """A job has a result, or was given up."""
        self._count(job)
        self._deliver()

    def _left(self, job: "_Job") -> None:
        """The thread of a job is done with it."""
        job.left = True
        self._count(job)

    def _count(self, job: "_Job") -> None:
        """A job is over when its result has arrived and no thread works on it: one that was given up may still run."""
        if not job.over and job.inner is not None and job.inner.done() and (job.left or not job.started):
            job.over = True
            self._selecting.jobs -= 1

    def _deliver(self) -> None:
        """Hand out results, oldest job first; one that is late by far does not hold up the others for ever."""
        while self._jobs and self._jobs[0].settled:
            self._jobs.popleft().hand_over()
        held = any(job.settled for job in self._jobs)
        self._selecting.when_stalled = self._deliver_out_of_turn if held else None

    def _deliver_out_of_turn(self) -> None:
        """The oldest job may be waiting for what a younger one found: its turn is over."""
        late = [job for job in self._jobs if not job.settled]
        for job in self._jobs:
            if job.settled:
                job.hand_over()
        self._jobs = deque(late)
        self._selecting.when_stalled = None


@dataclass(eq=False, slots=True)
class _Job:
    """A function in a thread."""

    delivered: "asyncio.Future[Any]"
    """What the caller of `run_in_executor` waits for."""
    inner: "asyncio.Future[Any] | None" = None
    """What the thread fills."""
    started: bool = False
    left: bool = False
    over: bool = False

    @property
    def settled(self) -> bool:
        return self.delivered.done() or (self.inner is not None and self.inner.done())

    def hand_over(self) -> None:
        if self.inner is None or self.delivered.done():
            if self.inner is not None and self.inner.done() and not self.inner.cancelled():
                self.inner.exception()  # nobody waits for it any more: it is not reported as forgotten
            return
        if self.inner.cancelled():
            self.delivered.cancel()
        elif (error := self.inner.exception()) is not None:
            self.delivered.set_exception(error)
        else:
            self.delivered.set_result(self.inner.result())


class _Selector(selectors.BaseSelector):
    """Where a loop waits: asks the machine what is ready, and moves the clock instead of waiting for a timer."""

    def __init__(self, stalled_after_s: float) -> None:
        self.now_s = 0.0
        self.jobs = 0
        """Threads under way."""
        self.when_stalled: Callable[[], None] | None = None
        """Called once when threads have shown no sign of life for long."""
        self._work = 0
        self._stalled_after_s = stalled_after_s
        self._alive_s = time.perf_counter()
        """When something real last happened, on the machine's clock."""
        self._machine = selectors.DefaultSelector()

    def begin_work(self) -> None:
        if not self._work:
            self._alive_s = time.perf_counter()
        self._work += 1

    def end_work(self) -> None:
        self._work -= 1

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = self._machine.select(0)
        if not events and (timeout is None or timeout > 0):
            if self.jobs:
                events = self._wait_for_threads()
            elif timeout is None:
                events = self._machine.select(None)
            elif self._work:
                events = self._wait_for_work(timeout)
            else:
                # A loop's own resolution: no error adds up. Who waits for less than that still sees time pass.
                self.now_s = max(round(self.now_s + timeout, 9), round(self.now_s + 1e-9, 9))
        if events:
            self._alive_s = time.perf_counter()
        return events

    def _wait_for_threads(self) -> list[tuple[selectors.SelectorKey, int]]:
        if self.when_stalled is None:
            return self._machine.select(None)
        events = self._machine.select(self._stalled_after_s)
        if not events:
            self.when_stalled()
        return events

    def _wait_for_work(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        patience_s = self._alive_s + self._stalled_after_s - time.perf_counter()
        if patience_s > 0:
            return self._machine.select(patience_s)
        began_s = time.perf_counter()
        events = self._machine.select(timeout)
        self.now_s += min(timeout, time.perf_counter() - began_s) if events else timeout
        return events

    def register(self, fileobj: "FileDescriptorLike", events: int, data: Any = None) -> selectors.SelectorKey:
        return self._machine.register(fileobj, events, data)

    def unregister(self, fileobj: "FileDescriptorLike") -> selectors.SelectorKey:
        return self._machine.unregister(fileobj)

    def modify(self, fileobj: "FileDescriptorLike", events: int, data: Any = None) -> selectors.SelectorKey:
        return self._machine.modify(fileobj, events, data)

    def get_map(self) -> "Mapping[FileDescriptorLike, selectors.SelectorKey]":
        return self._machine.get_map()

    def close(self) -> None:
        self._machine.close()


class VirtualClock:
    """The clock of a virtual loop: begins at a fixed moment, and moves as the loop does."""

    def __init__(self, loop: VirtualTimeLoop, start: datetime = START) -> None:
        self._loop = loop
        self._start = start
        self._began_s = loop.time()

    def now(self) -> datetime:
        """The moment, counted from `start`."""
        return self._start + timedelta(seconds=self._loop.time() - self._began_s)

    def elapsed_ms(self) -> float:
        """Virtual milliseconds since the clock was made."""
        return round((self._loop.time() - self._began_s) * 1000, 6)

    async def sleep(self, seconds: float) -> None:
        """Wait in virtual time, also inside `working`: who sleeps does not work."""
        with self._loop.resting():
            await asyncio.sleep(seconds)

    def working(self) -> AbstractContextManager[None]:
        """While this lasts, time stands still."""
        return self._loop.working()


def run_virtually(main: Callable[[Clock], Awaitable[_T]], *, start: datetime = START) -> _T:
    """Run a program from its beginning to its end in virtual time, and return its result."""

    async def whole() -> _T:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)  # made by the factory below
        return await main(VirtualClock(loop, start))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(whole())
