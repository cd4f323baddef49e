"""What a room has told and nobody has taken yet."""

import asyncio
from collections import deque

import numpy as np

from tollfree.calls.media import Frame, Gone, MediaEvent, SecondVoiceHeard
from tollfree.protocol.audio import heard_ms

MERGED_MS = 100
"""Frames that waited are handed on together, up to this."""

KEPT_FRAMES = 1500
"""Frames of 20 ms that may wait: 30 s. A reader that is further behind does not come back."""


class Inbox:
    """Events in order, for one reader; a read that is cancelled loses nothing. After `Gone` nothing is taken in, and
    it is told again and again."""

    def __init__(self) -> None:
        self._waiting: deque[MediaEvent] = deque()
        self._any = asyncio.Event()
        self._gone: Gone | None = None
        self.dropped = 0
        """Frames that found no room."""

    @property
    def gone(self) -> Gone | None:
        """The end, once it has been told."""
        return self._gone

    def put(self, event: MediaEvent) -> None:
        """Tell something. Returns at once."""
        if self._gone is not None:
            return
        if isinstance(event, Frame | SecondVoiceHeard) and len(self._waiting) >= KEPT_FRAMES:
            self.dropped += 1
            return
        if isinstance(event, Gone):
            self._gone = event
        self._waiting.append(event)
        self._any.set()

    async def next(self) -> MediaEvent:
        """The next event, waiting for it."""
        while not self._waiting:
            if self._gone is not None:
                return self._gone
            self._any.clear()
            await self._any.wait()
        event = self._waiting.popleft()
        return self._merged(event) if isinstance(event, Frame) else event

    def _merged(self, first: Frame) -> Frame:
        """The frame with those that wait right behind it."""
        parts, length = [first.samples], len(first.samples)
        while self._waiting:
            head = self._waiting[0]
            if not isinstance(head, Frame) or heard_ms(length + len(head.samples)) > MERGED_MS:
                break
            self._waiting.popleft()
            parts.append(head.samples)
            length += len(head.samples)
        return first if len(parts) == 1 else Frame(samples=np.concatenate(parts))
