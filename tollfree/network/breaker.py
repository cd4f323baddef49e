"""A circuit breaker: what has failed often is not asked again at once, and then by one request at a time.

closed ──(so many failures in a row, or too large a share of the latest)──▶ open
open ──(its back-off is over, and somebody asks)──▶ half open: that request is the probe, others are turned away
half open ──(the probe succeeds)──▶ closed
half open ──(it fails)──▶ open, for twice as long as before, up to a limit

No timers: it looks at the clock when it is asked. One thread.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether requests pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a breaker opens, and for how long."""

    in_a_row: int = 3
    """Failures one after the other that open it."""
    window: int = 20
    """Latest outcomes that are remembered."""
    share: float = 0.5
    """Of the window, failures that open it; looked at only when the window is full."""
    back_off_ms: float = 2_000
    """Milliseconds that it stays open the first time."""
    longest_ms: float = 60_000
    """The most that this grows to."""
    probe_ms: float = 30_000
    """Milliseconds after which a probe that has not been heard of is given up for lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A breaker's state, for a report."""

    state: State
    why: str
    """The code of the latest failure; empty: none since it was made or last closed."""
    in_a_row: int
    """Failures since the latest success."""
    asked: int
    """Requests that came to an end, in all."""
    failed: int
    """Of these, the failures."""
    retry_in_ms: float
    """Milliseconds until a probe is let through; 0 when requests pass or a probe is due."""


class Breaker:
    """Guards one thing that can fail."""

    def __init__(self, elapsed_ms: Callable[[], float], limits: Limits | None = None) -> None:
        """`elapsed_ms`: milliseconds on a clock that never jumps."""
        self.limits = limits if limits is not None else Limits()
        self._elapsed_ms = elapsed_ms
        self._latest: deque[bool] = deque(maxlen=self.limits.window)
        self._in_a_row = self._asked = self._failed = 0
        self._why = ""
        self._retry_at_ms: float | None = None
        """When it may be probed; None: it is closed."""
        self._back_off_ms = self.limits.back_off_ms
        self._probe: Pass | None = None

    @property
    def state(self) -> State:
        """As of now; open until somebody asks after its back-off."""
        if self._retry_at_ms is None:
            return State.CLOSED
        return State.OPEN if self._probe is None else State.HALF_OPEN

    @property
    def retry_in_ms(self) -> float:
        """Milliseconds until a request passes, as far as time decides it; what is least bad has least of them."""
        if self._retry_at_ms is None:
            return 0.0
        return max(0.0, self._retry_at_ms - self._elapsed_ms())

    def enter(self) -> "Pass | None":
        """Ask whether a request may be made; whoever gets a pass says on it how the request ended. None: not now."""
        now = self._elapsed_ms()
        if self._retry_at_ms is None:
            return Pass(self, now)
        if now < self._retry_at_ms or (self._probe is not None and now < self._probe.at_ms + self.limits.probe_ms):
            return None
        self._probe = Pass(self, now)
        return self._probe

    def force(self) -> "Pass":
        """A pass in any case: for who has nothing better to ask. A success closes the breaker; a failure while it is
        open says nothing new."""
        return Pass(self, self._elapsed_ms())

    def health(self) -> Health:
        """For a report."""
        return Health(
            state=self.state,
            why=self._why,
            in_a_row=self._in_a_row,
            asked=self._asked,
            failed=self._failed,
            retry_in_ms=self.retry_in_ms,
        )

    def settle(self, one: "Pass", failure: str | None) -> None:
        """How the request of a pass ended; None: well. Called by the pass, once."""
        self._asked += 1
        self._failed += failure is not None
        probing = one is self._probe
        if failure is None:
            if self._retry_at_ms is not None and one.at_ms < self._opened_ms():
                return  # it was asked before the failures: old news
            self._close()
            return
        self._why, self._in_a_row = failure, self._in_a_row + 1
        self._latest.append(False)
        if probing:
            self._back_off_ms = min(self._back_off_ms * 2, self.limits.longest_ms)
            self._open()
        elif self._retry_at_ms is None and self._too_many():
            self._open()

    def leave(self, one: "Pass") -> None:
        """The request of a pass was given up, and says nothing. Called by the pass, once."""
        if one is self._probe:
            self._probe = None  # the next one may probe at once

    def _opened_ms(self) -> float:
        return (self._retry_at_ms or 0.0) - self._back_off_ms

    def _too_many(self) -> bool:
        if self._in_a_row >= self.limits.in_a_row:
            return True
        failures = self._latest.count(False)
        return len(self._latest) == self.limits.window and failures >= self.limits.share * self.limits.window

    def _open(self) -> None:
        self._probe = None
        self._retry_at_ms = self._elapsed_ms() + self._back_off_ms

    def _close(self) -> None:
        if self._retry_at_ms is not None:
            self._latest.clear()
            self._probe, self._retry_at_ms = None, None
            self._back_off_ms = self.limits.back_off_ms
        self._latest.append(True)
        self._in_a_row, self._why = 0, ""


class Pass:
    """Leave to make one request. Only the first word on how it ended counts."""

    __slots__ = ("_breaker", "_told", "at_ms")

    def __init__(self, breaker: Breaker, at_ms: float) -> None:
        self.at_ms = at_ms
        """When it was given."""
        self._breaker, self._told = breaker, False

    def succeeded(self) -> None:
        """It was answered."""
        self._tell(None)

    def failed(self, why: str) -> None:
        """It was not; `why` is the error's code."""
        self._tell(why)

    def abandoned(self) -> None:
        """Nobody waited for its end."""
        if not self._told:
            self._told = True
            self._breaker.leave(self)

    def _tell(self, failure: str | None) -> None:
        if not self._told:
            self._told = True
            self._breaker.settle(self, failure)
