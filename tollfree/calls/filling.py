"""Brings lines to the playout: what is kept at once, anything else as it is rendered, ahead of what is heard."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing

from tollfree.calls.playout import Playout
from tollfree.calls.utterance import Utterance
from tollfree.protocol.audio import spoken_ms
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say
from tollfree.protocol.errors import TollfreeError
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.speaker import Speaker

AHEAD_MS = 6_000.0
"""Speech that waits in the playout at most; beyond, rendering rests. A line that is cut short wastes no more."""
TRIES = 2
"""Times that a line is tried: a voice that has failed once (its process was started anew) may well speak then."""

_log = logging.getLogger(__name__)


class Filling:
    """Fills one call's playout. Belongs to the call's loop."""

    def __init__(
        self,
        speaker: Speaker,
        playout: Playout,
        clock: Clock,
        *,
        lines: Callable[[], Sequence[Utterance]],
        filled: Callable[[], None],
        rendered: Callable[[Say], None],
        failed: Callable[[Say, str, bool], None],
    ) -> None:
        """`lines`: what is to be said, in order. `filled`: a line has changed. `rendered`, `failed`: as `Mouth`."""
        self._speaker = speaker
        self._playout = playout
        self._clock = clock
        self._lines = lines
        self._filled = filled
        self._told_rendered = rendered
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self._given_up: set[asyncio.Task[None]] = set()
        """Renderings that were cut, until they have ended."""
        self._room = asyncio.Event()

    @property
    def place(self) -> int:
        """Where the next sample comes to stand."""
        return self._playout.played + self._playout.queued

    def go_on(self) -> None:
        """Bring lines to the playout: at once while they are kept already, else by a task."""
        while self._task is None and (line := self._next()) is not None:
            if not self._put_kept(line):
                self._task = asyncio.get_running_loop().create_task(self._render_all())
        self._filled()

    def look_for_room(self) -> None:
        """Sound has left."""
        if spoken_ms(self._playout.queued) < AHEAD_MS:
            self._room.set()

    def cancel(self) -> None:
        """Render no further."""
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            self._given_up.add(task)
            task.add_done_callback(self._given_up.discard)

    async def close(self) -> None:
        """Wait for what was given up."""
        await asyncio.gather(*self._given_up, return_exceptions=True)

    def _next(self) -> Utterance | None:
        """The line that goes on; None: all are there, or one whose next words are not known yet is in the way."""
        line = next((line for line in self._lines() if not line.rendered), None)
        return line if line is not None and line.missing else None

    def _put_kept(self, line: Utterance) -> bool:
        """Whether the line's next stretch is kept already, and now in the playout."""
        ready = self._speaker.ready(line.missing[0]) if not line.put else None
        for clip in ready or ():
            self._put(line, clip)
        if ready is not None:
            line.stretch_is_there()
        return ready is not None

    async def _render_all(self) -> None:
        try:
            while (line := self._next()) is not None:
                if not self._put_kept(line):
                    await self._render(line)
                self._filled()
        finally:
            if self._task is asyncio.current_task():
                self._task = None

    async def _render(self, line: Utterance) -> None:
        code = ""
        for _ in range(TRIES):
            try:
                await self._render_stretch(line)
                return
            except TollfreeError as error:
                _log.warning("line not spoken", extra={"code": error.code})
                code = error.code
                if not error.retryable:
                    break
            except Exception as error:  # noqa: BLE001  a fault in a voice costs its line, not the call
                _log.exception("line not spoken")
                code = type(error).__name__
                break
        line.fail()
        self._failed(line.say, code, not line.clips)

    async def _render_stretch(self, line: Utterance) -> None:
        """The clips of a stretch that are not there yet; a clock that is not real stands still while one is made."""
        skip = line.put
        async with aclosing(self._speaker.stream(line.missing[0])) as clips:
            while True:
                with self._clock.working():
                    clip = await anext(clips, None)
                if clip is None:
                    line.stretch_is_there()
                    return
                if skip:
                    skip -= 1
                    continue
                self._put(line, clip)
                while spoken_ms(self._playout.queued) >= AHEAD_MS:
                    self._room.clear()
                    await self._room.wait()

    def _put(self, line: Utterance, clip: Clip) -> None:
        first = not line.clips
        line.clips.append((self.place, clip))
        line.put += 1
        self._playout.play(clip.samples)
        if first:
            self._told_rendered(line.say)
