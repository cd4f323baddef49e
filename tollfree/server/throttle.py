"""Slows down whoever tries passwords."""

from collections import OrderedDict
from dataclasses import dataclass

from tollfree.protocol.clock import Clock
from tollfree.server.errors import TooManyTries

FREE = 5
"""Wrong passwords before anybody waits."""
LONGEST_S = 900.0
"""Longest wait; each further wrong password doubles it, from one second."""
FORGOTTEN_S = 3600.0
"""After so long without a wrong password nothing is held against anybody."""
REMEMBERED = 10_000
"""Names that are kept: those that tried last."""


@dataclass(slots=True)
class _Tries:
    wrong: int
    last_ms: float


class Throttle:
    """Counts wrong passwords by address of a person, and by address of a machine."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def check(self, *names: str) -> None:
        """Raises `TooManyTries` while any of them must wait."""
        wait_s = max((self._wait_s(name) for name in names), default=0.0)
        if wait_s > 0:
            raise TooManyTries(wait_s)

    def wrong(self, *names: str) -> None:
        """Count one more for each."""
        now = self._clock.elapsed_ms()
        for name in names:
            tries = self._tries.setdefault(name, _Tries(0, now))
            tries.wrong, tries.last_ms = tries.wrong + 1, now
            self._tries.move_to_end(name)
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)

    def right(self, *names: str) -> None:
        """Hold nothing against them any more."""
        for name in names:
            self._tries.pop(name, None)

    def _wait_s(self, name: str) -> float:
        tries = self._tries.get(name)
        if tries is None:
            return 0.0
        since_s = (self._clock.elapsed_ms() - tries.last_ms) / 1000
        if since_s > FORGOTTEN_S:
            del self._tries[name]
            return 0.0
        if tries.wrong < FREE:
            return 0.0
        return min(LONGEST_S, 2.0 ** min(tries.wrong - FREE, 20)) - since_s
