"""How long a call may last: its caller is told that the end is near, and then that it has come."""

import asyncio
from collections.abc import Callable

from tollfree.protocol.clock import Clock
from tollfree.protocol.events import CallEvent, TimerFired

CALL_LIMIT_S = 3600.0
"""Seconds after which a call is brought to its end, unless told: a phone left off the hook must not run for ever."""
WARNED_S = 60.0
"""Seconds before the limit at which the caller is told that it is near."""
WARNED_FROM_S = 180.0
"""Limits shorter than this are not announced ahead: the whole call would be an announcement."""


class CallLimit:
    """The limit of one call."""

    def __init__(self, clock: Clock, limit_s: float, *, age_ms: float, fired: Callable[[TimerFired], None]) -> None:
        """`age_ms`: how long ago the call began. `fired`: the limit is near, or reached."""
        self._clock = clock
        self._limit_s = limit_s
        self._fired = fired
        self._began_ms = clock.elapsed_ms() - age_ms
        self._timers: list[asyncio.TimerHandle] = []
        self._told = False

    @property
    def reached(self) -> bool:
        """Whether the call has lasted so long: a loop that is behind notices before its timer does."""
        return self._left_s() <= 0

    def begins(self) -> None:
        """The call begins only now."""
        self._began_ms = self._clock.elapsed_ms()

    def watch(self) -> None:
        """Tell when it is near, and when it is reached."""
        left_s = self._left_s()
        if self._limit_s >= WARNED_FROM_S:
            self._remind(left_s - WARNED_S, TimerFired(timer="call_limit_near"))
        self._remind(left_s, TimerFired(timer="call_limit"))

    def told_again(self, event: CallEvent) -> bool:
        """Whether an event says that the limit is reached, and is not the first that does."""
        if not (isinstance(event, TimerFired) and event.timer == "call_limit"):
            return False
        told, self._told = self._told, True
        return told

    def close(self) -> None:
        """The call is over."""
        for timer in self._timers:
            timer.cancel()

    def _left_s(self) -> float:
        """Seconds left; negative: seconds past it."""
        return self._limit_s - (self._clock.elapsed_ms() - self._began_ms) / 1000

    def _remind(self, after_s: float, event: TimerFired) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(max(0.0, after_s), self._fired, event))
