"""What the doctor finds; whoever starts the server brings the doctor."""

from collections.abc import Callable, Iterable
from typing import Protocol


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
