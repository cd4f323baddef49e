"""One thread that decodes, and the queue before it: the most urgent first, the cancelled never."""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from tollfree.speech.stt.base import RecognitionFailed, Urgency

Result = TypeVar("Result")


class DecodeQueue(Generic[Result]):
    """Runs work one by one on a thread of its own, so that no event loop ever waits for it.

    One thread, because decodes that share cores only make each other late: two at once take twice as long each, and
    the urgent one would wait for the other. A waiting decode of lower urgency never goes first; one that runs is not
    interrupted. Equal urgencies keep their order. Any number of event loops may use it.
    """

    def __init__(self, name: str) -> None:
        """`name` is the thread's, for people who look at a process."""
        self._name = name
        self._waiting: list[tuple[int, int, _Decode[Result]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        """Decodes that have not begun and are still wanted."""
        with self._changed:
            return sum(not decode.cancelled for _, _, decode in self._waiting)

    async def run(self, work: Callable[[], Result], urgency: Urgency) -> Result:
        """The result of `work`, or its error. Cancelled while it waits, the work never begins; cancelled while it
        runs, it is finished and thrown away. Raises `RecognitionFailed` once the queue is closed."""
        decode = _Decode(work, asyncio.get_running_loop())
        with self._changed:
            if self._closed:
                raise RecognitionFailed("The recogniser was closed; load it again to go on.", retryable=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            heapq.heappush(self._waiting, (int(urgency), next(self._order), decode))
            self._changed.notify()
        try:
            return await decode.future
        finally:
            decode.cancelled = True

    async def aclose(self) -> None:
        """Refuse what waits, finish what runs, end the thread."""
        with self._changed:
            self._closed = True
            refused = [decode for _, _, decode in self._waiting]
            self._waiting.clear()
            self._changed.notify()
            thread = self._thread
        for decode in refused:
            decode.fail(RecognitionFailed("The recogniser was closed before it heard this.", retryable=False))
        if thread is not None:
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        while (decode := self._next()) is not None:
            decode.perform()

    def _next(self) -> "_Decode[Result] | None":
        with self._changed:
            while True:
                while self._waiting:
                    _, _, decode = heapq.heappop(self._waiting)
                    if not decode.cancelled:
                        return decode
                if self._closed:
                    return None
                self._changed.wait()


class _Decode(Generic[Result]):
    """One piece of work and whoever waits for it."""

    def __init__(self, work: Callable[[], Result], loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[Result] = loop.create_future()
        self.cancelled = False
        self._work = work
        self._loop = loop

    def perform(self) -> None:
        """On the decoding thread."""
        try:
            result = self._work()
        except Exception as error:  # noqa: BLE001 - the thread's door: whatever failed is told to whoever waits
            self.fail(error)
        else:
            self._tell(lambda: self.future.set_result(result))

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
            self.cancelled = True
