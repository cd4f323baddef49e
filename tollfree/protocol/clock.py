"""Where time comes from, so that tests can move it."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time outside the pure rooms."""

    def now(self) -> datetime:
        """The present moment, with a time zone."""
        ...

    def elapsed_ms(self) -> float:
        """Milliseconds on a clock that never jumps; only differences mean anything."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_ms(self) -> float:
        return time.perf_counter() * 1000
