"""One agent's voice as calls use it: texts by clause, each rendered once and kept."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Protocol

from tollfree.protocol.errors import TollfreeError
from tollfree.speech.tts.account import Account, CameTo
from tollfree.speech.tts.base import LONGEST_CLAUSE, Clip, Haste, RenderingFailed, Urgency, Voice
from tollfree.speech.tts.clauses import EARLY, clauses, sentence_clauses, sentences
from tollfree.speech.tts.clip_memory import ClipMemory
from tollfree.speech.tts.reader import Patience, Reader, RenderingLate, patience
from tollfree.speech.tts.renderings import Renderings

MEMORY_BYTES = 64_000_000
"""Of clips held in memory: twenty minutes of speech, more than the fixed lines of most flows."""
REST_S = 60.0
"""Seconds for which a voice that let a reader wait for too long is passed over where another can speak: each line of
a call would begin with the same silence."""
GIVE_UP_S = 1.0
"""Seconds that a render which is given up has to stop in; a voice that does not heed it is left alone."""

_log = logging.getLogger(__name__)


class Speaker(Protocol):
    """Speaks texts of any length, clause by clause."""

    @property
    def voice(self) -> str:
        """Name of the voice."""
        ...

    def stream(self, text: str, *, ahead: bool = False) -> AsyncGenerator[Clip]:
        """The clips of a text in order, the first as early as can be: a short first clause, later ones ahead of the
        playhead. The texts of the clips, joined, are the text but for white space between them. `ahead`: it may never
        be said, so whatever is being said goes first. Raises `RenderingFailed` when neither the voice nor its fallbacks
        can speak."""
        ...

    def ready(self, text: str) -> tuple[Clip, ...] | None:
        """The clips of a text when all of them are kept already (fixed lines are); None otherwise. Does not wait."""
        ...


class CachedSpeaker:
    """The `Speaker` there is. One serves all calls of a process that have the voice."""

    def __init__(
        self,
        voice: Voice,
        renderings: Renderings,
        fallbacks: Sequence[Voice] = (),
        *,
        memory_bytes: int = MEMORY_BYTES,
        patience: Patience = patience,
    ) -> None:
        """`fallbacks` speak, in this order, what the voice cannot; `renderings` has what was kept before any
        call; what calls say is kept in memory alone. `patience`: how long a reader waits for a clause until the next
        voice has to speak it."""
        self._voices = (voice, *fallbacks)
        self._renderings = renderings
        self._memory = ClipMemory(memory_bytes)
        self._running: dict[tuple[str, str], _Rendering] = {}
        self._patience = patience
        self._rests_until: dict[str, float] = {}
        """Voices that hung, by name, until when on the loop's clock."""

    @property
    def voice(self) -> str:
        return self._voices[0].name

    async def stream(self, text: str, *, ahead: bool = False, account: Account | None = None) -> AsyncGenerator[Clip]:
        """See `Speaker`. The next clause is being rendered while its caller holds one. What another call is waiting
        for is waited for, not rendered again; a stream that is closed gives up what nobody else wants. `account` is
        told what had to be rendered for this one."""
        plan, reader = self._plan(text), Reader(account)
        voices = self._able()
        first, later = (Urgency.AHEAD, Urgency.AHEAD) if ahead else (Urgency.FIRST, Urgency.NEXT)
        coming = asyncio.create_task(self._next(plan, voices, reader, first))
        try:
            while True:
                with reader.waiting():
                    clip = await coming
                if clip is None:
                    return
                coming = asyncio.create_task(self._next(plan, voices, reader, later))
                yield clip
        finally:
            coming.cancel()
            with suppress(asyncio.CancelledError, RenderingFailed):
                await coming
            await plan.aclose()

    def ready(self, text: str) -> tuple[Clip, ...] | None:
        found: list[Clip] = []
        before = 0
        for sentence in sentences(text):
            whole = self._kept_quickly(sentence)
            parts = [sentence] if whole is not None else sentence_clauses(sentence, early=before < EARLY)
            before += len(sentence)
            clips = [whole] if whole is not None else [self._kept_quickly(part) for part in parts]
            there = [clip for clip in clips if clip is not None]
            if len(there) < len(parts):
                return None
            found += there
        return tuple(found)

    async def keep(self, text: str) -> int:
        """Render what is not kept of a text, before any call: its sentences whole, as they sound best so. Returns how
        many clips were rendered. Raises `RenderingFailed`; a fallback's voice is not kept for the voice's."""
        rendered = 0
        for sentence in sentences(text):
            parts = [sentence] if len(sentence) <= LONGEST_CLAUSE else clauses(sentence)
            for part in parts:
                if await asyncio.to_thread(self._renderings.find, self._voices[0], part) is None:
                    clip = await self._rendered(self._voices[0], part, Urgency.PUBLISH)
                    await asyncio.to_thread(self._renderings.keep, self._voices[0], clip)
                    rendered += 1
        return rendered

    async def warm_up(self) -> None:
        """Do once what the first clause would pay for."""
        await self._voices[0].warm_up()

    async def aclose(self) -> None:
        """Stop what runs. The voices are not closed: they may serve others."""
        running = [rendering.task for rendering in self._running.values()]
        for task in running:
            task.cancel()
            task.add_done_callback(_let_be)
        if running:
            await asyncio.wait(running, timeout=GIVE_UP_S)

    async def _plan(self, text: str) -> AsyncGenerator[str]:
        """The clauses of a text; a sentence that is kept whole is taken whole."""
        before = 0
        for sentence in sentences(text):
            whole = len(sentence) <= LONGEST_CLAUSE and await self._kept(self._voices[0], sentence) is not None
            for clause in [sentence] if whole else sentence_clauses(sentence, early=before < EARLY):
                yield clause
            before += len(sentence)

    async def _next(
        self, plan: AsyncGenerator[str], voices: list[Voice], reader: Reader, urgency: Urgency
    ) -> Clip | None:
        """The clip of the next clause; None after the last."""
        clause = await anext(plan, None)
        return None if clause is None else await self._spoken(clause, voices, reader, urgency)

    async def _spoken(self, clause: str, voices: list[Voice], reader: Reader, urgency: Urgency) -> Clip:
        """One clause. A voice that fails, or hangs, is passed over for the rest of the text."""
        while True:
            try:
                return await self._clip(voices[0], clause, reader, urgency)
            except RenderingLate as late:
                self._rest(voices[0])
                if reader.account is not None:
                    reader.account.late(voices[0].name, clause, late.code)
                if len(voices) == 1:
                    raise
            except RenderingFailed:
                if len(voices) == 1:
                    raise
            voices.pop(0)

    def _able(self) -> list[Voice]:
        """The voices in their order, without those that rest; all when none is left."""
        now_s = asyncio.get_running_loop().time()
        able = [voice for voice in self._voices if self._rests_until.get(voice.name, now_s) <= now_s]
        return able or list(self._voices)

    def _rest(self, voice: Voice) -> None:
        self._rests_until[voice.name] = asyncio.get_running_loop().time() + REST_S
        _log.warning("voice hangs", extra={"voice": voice.name})

    async def _clip(self, voice: Voice, clause: str, reader: Reader, urgency: Urgency) -> Clip:
        kept = await self._kept(voice, clause)
        if kept is not None:
            return kept
        async with reader.rendering(voice.name, self._patience(clause)):
            return await self._rendered(voice, clause, urgency, reader.account)

    async def _kept(self, voice: Voice, clause: str) -> Clip | None:
        held = self._memory.find(voice.name, clause)
        if held is not None or not self._renderings.has(voice, clause):
            return held
        found = await asyncio.to_thread(self._renderings.find, voice, clause)
        if found is not None:
            self._memory.keep(voice.name, found)
        return found

    def _kept_quickly(self, clause: str) -> Clip | None:
        voice = self._voices[0]
        held = self._memory.find(voice.name, clause)
        if held is not None:
            return held
        found = self._renderings.find_quickly(voice, clause)
        if found is not None:
            self._memory.keep(voice.name, found)
        return found

    async def _rendered(self, voice: Voice, clause: str, urgency: Urgency, account: Account | None = None) -> Clip:
        """Render, or wait with those who wait for the same. It is told to whoever asks first."""
        key = (voice.name, clause)
        rendering, accounted = self._running.get(key), None
        if rendering is None or rendering.task.done():
            accounted = account.begins(voice.name, clause) if account is not None else None
            haste = Haste(urgency)
            rendering = _Rendering(asyncio.create_task(self._render(voice, clause, haste)), haste)
            self._running[key] = rendering
        rendering.haste.hurry(urgency)
        rendering.askers += 1
        try:
            return await asyncio.shield(rendering.task)
        except asyncio.CancelledError as cancelled:
            asker = asyncio.current_task()
            if rendering.task.cancelled() and not (asker is not None and asker.cancelling()):
                raise RenderingFailed(f"The speaker of {voice.name} is closed.", retryable=False) from cancelled
            raise
        finally:
            rendering.askers -= 1
            if not rendering.askers:
                if self._running.get(key) is rendering:
                    del self._running[key]
                await rendering.give_up()
            if account is not None and accounted is not None:
                account.ends(accounted, *rendering.came_to)

    async def _render(self, voice: Voice, clause: str, haste: Haste) -> Clip:
        clip = await voice.render(clause, haste)
        # in memory alone: what is said in a call may be a caller's name or number, and is nothing for the disk
        self._memory.keep(voice.name, clip)
        return clip


class _Rendering:
    """A clause that is being rendered, for as many as ask for it."""

    def __init__(self, task: asyncio.Task[Clip], haste: Haste) -> None:
        self.task = task
        self.haste = haste
        self.askers = 0

    @property
    def came_to(self) -> tuple[CameTo, str]:
        """What became of it, and the error's code. One that goes on does so for somebody else."""
        if not self.task.done():
            return "used", ""
        if self.task.cancelled():
            return "dropped", ""
        error = self.task.exception()
        if error is None:
            return "used", ""
        return "failed", error.code if isinstance(error, TollfreeError) else type(error).__name__

    async def give_up(self) -> None:
        """Nobody asks any more: an unfinished render gives its place up."""
        if not self.task.done():
            self.task.cancel()
            self.task.add_done_callback(_let_be)
            await asyncio.wait((self.task,), timeout=GIVE_UP_S)


def _let_be(task: asyncio.Task[Clip]) -> None:
    """Nobody is left to be told what became of it."""
    if not task.cancelled():
        task.exception()
