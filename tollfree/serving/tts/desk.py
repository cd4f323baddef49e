"""Clauses to clips for all calls: each rendered once, kept, and shared by whoever asks at that moment."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from tollfree.protocol.errors import TollfreeError
from tollfree.serving.errors import Refusal
from tollfree.serving.tts.render_queue import RenderQueue
from tollfree.serving.tts.shelf import VoiceShelf
from tollfree.serving.tts.tts_metrics import TtsMetrics
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Clip, Haste, RenderingFailed, Urgency, Voice
from tollfree.speech.tts.clip_memory import ClipMemory
from tollfree.speech.tts.renderings import Renderings
from tollfree.speech.tts.voice_name import FASTEST, SLOWEST, VoiceName, at_speed, split_speed

GIVE_UP_S = 1.0
"""Seconds that a render which nobody wants any more has to stop in."""
LONGEST_RENDER_S = 120.0
"""Seconds after which a render is taken to hang, so that what waits behind it is rendered: the longest clause takes a
slow core half as long."""
ENGINES = frozenset({"kokoro", "kokoro-cuda", "piper"})
"""What a voice's name may begin with; without one, it is of the engine of the server's own voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A clause, and where it came from."""

    clip: Clip
    voice: str
    """The voice's name, the same for every way of writing it."""
    model: str
    """See `Speaking.model`."""
    cached: bool
    """Whether it had been rendered before."""


