"""A call's recording as its line makes it: no call fails by it."""

import logging
from collections.abc import Callable
from typing import Protocol

from tollfree.protocol.audio import Samples, heard_ms

_log = logging.getLogger(__name__)


class Tape(Protocol):
    """Records both sides of a call; times are milliseconds since it began."""

    def caller(self, samples: Samples, at_ms: float) -> None: ...

    def agent(self, samples: Samples, at_ms: float) -> None: ...


class Taping:
    """Brings sound to a tape, if there is one, until it breaks."""

    def __init__(self, tape: Tape | None, now_ms: Callable[[], float], *, stopped: Callable[[str], None]) -> None:
        """`stopped` is told once that the tape is put away, with the name of what it raised."""
        self._tape = tape
        self._now_ms = now_ms
        self._stopped = stopped

    def caller(self, samples: Samples) -> None:
        """The caller's sound has come."""
        if self._tape is not None:
            try:
                self._tape.caller(samples, self._now_ms() - heard_ms(len(samples)))
            except Exception as error:  # noqa: BLE001  no call fails by its recording
                self._put_away(error)

    def agent(self, samples: Samples) -> None:
        """The agent's sound leaves."""
        if self._tape is not None:
            try:
                self._tape.agent(samples, self._now_ms())
            except Exception as error:  # noqa: BLE001  no call fails by its recording
                self._put_away(error)

    def _put_away(self, error: Exception) -> None:
        self._tape = None
        _log.warning("recording stopped", extra={"error": type(error).__name__})
        self._stopped(type(error).__name__)
