"""A recogniser that hears what it is told to hear, after a while on a given clock."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tollfree.protocol.audio import Samples
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, RecognitionFailed, Urgency

Script = Callable[[Samples, Hints | None], Transcript | str]
"""What is heard in a stretch of sound."""


class ScriptedRecognizer:
    """Hears one text always, or a list of texts in turn (the last again and again), or what a function says.

    Sound without a sample above 1/100 of full scale is silence, and has no words in it. `takes_ms` of its clock pass
    for each decode; one decode at a time, by urgency, as a real engine does."""

    name = "fake:scripted"
    hearing = Hearing(languages=("en",), punctuates=True, hints=False)

    def __init__(
        self, script: str | Sequence[str] | Script, *, clock: Clock | None = None, takes_ms: float = 0.0
    ) -> None:
        self._script = script if callable(script) else _in_turn([script] if isinstance(script, str) else script)
        self._clock = clock or SystemClock()
        self._takes_ms = takes_ms
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._busy = False
        self._closed = False
        self.heard: list[tuple[int, Hints | None, Urgency]] = []
        """Every decode that began: samples, hints, urgency."""

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        await self._turn(urgency)
        try:
            return await self._hear(samples, hints, urgency)
        finally:
            self._busy = False
            self._admit()

    async def warm_up(self) -> None:
        """Nothing to warm."""

    async def aclose(self) -> None:
        self._closed = True
        while self._waiting:
            _, _, place = heapq.heappop(self._waiting)
            if not place.done():
                place.set_exception(RecognitionFailed("closed before it was heard", retryable=False))

    async def _hear(self, samples: Samples, hints: Hints | None, urgency: Urgency) -> Transcript:
        self.heard.append((len(samples), hints, urgency))
        await self._clock.sleep(self._takes_ms / 1000)
        if not len(samples) or np.abs(samples.astype(np.int32)).max() < 328:
            return Transcript(text="", looks=0, took_ms=self._takes_ms)
        said = self._script(samples, hints)
        transcript = Transcript(text=said) if isinstance(said, str) else said
        return replace(transcript, took_ms=self._takes_ms)

    async def _turn(self, urgency: Urgency) -> None:
        if self._closed:
            raise RecognitionFailed("closed", retryable=False)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (int(urgency), next(self._order), place))
        asyncio.get_running_loop().call_soon(self._admit)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # it was admitted in the same moment: let the next one in
                self._busy = False
                self._admit()
            raise

    def _admit(self) -> None:
        while self._waiting and not self._busy:
            _, _, place = heapq.heappop(self._waiting)
            if not place.done():
                self._busy = True
                place.set_result(None)


def _in_turn(texts: Sequence[str]) -> Script:
    left = list(texts)

    def next_text(samples: Samples, hints: Hints | None) -> str:
        return left.pop(0) if len(left) > 1 else left[0]

    return next_text