class Desk:
    """For one event loop."""

    def __init__(
        self,
        shelf: VoiceShelf,
        renderings: Renderings | None,
        metrics: TtsMetrics,
        *,
        default: str,
        known: Callable[[], tuple[str, ...]],
        memory_bytes: int,
        at_once: int = 1,
        queue_limit: int = 256,
        keep: Literal["fixed", "all"] = "fixed",
    ) -> None:
        """`default` speaks where no voice is named; `known` lists the voices there are; `renderings`: None keeps
        nothing on disk. The rest as in `TtsServerSettings`."""
        self._shelf = shelf
        self._renderings = renderings
        self._metrics = metrics
        self.default = default
        self.known = known
        self._memory = ClipMemory(memory_bytes)
        self._queue = RenderQueue(at_once=at_once, limit=queue_limit, waited=metrics.wait_s.observe)
        metrics.watch(lambda: self._queue.waiting)
        self._places = list(range(at_once))
        self._flights: dict[tuple[str, str], _Flight] = {}
        self._writes: set[asyncio.Task[None]] = set()
        self._keep = keep

    @property
    def waiting(self) -> int:
        """Clauses that have not begun."""
        return self._queue.waiting

    def named(self, voice: str, speed: float = 1.0) -> VoiceName:
        """The voice that a request names. Raises `Refusal`."""
        if not SLOWEST <= speed <= FASTEST:
            raise Refusal(f"A speed is between {SLOWEST} and {FASTEST}, not {speed}.", code="bad_request")
        name = voice or self.default
        if name.partition(":")[0] not in ENGINES:
            name = f"{self.default.partition(':')[0]}:{name}"
        try:
            if speed != 1.0 and split_speed(name)[1] != 1.0:
                raise UnknownEngine("The voice names a speed already.")
            return VoiceName.read(name if speed == 1.0 else at_speed(split_speed(name)[0], speed))
        except UnknownEngine as error:
            raise self._unknown(error) from error

    async def voice(self, name: VoiceName) -> Voice:
        """The voice, loaded. Raises `Refusal` (404) when there is none."""
        try:
            return await self._shelf.voice(name)
        except UnknownEngine as error:
            raise self._unknown(error) from error

    async def clip(self, name: VoiceName, text: str, haste: Haste, client: str) -> Spoken:
        """A clause, spoken: from memory, from the disk, or rendered, once for all who ask at that moment. Cancelled,
        it is given up unless somebody else wants it. Raises `Refusal`, and `RenderingFailed`."""
        voice = await self.voice(name)
        found, source = await self._kept(voice, text)
        if found is None:
            found, source = await self._rendered(voice, name, text, haste, client)
        self._metrics.clauses.labels(source).inc()
        if haste.urgency is Urgency.PUBLISH or self._keep == "all":
            self._write(voice, found)
        cached = source in ("memory", "disk")
        return Spoken(clip=found, voice=voice.name, model=voice.speaking.model, cached=cached)

    async def aclose(self) -> None:
        """Stop what runs, finish writing, and let the voices go."""
        await self._queue.aclose()
        for flight in tuple(self._flights.values()):
            flight.task.cancel()
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._shelf.aclose()

    async def _kept(self, voice: Voice, text: str) -> tuple[Clip | None, str]:
        held = self._memory.find(voice.name, text)
        if held is not None or self._renderings is None or not self._renderings.has(voice, text):
            return held, "memory"
        found = await asyncio.to_thread(self._renderings.find, voice, text)
        if found is not None:
            self._memory.keep(voice.name, found)
        return found, "disk"

    async def _rendered(self, voice: Voice, name: VoiceName, text: str, haste: Haste, client: str) -> tuple[Clip, str]:
        key = (voice.name, text)
        flight, source = self._flights.get(key), "another"
        if flight is None or flight.task.done():
            shared = Haste(haste.urgency)
            work = self._queue.run(lambda: self._render(name, text), shared, client)
            flight, source = _Flight(asyncio.create_task(work), shared), "rendered"
            self._flights[key] = flight
        flight.askers += 1
        flight.haste.hurry(haste.urgency)
        haste.then(lambda: flight.haste.hurry(haste.urgency))
        try:
            return await asyncio.shield(flight.task), source
        except asyncio.CancelledError as cancelled:
            asker = asyncio.current_task()
            if flight.task.cancelled() and not (asker is not None and asker.cancelling()):
                raise Refusal("The server is stopping.", code="stopping", status=503, retry_after_s=1) from cancelled
            raise
        finally:
            flight.askers -= 1
            if not flight.askers:
                if self._flights.get(key) is flight:
                    del self._flights[key]
                await flight.give_up()

    async def _render(self, name: VoiceName, text: str) -> Clip:
        """On a place of its own, so that no two clauses wait for one voice's thread."""
        place = self._places.pop()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(LONGEST_RENDER_S):
                voice = await self._shelf.voice(name, place)
                clip = await voice.render(text)
        except TimeoutError as hung:
            raise RenderingFailed(f"{name} has not spoken a clause within {LONGEST_RENDER_S:.0f} s.") from hung
        finally:
            self._places.append(place)
        self._metrics.render_s.observe(time.perf_counter() - began)
        self._metrics.characters.inc(len(text))
        self._metrics.speech_s.inc(clip.ms / 1000)
        self._memory.keep(voice.name, clip)
        return clip

    def _write(self, voice: Voice, clip: Clip) -> None:
        """In the background: nobody waits for the disk, and one that is full keeps nothing."""
        if self._renderings is None or self._renderings.has(voice, clip.text):
            return
        task = asyncio.create_task(asyncio.to_thread(self._renderings.keep, voice, clip))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    def _unknown(self, error: TollfreeError) -> Refusal:
        known = self.known()
        there = f" Voices here: {', '.join(known)}." if known else " There is no voice here."
        why = error.message.partition(" Choose one of")[0]
        return Refusal(f"{why}{there}", code="unknown_voice", status=404)


class _Flight:
    """A clause that is being rendered, for as many as ask for it."""

    def __init__(self, task: asyncio.Task[Clip], haste: Haste) -> None:
        self.task = task
        self.haste = haste
        self.askers = 0

    async def give_up(self) -> None:
        """Nobody asks any more."""
        if self.task.done():
            with suppress(asyncio.CancelledError):
                self.task.exception()  # told to those who asked
            return
        self.task.cancel()
        await asyncio.wait((self.task,), timeout=GIVE_UP_S)
