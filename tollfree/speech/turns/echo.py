"""How loud the agent itself comes back on the caller's line."""

from collections import deque

from tollfree.speech.turns.base import WINDOW_MS

_KNOWN_MS = 1000.0
"""Milliseconds of the agent's speech after which its echo is known, or that there is none."""
_FADE_DB = 0.05
"""Decibels a window, 1.5 dB a second, by which the loudest that was heard of it fades."""
_CLEAR_DB = 6.0
"""Decibels above the echo from which a sound is somebody else's."""
_NONE_DB = -100.0
_LOUDEST_DB = -30.0
"""dBFS; what is louder is a bang, not what a telephone lets through of its own loudspeaker."""
_UNSURE_WINDOWS = 10
"""Windows that may turn out to have been the beginning of speech: a third of a second."""


class Echo:
    """Learned from what is heard while the agent speaks and nobody is taken to."""

    def __init__(self) -> None:
        self._heard_ms = 0.0
        self._loudest_db = _NONE_DB
        self._latest = deque[float]()

    def hear(self, level_db: float) -> None:
        """A window while the agent speaks alone."""
        self._latest.append(level_db)
        if len(self._latest) > _UNSURE_WINDOWS:
            self._heard_ms += WINDOW_MS
            self._loudest_db = max(self._latest.popleft(), self._loudest_db - _FADE_DB)

    def interrupted(self) -> None:
        """Somebody has begun to speak, and the latest windows may have been theirs."""
        self._latest.clear()

    def was(self, loudest_db: float) -> None:
        """A sound over the agent in which nobody spoke: its echo, unless it was too loud for one."""
        self._loudest_db = max(self._loudest_db, min(loudest_db, _LOUDEST_DB))

    @property
    def up_to_db(self) -> float | None:
        """The level below which a sound may be echo; None while that is not known."""
        return self._loudest_db + _CLEAR_DB if self._heard_ms >= _KNOWN_MS else None
