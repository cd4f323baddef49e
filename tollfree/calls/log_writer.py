"""Writes one call's log: nothing is forgotten until it is durable, and a store that is away for a while costs the
caller nothing.

A write that the store has not taken in a moment goes to the call's spool file, which is as durable; from there the
store gets it, in order, as soon as it is back. Without a spool, and when the spool cannot be written either, the store
is asked again for as long as a caller holds the line without a word.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tollfree.calls.log import CallLog
from tollfree.calls.spool import Batch, CannotSpool, Spool
from tollfree.calls.store.errors import OutOfSequence, StoreError, StoreFull, StoreUnavailable
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId

RETRY_FOR_S = 10.0
"""Seconds for which a store that refuses for the moment (full; or locked, where there is no spool) is asked again. The
caller hears nothing meanwhile, so it is no longer than a person holds the line without a word. At the end of a call,
for so long what is in the spool is waited for."""
FIRST_WAIT_S = 0.1
"""Seconds before the first new try; doubled for each further one, up to `LONGEST_WAIT_S`."""
LONGEST_WAIT_S = 1.0
SPOOL_AFTER_S = 0.2
"""Seconds that a write may take before its records go to the spool. A commit takes 4 ms on a plain disk; a fifth of a
second more before an answer is not noticed."""
DELIVERED_AT_ONCE = 64
"""Writes that go from the spool to the store in one transaction."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A write that the store was asked to keep."""

    batch: Batch
    task: "asyncio.Task[int]"


