"""What the doctor finds; whoever starts the server brings the doctor."""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Protocol

from tollfree.protocol.clock import Clock

FRESH_MS = 5000
"""Milliseconds for which what was found is told again: many may look at a page, and each look asks every engine."""


class Finding(Protocol):
    """One thing that was looked at."""

    @property
    def name(self) -> str:
        """Stable."""
        ...

    @property
    def state(self) -> str:
        """`good`, `note` or `bad`."""
        ...

    @property
    def found(self) -> str:
        """What is there."""
        ...

    @property
    def remedy(self) -> str:
        """What would help; empty when nothing need."""
        ...


Doctor = Callable[[], Iterable[Finding]]
"""Looks at everything; blocks for a few seconds at most."""


def no_doctor() -> Iterable[Finding]:
    """Looks at nothing."""
    return ()


class Remembering:
    """A doctor who looks again only after a while. Several threads may ask; one looks."""

    def __init__(self, doctor: Doctor, clock: Clock) -> None:
        self._doctor = doctor
        self._clock = clock
        self._lock = Lock()
        self._found: tuple[Finding, ...] = ()
        self._until_ms: float | None = None

    def __call__(self) -> Iterable[Finding]:
        """What was found now, or a moment ago."""
        with self._lock:
            now_ms = self._clock.elapsed_ms()
            if self._until_ms is None or now_ms >= self._until_ms:
                self._found = tuple(self._doctor())
                self._until_ms = self._clock.elapsed_ms() + FRESH_MS
            return self._found
