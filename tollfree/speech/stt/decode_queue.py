"""One thread that decodes, and the queue before it: the most urgent first, the cancelled never."""

from collections.abc import Callable
from typing import Generic, TypeVar

from tollfree.speech.stt.base import RecognitionFailed, Urgency
from tollfree.speech.work_queue import WorkQueue

Result = TypeVar("Result")

LOST_AFTER_S = 3.0
"""Seconds after which a decode that nobody waits for is lost, and the next begins beside it: a second more than the
listener waits for a text (`late_transcript_ms`), so that what the caller then says is heard. A turn takes a tenth of
that."""


class DecodeQueue(Generic[Result]):
    """Runs decodes one by one: see `WorkQueue`. Two at once take twice as long each, and the urgent one would wait
    for the other."""

    def __init__(self, name: str, *, lost_after_s: float = LOST_AFTER_S) -> None:
        """`name` is the thread's, for people who look at a process."""
        self._queue = WorkQueue[Result](name, lost_after_s=lost_after_s, refusal=_closed)

    @property
    def waiting(self) -> int:
        """Decodes that have not begun and are still wanted."""
        return self._queue.waiting

    async def run(self, work: Callable[[], Result], urgency: Urgency) -> Result:
        """The result of `work`, or its error. Cancelled while it waits, the work never begins; cancelled while it
        runs, it is finished and thrown away, and where it never ends the next ones go on without it. Raises
        `RecognitionFailed` once the queue is closed."""
        return await self._queue.run(work, urgency)

    async def aclose(self) -> None:
        """Refuse what waits, finish what runs (it is not waited for without end), end the thread."""
        await self._queue.aclose()


def _closed() -> RecognitionFailed:
    return RecognitionFailed("The recogniser is closed; load it again to go on.", retryable=False)
