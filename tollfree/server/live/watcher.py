"""One of those who watch: what they are still to be sent, bounded, so that a slow one holds nobody up."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Literal

from tollfree.protocol.ids import CallId, ProjectId

LONGEST = 1000
"""Events that wait to be sent to one watcher."""

Audience = Literal["all", "personal", "shown"]
"""Who is told: everybody; those who may see personal values; the others."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """Something that happened."""

    number: int
    """Grows from each to the next."""
    name: str
    data: str
    """JSON, on one line."""
    project: str
    call: str
    audience: Audience = "all"
    seq: int = -1
    """Of an entry, its place in the call's log."""


class Watcher:
    """Takes what concerns it."""

    def __init__(self, project: ProjectId, call: CallId | None, *, personal: bool) -> None:
        """`call`: only of this one."""
        self._project = project
        self._call = call
        self._personal = personal
        self._waiting: deque[LiveEvent] = deque()
        self._wake = asyncio.Event()
        self.lost = False
        """More came than could be kept; what waited is gone."""
        self.closed = False
        """Nothing more will come."""

    def wants(self, event: LiveEvent) -> bool:
        """Whether this watcher is told of it."""
        if event.project != self._project or event.audience == ("shown" if self._personal else "personal"):
            return False
        return self._call in (None, event.call)

    def put(self, event: LiveEvent) -> None:
        """Have it sent. Returns at once."""
        if self.lost or not self.wants(event):
            return
        if len(self._waiting) >= LONGEST:
            self._waiting.clear()
            self.lost = True
        else:
            self._waiting.append(event)
        self._wake.set()

    def close(self) -> None:
        """Nothing more comes."""
        self.closed = True
        self._wake.set()

    def begin_again(self) -> None:
        """What was lost is being made good."""
        self._waiting.clear()
        self.lost = False

    async def next(self, within_s: float) -> tuple[LiveEvent, ...]:
        """What waits, as soon as something does; nothing after so long, or when something was lost, or all is over."""
        if not self._waiting and not self.lost and not self.closed:
            try:
                async with asyncio.timeout(within_s):
                    await self._wake.wait()
            except TimeoutError:
                return ()
        self._wake.clear()
        events = tuple(self._waiting)
        self._waiting.clear()
        return events