class LogWriter:
    """Keeps what happened in a call, in order."""

    def __init__(
        self,
        call: CallId,
        call_log: CallLog,
        clock: Clock,
        *,
        observe: Callable[[LogEntry], None] | None = None,
        retry_for_s: float = RETRY_FOR_S,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        written: int = 0,
        spool: Spool | None = None,
        spool_after_s: float = SPOOL_AFTER_S,
    ) -> None:
        """`observe` is told of every record once it is durable; one that raises is told no more. `pause` waits for
        seconds. `written`: records that the call has already. `spool`: None for a log that is kept at once or not."""
        self._call = call
        self._log = call_log
        self._clock = clock
        self._observe = observe
        self._retry_for_s = retry_for_s
        self._pause = pause
        self._spool = spool
        self._spool_after_s = spool_after_s
        self._unwritten: list[LogRecord] = []
        self._written = written
        self._turn = asyncio.Lock()
        self._attempt: _Attempt | None = None
        """Under way; or abandoned by a write that was cancelled."""
        self._filing: asyncio.Task[None] | None = None
        """Puts a write into the spool. Never cancelled: the file and this object must agree on what is in it."""
        self._file = asyncio.Lock()
        self._backlog: list[Batch] = []
        """What is in the spool and not in the store."""
        self._delivery: asyncio.Task[None] | None = None
        """Brings the backlog to the store; None: there is none."""
        self._refused: TollfreeError | None = None
        """Why the store will never take the backlog."""

    def add(self, *records: LogRecord) -> None:
        """To be kept with the next write."""
        self._unwritten += records

    async def write(self) -> None:
        """Keep everything added so far. Raises `StoreError`, which says how much was kept and how much was not; what
        was not is still here, and the next write tries again."""
        if not self._unwritten:
            return
        async with self._turn:
            while self._unwritten:
                await self._write()

    async def finish(self) -> None:
        """The call is over: as `write`, and what is in the spool is brought to the store. Raises `StoreError` when
        that takes too long; what is left stays in the spool for the next process that starts."""
        try:
            await self.write()
            if self._delivery is not None:
                await asyncio.wait({self._delivery}, timeout=self._retry_for_s)
            if self._refused is not None:
                raise self._unkept(self._refused)
            if self._backlog and self._spool is not None:
                left = sum(len(batch.records) for batch in self._backlog)
                raise StoreUnavailable(
                    f"The store is still away: the last {left} records of call {self._call} wait in "
                    f"{self._spool.file} and are delivered by the next tollfree that starts.",
                )
        finally:
            await self.close()

    async def close(self) -> None:
        """Leave the log as it is. What is in the spool stays there, for whoever delivers it."""
        if self._filing is not None:
            await asyncio.wait({self._filing})
        under_way = {task for task in (self._delivery, self._attempt and self._attempt.task) if task is not None}
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)
        for task in under_way:
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.warning("log left", extra={"call_id": self._call, "error": type(error).__name__})
        if self._spool is not None:
            await self._spool.close()

    # Straight to the store

    async def _write(self) -> None:
        if self._filing is not None:  # a write was cancelled in the middle of it
            await asyncio.shield(self._filing)
        elif self._refused is not None:
            raise self._unkept(self._refused)
        elif self._delivery is not None or not await self._at_once():
            await self._set_aside()

    async def _at_once(self) -> bool:
        """Whether the store has taken it; False: it goes to the spool."""
        attempt = self._attempt = self._attempt or self._asked(self._next_batch())
        with self._clock.working():
            await asyncio.wait({attempt.task}, timeout=None if self._spool is None else self._spool_after_s)
        if not attempt.task.done():
            return False
        self._attempt = None
        try:
            attempt.task.result()
        except TollfreeError as error:
            if self._spool is not None and error.retryable and not isinstance(error, StoreFull):
                self._say("the store is away; the call's log goes to its spool", error)
                return False
            await self._insist(attempt.batch, error)
        self._kept(attempt.batch)
        return True

    def _asked(self, batch: Batch) -> _Attempt:
        appended = self._log.append(self._call, batch.records, expected_seq=batch.first)
        return _Attempt(batch, asyncio.ensure_future(appended))

    def _next_batch(self) -> Batch:
        return Batch(self._written, tuple(self._unwritten))

    async def _insist(self, batch: Batch, error: TollfreeError) -> None:
        """Ask again what was refused, for a bounded time. Time that a try takes counts, whatever the clock."""
        wait_s, spent_s = FIRST_WAIT_S, 0.0
        while True:
            left_s = self._retry_for_s - spent_s
            if not error.retryable or left_s <= 0:
                raise self._unkept(error, batch) from error
            paused_s = min(wait_s, left_s)
            await self._pause(paused_s)
            began, wait_s = self._clock.elapsed_ms(), min(wait_s * 2, LONGEST_WAIT_S)
            try:
                await self._log.append(self._call, batch.records, expected_seq=batch.first)
                return
            except TollfreeError as again:
                if isinstance(again, OutOfSequence) and again.next == batch.end:
                    return  # the try before was kept after all; only its answer was lost
                error = again
            spent_s += paused_s + (self._clock.elapsed_ms() - began) / 1000

    # By way of the spool

    async def _set_aside(self) -> None:
        """Put what is unwritten into the spool; where that cannot be done either, insist on the store."""
        batch = self._attempt.batch if self._attempt is not None else self._next_batch()
        self._filing = asyncio.ensure_future(self._file_away(batch))
        try:
            await asyncio.shield(self._filing)
        except (CannotSpool, StoreFull) as error:
            if self._delivery is None:
                await self._settle(batch, error)
                return
            await asyncio.wait({self._delivery}, timeout=self._retry_for_s)
            if self._backlog:
                raise self._unkept(error, batch) from error

    async def _settle(self, batch: Batch, error: TollfreeError) -> None:
        """See an attempt under way to its end, and insist when it fails."""
        attempt, self._attempt = self._attempt, None
        try:
            if attempt is None:
                raise error
            await attempt.task
        except TollfreeError as refused:
            await self._insist(batch, refused)
        self._kept(batch)

    async def _file_away(self, batch: Batch) -> None:
        assert self._spool is not None
        try:
            async with self._file:
                await self._spool.append(batch)
                self._backlog.append(batch)
                attempt, self._attempt = self._attempt, None
                if self._delivery is None:
                    self._delivery = asyncio.ensure_future(self._deliver(attempt))
            self._kept(batch)
        finally:
            self._filing = None

    async def _deliver(self, attempt: _Attempt | None) -> None:
        """Bring the backlog to the store, first of all what it was asked to keep already."""
        wait_s = FIRST_WAIT_S
        while await self._behind():
            batches = self._backlog[: 1 if attempt is not None else DELIVERED_AT_ONCE]
            joined = Batch(batches[0].first, tuple(record for batch in batches for record in batch.records))
            asked, attempt = attempt or self._asked(joined), None
            try:
                place = await asked.task
            except OutOfSequence as error:
                place = error.next  # a try before was kept after all; only its answer was lost
                if not any(batch.end == place for batch in batches):
                    self._give_up(error)
                    return
            except TollfreeError as error:
                if not error.retryable:
                    self._give_up(error)
                    return
                await self._pause(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                continue
            self._backlog = [batch for batch in self._backlog if batch.first >= place]
            wait_s = FIRST_WAIT_S

    async def _behind(self) -> bool:
        """Whether something is in the spool still; when nothing is, the spool is put away."""
        async with self._file:
            if self._backlog:
                return True
            if self._spool is not None:
                await self._spool.remove()
            self._delivery = None
            return False

    def _give_up(self, error: TollfreeError) -> None:
        self._refused = error
        self._say("the store refuses what is in the call's spool", error)

    # What came of it

    def _kept(self, batch: Batch) -> None:
        self._written = batch.end
        del self._unwritten[: len(batch.records)]
        for place, record in enumerate(batch.records, batch.first):
            self._tell(LogEntry(place, record))

    def _unkept(self, error: TollfreeError, batch: Batch | None = None) -> StoreError:
        kept = batch.first if batch is not None else self._backlog[0].first if self._backlog else self._written
        lacking = self._written + len(self._unwritten) - kept
        message = f"{error.message} Of call {self._call}, {kept} records are kept and {lacking} are not."
        return StoreError(message, code=error.code, retryable=error.retryable)

    def _say(self, what: str, error: TollfreeError) -> None:
        _log.warning(what, extra={"call_id": self._call, "code": error.code})

    def _tell(self, entry: LogEntry) -> None:
        if self._observe is None:
            return
        try:
            self._observe(entry)
        except Exception as error:  # noqa: BLE001  whoever watches a call must not be able to end it
            self._observe = None
            fields = {"call_id": self._call, "error": type(error).__name__}
            _log.info("observer failed and is told no more", extra=fields)
