"""Turns of many calls on their way through one model: prepared beside each other, looked at together."""

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tollfree.speech.stt.base import Overloaded, RecognitionFailed, SpeechError, TooLate, Urgency
from tollfree.speech.stt.batch_order import Places, in_order, next_batch
from tollfree.speech.stt.batch_work import BatchTurn, Heard, Work

CLOSING_S = 10.0
"""Seconds that closing waits for a look that is being taken."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """How turns are put together."""

    most: int = 16
    """Turns of one batch."""
    window_ms: float = 5.0
    """Milliseconds that a turn waits for company. While a batch is computed, company comes by itself."""
    waiting: int = 256
    """Turns that may wait; one more is refused at once, or takes the place of a less urgent one."""
    preparing: int = 1
    """Threads that look for voices and compute spectra beside the model."""
    looking: int = 1
    """Batches that are looked at side by side, where the model can."""


class BatchQueue:
    """Takes turns from any event loop, and gives each its transcript.

    Cancelled, a turn costs nothing from then on: not its preparation, not its place, not the next look. A deadline is
    the same, and is answered with `TooLate`.
    """

    def __init__(
        self, name: str, look: Callable[[Sequence[BatchTurn]], None], settings: BatchSettings | None = None
    ) -> None:
        """`look` takes the next look at several turns of one kind, on threads of the queue, which `name` is for."""
        self._name = name
        self._look = look
        self._settings = settings or BatchSettings()
        self._waiting: list[Work] = []
        self._places = Places()
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._looking_since: dict[str, float] = {}
        """By thread."""

    @property
    def waiting(self) -> int:
        """Turns that are not over, less those that are being looked at."""
        with self._changed:
            return len(self._waiting)

    @property
    def looking_s(self) -> float:
        """Seconds that the longest of the present looks has taken so far: far more than one, and the engine hangs."""
        since = tuple(self._looking_since.values())
        return time.monotonic() - min(since) if since else 0.0

    async def hear(
        self,
        begin: Callable[[], BatchTurn],
        urgency: Urgency,
        *,
        call: str = "",
        within_s: float | None = None,
    ) -> Heard:
        """What was heard in the turn that `begin` prepares. `call` is whose turn it is; `within_s` its deadline.
        Raises `RecognitionFailed`."""
        if within_s is not None and within_s <= 0:
            raise _too_late(within_s)
        future: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        with self._changed:
            work = Work(begin, urgency, self._places.next(call, urgency), next(self._numbers), future, within_s)
            self._admit(work)
            self._changed.notify_all()
        try:
            async with asyncio.timeout(within_s):
                return await work.future
        except TimeoutError as error:
            raise _too_late(within_s) from error
        finally:
            work.unwanted = True

    async def aclose(self) -> None:
        """Refuse what waits, finish the look that is being taken, end the threads. Safe to call again."""
        with self._changed:
            self._closed = True
            refused, self._waiting = self._waiting, []
            self._changed.notify_all()
        for work in refused:
            work.fail(_closed())
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        end = time.monotonic() + CLOSING_S
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                _log.warning("work does not end", extra={"queue": self._name})

    def _admit(self, work: Work) -> None:
        if self._closed:
            raise _closed()
        self._waiting = [one for one in self._waiting if not one.gone]
        if len(self._waiting) >= self._settings.waiting:
            last = in_order(self._waiting)[-1]
            if last.urgency <= work.urgency:
                raise _overloaded(len(self._waiting))
            self._waiting.remove(last)
            last.fail(_overloaded(self._settings.waiting))
        self._waiting.append(work)
        if not self._threads:
            targets = [self._looks] * self._settings.looking + [self._prepares] * self._settings.preparing
            self._threads = [
                threading.Thread(target=one, name=f"{self._name} {at}", daemon=True) for at, one in enumerate(targets)
            ]
            for thread in self._threads:
                thread.start()

    def _prepares(self) -> None:
        while (work := self._unprepared()) is not None:
            try:
                work.turn = work.begin()
                work.begun_s = time.monotonic() if work.turn.transcript is not None else 0.0
            except Exception as error:  # noqa: BLE001 - the thread's door: whatever failed is told to whoever waits
                work.fail(_told(error))
            goes_on = _goes_on(work)
            with self._changed:
                if not goes_on:
                    self._waiting = [one for one in self._waiting if one is not work]
                self._changed.notify_all()

    def _unprepared(self) -> Work | None:
        with self._changed:
            while not self._closed:
                self._waiting = [one for one in self._waiting if not one.gone]
                for work in in_order(self._waiting):
                    if not work.taken:
                        work.taken = True
                        return work
                self._changed.wait()
            return None

    def _looks(self) -> None:
        me = threading.current_thread().name
        while batch := self._next():
            self._looking_since[me] = time.monotonic()
            if not self._looked(batch):
                # one of them may be what fails, and the others are heard
                batch = [work for work in batch if len(batch) > 1 and self._looked([work])]
            del self._looking_since[me]
            self._back(batch)

    def _looked(self, batch: Sequence[Work]) -> bool:
        """Whether a look went well. A single turn is told what went wrong."""
        try:
            self._look([work.turn for work in batch if work.turn is not None])
        except Exception as error:  # noqa: BLE001 - the thread's door: whatever failed is told to whoever waits
            _log.warning("a look failed", extra={"queue": self._name, "turns": len(batch), "error": _kind(error)})
            if len(batch) == 1:
                batch[0].fail(_told(error))
            return False
        return True

    def _back(self, batch: Sequence[Work]) -> None:
        """Tell whose turn is over, in their order; the others wait for their next look."""
        with self._changed:
            for work in batch:
                if _goes_on(work):
                    if self._closed:
                        work.fail(_closed())
                    else:
                        self._waiting.append(work)
            self._changed.notify_all()

    def _next(self) -> list[Work]:
        """The next batch, taken off the queue; empty: the queue is closed."""
        with self._changed:
            while not self._closed:
                self._waiting = [one for one in self._waiting if not one.gone]
                batch = next_batch(self._waiting, self._settings.most)
                if not batch:
                    self._changed.wait()
                    continue
                left_s = min(work.came_s for work in batch) + self._settings.window_ms / 1000 - time.monotonic()
                if len(batch) < self._settings.most and left_s > 0:
                    self._changed.wait(left_s)
                    continue
                self._waiting = [one for one in self._waiting if one not in batch]
                for work in batch:
                    self._places.served(work.place, work.urgency)
                    work.begun_s = work.begun_s or time.monotonic()
                return batch
            return []


def _goes_on(work: Work) -> bool:
    """Whether a turn wants another look. If not, whoever waits is told."""
    try:
        return work.go_on()
    except Exception as error:  # noqa: BLE001 - the thread's door: whatever failed is told to whoever waits
        work.fail(_told(error))
        return False


def _closed() -> RecognitionFailed:
    return RecognitionFailed("The recogniser is closed; load it again to go on.", retryable=False)


def _overloaded(waiting: int) -> Overloaded:
    return Overloaded(f"The recogniser is busy: {waiting} turns wait already.")


def _too_late(within_s: float | None) -> TooLate:
    return TooLate(f"The turn was not heard within {1000 * (within_s or 0):.0f} ms.")


def _told(error: Exception) -> Exception:
    if isinstance(error, SpeechError):
        return error
    return RecognitionFailed(f"A turn could not be heard: {_kind(error)}.")


def _kind(error: Exception) -> str:
    """The error's type; its text could hold what was said."""
    return type(error).__name__
