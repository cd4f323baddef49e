"""Writes one call's log: nothing is forgotten until the store has it, and a store that is busy is asked again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from tollfree.calls.log import CallLog
from tollfree.calls.store.errors import OutOfSequence, StoreError
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId

RETRY_FOR_S = 10.0
"""Seconds for which a store that refuses for the moment (locked, full) is asked again. The caller hears nothing
meanwhile, so it is no longer than a person holds the line without a word."""
FIRST_WAIT_S = 0.1
"""Seconds before the first new try; doubled for each further one, up to `LONGEST_WAIT_S`."""
LONGEST_WAIT_S = 1.0

_log = logging.getLogger(__name__)


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
    ) -> None:
        """`observe` is told of every record once it is kept; one that raises is told no more. `pause` waits for
        seconds. `written`: records that the call has already."""
        self._call = call
        self._log = call_log
        self._clock = clock
        self._observe = observe
        self._retry_for_s = retry_for_s
        self._pause = pause
        self._unwritten: list[LogRecord] = []
        self._written = written

    def add(self, *records: LogRecord) -> None:
        """To be kept with the next write."""
        self._unwritten += records

    async def write(self) -> None:
        """Keep everything added so far. Raises `StoreError`, which says how much was kept and how much was not; what
        was not is still here, and the next write tries again."""
        if not self._unwritten:
            return
        records, first = tuple(self._unwritten), self._written
        self._written = await self._append(records, first)
        del self._unwritten[: len(records)]
        for place, record in enumerate(records, first):
            self._tell(LogEntry(place, record))

    async def finish(self) -> None:
        """The call is over: as `write`, and nothing is left underway."""
        await self.write()

    async def _append(self, records: tuple[LogRecord, ...], first: int) -> int:
        began, wait_s, tries = self._clock.elapsed_ms(), FIRST_WAIT_S, 0
        while True:
            try:
                return await self._log.append(self._call, records, expected_seq=first)
            except TollfreeError as error:
                if tries and isinstance(error, OutOfSequence) and error.next == first + len(records):
                    return error.next  # the try before was kept after all; only its answer was lost
                left_s = self._retry_for_s - (self._clock.elapsed_ms() - began) / 1000
                if not error.retryable or left_s <= 0:
                    message = (
                        f"{error.message} Of call {self._call}, {first} records are kept and {len(records)} are not."
                    )
                    raise StoreError(message, code=error.code, retryable=error.retryable) from error
            tries += 1
            await self._pause(min(wait_s, left_s))
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _tell(self, entry: LogEntry) -> None:
        if self._observe is None:
            return
        try:
            self._observe(entry)
        except Exception as error:  # noqa: BLE001  whoever watches a call must not be able to end it
            self._observe = None
            fields = {"call_id": self._call, "error": type(error).__name__}
            _log.info("observer failed and is told no more", extra=fields)
