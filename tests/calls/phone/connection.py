"""A connection to a room as tests hold it: what is told and played is in their hands."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import numpy as np

from tollfree.calls.media import Frame, Gone, Key, MediaEvent
from tollfree.calls.playout import Playout
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples
from tollfree.speech.tts.base import Clip, RenderingFailed


class Connection:
    """Media without a network. Sound that is taken from the playout lies in `played`."""

    name = "fake"
    ear_delay_ms = 0.0

    def __init__(self, token: str = "") -> None:
        self.token = token
        self.playout: Playout | None = None
        self.events: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self.joined = False
        self.closed = False

    async def join(self) -> None:
        self.joined = True

    async def start(self, playout: Playout) -> None:
        self.playout = playout
        self.joined = True

    async def next(self) -> MediaEvent:
        return await self.events.get()

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        pass

    async def close(self) -> None:
        self.closed = True

    def press(self, key: str) -> None:
        self.events.put_nowait(Key(key=key))

    def leave(self) -> None:
        self.events.put_nowait(Gone(reason="caller_hung_up"))

    def hear(self, ms: int, level: int = 8000) -> None:
        """The other side makes a sound."""
        self.events.put_nowait(Frame(samples=np.full(HEARD_RATE * ms // 1000, level, np.int16)))

    def take(self, ms: int = 20) -> Samples:
        """What the other side is played."""
        assert self.playout is not None
        return self.playout.take(SPOKEN_RATE * ms // 1000)


class Reader:
    """A voice of which only the words count: each text is one clip, heard as soon as it is played."""

    voice = "fake"

    def __init__(self, *, dumb: bool = False) -> None:
        self.said: list[str] = []
        self._dumb = dumb

    async def stream(self, text: str, *, ahead: bool = False) -> AsyncIterator[Clip]:
        if self._dumb:
            raise RenderingFailed("no voice")
        self.said.append(text)
        yield Clip(text=text, samples=np.zeros(0, np.int16))

    def ready(self, text: str) -> tuple[Clip, ...] | None:
        return None
