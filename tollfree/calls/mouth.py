"""What the agent says on a spoken line: lines in order, rendered ahead of the playhead, paused, taken up, cut short;
and for each, exactly once, how much of it reached the caller's ear."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import aclosing

from tollfree.calls.playout import Playout
from tollfree.calls.preparing import Preparing
from tollfree.calls.utterance import Utterance
from tollfree.protocol.audio import SPOKEN_RATE, spoken_ms
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import Spoken
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.speaker import Speaker

AHEAD_MS = 6_000.0
"""Speech that waits in the playout at most; beyond, rendering rests. A line that is cut short wastes no more."""
TRIES = 2
"""Times that a line is tried: a voice that has failed once (its process was started anew) may well speak then."""

_log = logging.getLogger(__name__)


class Mouth:
    """Says lines. Belongs to the call's loop; `progress` is called whenever sound has left the playout."""

    def __init__(
        self,
        speaker: Speaker,
        playout: Playout,
        clock: Clock,
        *,
        ear_delay_ms: Callable[[], float],
        spoken: Callable[[Spoken], None],
        rendered: Callable[[Say], None],
        started: Callable[[Say, Clip, bool], None],
        failed: Callable[[Say, str, bool], None],
    ) -> None:
        """`spoken`: a line is over. `rendered`: the first sound of a line is ready. `started`: a clip begins to
        leave; the flag says that it is its line's first. `failed`: a line cannot be spoken, with the error's code;
        the flag says that nothing of it can."""
        self._speaker = speaker
        self._playout = playout
        self._clock = clock
        self._ear_delay_ms = ear_delay_ms
        self._spoken = spoken
        self._told_rendered = rendered
        self._started = started
        self._failed = failed
        self._lines: list[Utterance] = []
        self._rendering: asyncio.Task[None] | None = None
        self._given_up: set[asyncio.Task[None]] = set()
        """Renderings that were cut, until they have ended."""
        self._preparing = Preparing(speaker, clock)
        self._room = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._way = deque([(0, 0)])
        """What left lately and may not have reached the ear: samples of any sound, and samples of speech among them."""
        self._has_floor = False
        self._paused = False
        self._held = False
        self._closing = False
        self._gone = False

    @property
    def speaking(self) -> bool:
        """Whether the agent has the floor: from the first sound of a line until nothing is left to be said, paused or
        not."""
        return self._has_floor and bool(self._lines)

    @property
    def interruptible(self) -> bool:
        """Whether the caller may cut short what is being said now."""
        return not self._closing and (not self._lines or self._lines[0].interruptible(self._playout.played))

    @property
    def paused(self) -> bool:
        """Whether the agent fell silent in the middle of what it says."""
        return self._paused

    def say(self, say: Say) -> None:
        """Say a line after those before."""
        line = Utterance(say)
        if self._gone:
            self._over(line, "", complete=False)
            return
        self._idle.clear()
        self._lines.append(line)
        self._render()

    def prepare(self, say: Say) -> None:
        """Render the beginning of a line that may be said."""
        if not self._gone:
            self._preparing.prepare(say.text)

    def unprepare(self) -> None:
        """What was prepared will not be said."""
        self._preparing.give_up()

    def pause(self) -> None:
        """Fall silent at once; nothing is lost."""
        if self._closing:
            return
        self._paused = True
        self._playout.pause()

    def resume(self) -> None:
        """Go on in the middle of the word."""
        self._paused = False
        self._let_go()

    def hold(self) -> None:
        """Begin nothing while the caller speaks. The line that sounds already goes on, the next one waits."""
        if self._closing:
            return
        self._held = True
        if not self.speaking:
            self._playout.pause()

    def release(self) -> None:
        """The caller's turn is over."""
        self._held = False
        self._let_go()

    def closing(self) -> None:
        """The call ends after what was said: nothing cuts that short any more."""
        self._closing = True
        self._paused = self._held = False
        self._playout.resume()

    def stop(self) -> None:
        """Cut short what may be cut; lines that must be heard stay, and are said after the caller's turn."""
        if self._closing:
            return
        played = self._playout.played
        kept = [line for line in self._lines if not line.interruptible(played)]
        self._cancel_rendering()
        self._playout.clear()
        self._paused = self._has_floor = False
        if self._held:
            self._playout.pause()
        lines, self._lines = self._lines, kept and self._lines[self._lines.index(kept[0]) :]
        self._cut(lines[: len(lines) - len(self._lines)])
        for line in self._lines:
            if line not in kept:  # its turn to be told comes after those that are kept
                line.give_up()
            for samples in line.left(played, self._place):
                self._playout.play(samples)
        self._render()
        self._check_idle()

    def abandon(self) -> None:
        """The caller is gone: nothing more is said."""
        self._gone = True
        self._cancel_rendering()
        self.unprepare()
        lines, self._lines = self._lines, []
        self._has_floor = False
        self._cut(lines)
        self._playout.clear()
        self._check_idle()

    def progress(self, taken: int = 0) -> None:
        """So many samples, speech or not, have left: lines begin and end by it."""
        played = self._playout.played
        self._note_way(taken, played)
        if spoken_ms(self._playout.queued) < AHEAD_MS:
            self._room.set()
        while self._lines:
            line = self._lines[0]
            self._note_begun(line, played)
            if not line.over(played):
                break
            del self._lines[0]
            if self._held and self._lines:
                self._playout.pause()
            self._over(line, line.heard(played), complete=not line.failed)
        self._check_idle()

    async def quiet(self) -> None:
        """Wait until everything said has left, or was cut."""
        await self._idle.wait()

    async def close(self) -> None:
        """Stop all work; what was not said is over."""
        self.abandon()
        await asyncio.gather(*self._given_up, return_exceptions=True)
        await self._preparing.close()

    # Rendering

    @property
    def _place(self) -> int:
        """Where the next sample comes to stand."""
        return self._playout.played + self._playout.queued

    def _render(self) -> None:
        """Bring lines to the playout: at once while they are kept already, else by a task."""
        while self._rendering is None:
            line = next((line for line in self._lines if not line.rendered), None)
            if line is None:
                break
            if not self._put_kept(line):
                self._rendering = asyncio.get_running_loop().create_task(self._render_all())
                break
        self.progress()

    def _put_kept(self, line: Utterance) -> bool:
        """Whether the line is kept already, and now in the playout."""
        ready = self._speaker.ready(line.say.text) if not line.clips else None
        for clip in ready or ():
            self._put(line, clip)
        line.rendered = ready is not None
        return line.rendered

    async def _render_all(self) -> None:
        try:
            while (line := next((line for line in self._lines if not line.rendered), None)) is not None:
                if not self._put_kept(line):
                    await self._render_one(line)
                self.progress()
        finally:
            if self._rendering is asyncio.current_task():
                self._rendering = None

    async def _render_one(self, line: Utterance) -> None:
        code = ""
        for _ in range(TRIES):
            try:
                await self._render_rest(line)
                line.rendered = True
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
        line.failed = line.rendered = True
        self._failed(line.say, code, not line.clips)

    async def _render_rest(self, line: Utterance) -> None:
        """The clips of a line that it does not have yet; a clock that is not real stands still while one is made."""
        skip = len(line.clips)
        async with aclosing(self._speaker.stream(line.say.text)) as clips:
            while True:
                with self._clock.working():
                    clip = await anext(clips, None)
                if clip is None:
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
        line.clips.append((self._place, clip))
        self._playout.play(clip.samples)
        if first:
            self._told_rendered(line.say)

    def _cancel_rendering(self) -> None:
        rendering, self._rendering = self._rendering, None
        if rendering is not None and rendering is not asyncio.current_task():
            rendering.cancel()
            self._given_up.add(rendering)
            rendering.add_done_callback(self._given_up.discard)

    # Telling

    def _note_begun(self, line: Utterance, played: int) -> None:
        started = line.started
        for clip in line.begin(played):
            self._started(line.say, clip, not started)
            started = True
        if started and not self._playout.held:
            self._has_floor = True

    def _cut(self, lines: list[Utterance]) -> None:
        at = self._heard_until()
        for line in lines:
            self._over(line, line.heard(at) if line.started else "", complete=False)

    def _over(self, line: Utterance, heard: str, *, complete: bool) -> None:
        self._spoken(Spoken(effect=line.say.id, heard=heard, complete=complete))

    def _note_way(self, taken: int, played: int) -> None:
        if taken:
            self._way.append((self._way[-1][0] + taken, played))
        at_ear = self._way[-1][0] - self._ear_delay_ms() * SPOKEN_RATE / 1000
        while len(self._way) > 1 and self._way[1][0] <= at_ear:
            self._way.popleft()

    def _heard_until(self) -> int:
        """Samples of speech that have reached the ear."""
        left, played = self._way[0]
        at_ear = self._way[-1][0] - self._ear_delay_ms() * SPOKEN_RATE / 1000
        if len(self._way) == 1:
            return min(played, self._playout.played)
        further = max(0, round(at_ear) - left)
        return min(played + further, self._way[1][1])

    def _let_go(self) -> None:
        if not (self._paused or self._held):
            self._playout.resume()

    def _check_idle(self) -> None:
        if not self._lines:
            self._has_floor = False
            self._idle.set()
