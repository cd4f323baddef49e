"""What has left a line and is still on its way to the caller's ear."""

from collections import deque
from collections.abc import Callable

from tollfree.protocol.audio import SPOKEN_RATE


class WayToEar:
    """The agent's sound behind the playout, by counts of samples: of any sound, and of the speech in it."""

    def __init__(self, delay_ms: Callable[[], float]) -> None:
        self._delay_ms = delay_ms
        self._left = deque([(0, 0)])
        """What left lately: samples of any sound up to there, and of speech among them. The first has arrived."""

    def note(self, taken: int, played: int) -> None:
        """So many samples, speech or not, have left; of speech, so many by now."""
        if taken:
            self._left.append((self._left[-1][0] + taken, played))
        while len(self._left) > 1 and self._left[1][0] <= self._at_ear:
            self._left.popleft()

    def heard_until(self, played: int) -> int:
        """Samples of speech that have reached the ear, of those that left."""
        left, arrived = self._left[0]
        if len(self._left) == 1:
            return min(arrived, played)
        further = max(0, round(self._at_ear) - left)
        return min(arrived + further, self._left[1][1])

    @property
    def _at_ear(self) -> float:
        return self._left[-1][0] - self._delay_ms() * SPOKEN_RATE / 1000
