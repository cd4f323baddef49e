"""Lines that may be said soon: their beginnings are rendered, so that they sound at once when they are said."""

import asyncio
import logging
from contextlib import aclosing

from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.speech.tts.speaker import Speaker

PREPARED = 2
"""Clips of a line that are rendered ahead: enough to begin, little to throw away."""

_log = logging.getLogger(__name__)


class Preparing:
    """Renders what a plan would say, silently."""

    def __init__(self, speaker: Speaker, clock: Clock) -> None:
        self._speaker = speaker
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def prepare(self, text: str) -> None:
        """Render the beginning of a text, unless it is kept already or under way."""
        if text and text not in self._tasks and self._speaker.ready(text) is None:
            task = asyncio.get_running_loop().create_task(self._prepare(text))
            self._tasks[text] = task
            task.add_done_callback(lambda done: self._done(text, done))

    def give_up(self) -> None:
        """None of it will be said."""
        for task in self._tasks.values():
            task.cancel()

    async def close(self) -> None:
        """Stop all work."""
        self.give_up()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _prepare(self, text: str) -> None:
        async with aclosing(self._speaker.stream(text, ahead=True)) as clips:
            for _ in range(PREPARED):
                with self._clock.working():
                    if await anext(clips, None) is None:
                        return

    def _done(self, text: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(text) is task:
            del self._tasks[text]
        if not task.cancelled() and (error := task.exception()) is not None:
            # said for real, it is tried again, and what is wrong with it is told then
            code = error.code if isinstance(error, TollfreeError) else type(error).__name__
            _log.info("line not prepared", extra={"code": code})
