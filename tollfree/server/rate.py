"""How often something may be done."""

from collections import OrderedDict, deque

WINDOW_S = 60.0
REMEMBERED = 10_000
"""Names that are counted: those that asked last."""


class Rate:
    """Counts what was done within the last minute, by name."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, now_s: float, limits: dict[str, int]) -> float:
        """Count one more for every name, unless one of them has had as many as its limit says: then seconds to wait,
        and nothing is counted."""
        wait_s = max((self._wait_s(name, limit, now_s) for name, limit in limits.items()), default=0.0)
        if wait_s > 0:
            return wait_s
        for name in limits:
            self._done.setdefault(name, deque()).append(now_s)
            self._done.move_to_end(name)
        while len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        return 0.0

    def _wait_s(self, name: str, limit: int, now_s: float) -> float:
        done = self._done.get(name, deque[float]())
        while done and done[0] <= now_s - WINDOW_S:
            done.popleft()
        return done[0] + WINDOW_S - now_s if len(done) >= limit else 0.0
