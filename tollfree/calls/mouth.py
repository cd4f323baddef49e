"""What the agent says on a spoken line: lines in order, rendered ahead of the playhead, paused, taken up, cut short;
and for each, exactly once, how much of it reached the caller's ear."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tollfree.calls.playout import Playout
from tollfree.protocol.audio import SPOKEN_RATE, spoken_ms
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.events import Spoken
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.speaker import Speaker

AHEAD_MS = 6_000.0
"""Speech that waits in the playout at most; beyond, rendering rests. A line that is cut short wastes no more."""
PREPARED = 2
"""Clips of a line that may be said which are rendered ahead: enough to begin, little to throw away."""
SENTENCE_ENDS = (".", "!", "?", "…")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Utterance:
    """One line under way."""

    say: Say
    clips: list[tuple[int, Clip]] = field(default_factory=list[tuple[int, Clip]])
    """With the place in the playout, in samples, at which each begins."""
    rendered: bool = False
    """Nothing more will come."""
    failed: bool = False
    begun: int = 0
    """Clips of which something has left."""

    @property
    def started(self) -> bool:
        """Whether something of it has left."""
        return self.begun > 0

    @property
    def end(self) -> int:
        """Place in the playout after the last clip so far."""
        return self.clips[-1][0] + len(self.clips[-1][1].samples) if self.clips else 0

    def heard(self, played: int) -> str:
        """The words that were out when so many samples had left."""
        place = 0
        for start, clip in self.clips:
            at = self.say.text.find(clip.text, place)
            at = place if at < 0 else at
            if played < start + len(clip.samples):
                words = clip.heard(spoken_ms(max(0, played - start)))
                return self.say.text[: at + len(words)].rstrip() if words else self.say.text[:place].rstrip()
            place = at + len(clip.text)
        return self.say.text if self.rendered and not self.failed else self.say.text[:place].rstrip()

    def past_first_sentence(self, played: int) -> bool:
        """Whether the first sentence is out."""
        for start, clip in self.clips:
            if clip.text.rstrip().endswith(SENTENCE_ENDS):
                return played >= start + len(clip.samples)
        return self.rendered and played >= self.end

    def interruptible(self, played: int) -> bool:
        """Whether speech of the caller may cut it short now."""
        match self.say.interruptible:
            case "always":
                return True
            case "after_first_sentence":
                return self.past_first_sentence(played)
            case "never":
                return False


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
    ) -> None:
        """`spoken`: a line is over. `rendered`: the first sound of a line is ready. `started`: a clip begins to
        leave; the flag says that it is its line's first."""
        self._speaker = speaker
        self._playout = playout
        self._clock = clock
        self._ear_delay_ms = ear_delay_ms
        self._spoken = spoken
        self._told_rendered = rendered
        self._started = started
        self._lines: list[_Utterance] = []
        self._rendering: asyncio.Task[None] | None = None
        self._preparing: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._paused = False
        self._held = False
        self._closing = False

    @property
    def speaking(self) -> bool:
        """Whether a line has begun to sound and is not over, paused or not."""
        return bool(self._lines) and self._lines[0].started

    @property
    def interruptible(self) -> bool:
        """Whether the caller may cut short what is being said now."""
        return not self._closing and (not self._lines or self._lines[0].interruptible(self._playout.played))

    def say(self, say: Say) -> None:
        """Say a line after those before."""
        self._idle.clear()
        self._lines.append(_Utterance(say))
        self._render()

    def prepare(self, say: Say) -> None:
        """Render the beginning of a line that may be said."""
        if say.text and self._speaker.ready(say.text) is None:
            task = asyncio.get_running_loop().create_task(self._prepare(say.text))
            self._preparing.add(task)
            task.add_done_callback(self._preparing.discard)

    def unprepare(self) -> None:
        """What was prepared will not be said."""
        for task in self._preparing:
            task.cancel()

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
        """Begin nothing while the caller speaks. What sounds already goes on."""
        if not self.speaking and not self._closing:
            self._held = True
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
        kept = [line for line in self._lines if line.say.interruptible == "never" or self._keeps(line)]
        cut = [line for line in self._lines if line not in kept]
        self._cancel_rendering()
        self._playout.clear()
        self._paused, self._lines = False, kept
        if self._held:
            self._playout.pause()
        for line in cut:
            self._over(line, line.heard(self._heard_until()) if line.started else "", complete=False)
        for line in kept:
            self._put_back(line, played)
        self._render()
        self._check_idle()

    def abandon(self) -> None:
        """The caller is gone: nothing more is said."""
        self._cancel_rendering()
        self.unprepare()
        lines, self._lines = self._lines, []
        for line in lines:
            self._over(line, line.heard(self._heard_until()) if line.started else "", complete=False)
        self._playout.clear()
        self._check_idle()

    def progress(self) -> None:
        """Sound has left: lines begin and end by it."""
        played = self._playout.played
        if spoken_ms(self._playout.queued) < AHEAD_MS:
            self._room.set()
        while self._lines:
            line = self._lines[0]
            self._note_begun(line, played)
            if not line.rendered or played < line.end:
                break
            self._lines.pop(0)
            self._over(line, line.say.text if not line.failed else line.heard(played), complete=not line.failed)
        self._check_idle()

    async def quiet(self) -> None:
        """Wait until everything said has left, or was cut."""
        await self._idle.wait()

    async def close(self) -> None:
        """Stop all work."""
        self._cancel_rendering()
        self.unprepare()
        for task in tuple(self._preparing):
            with suppress(asyncio.CancelledError):
                await task

    # Rendering

    def _render(self) -> None:
        """Bring lines to the playout: at once while they are kept already, else by a task."""
        while self._rendering is None:
            line = next((line for line in self._lines if not line.rendered), None)
            if line is None:
                break
            ready = self._speaker.ready(line.say.text) if not line.clips else None
            if ready is None:
                self._rendering = asyncio.get_running_loop().create_task(self._render_all())
                break
            for clip in ready:
                self._put(line, clip)
            line.rendered = True
        self.progress()

    async def _render_all(self) -> None:
        try:
            while (line := next((line for line in self._lines if not line.rendered), None)) is not None:
                await self._render_one(line)
                self.progress()
        finally:
            if self._rendering is asyncio.current_task():
                self._rendering = None

    async def _render_one(self, line: _Utterance) -> None:
        skip = len(line.clips)
        try:
            async for clip in self._clips(line.say.text):
                if skip:
                    skip -= 1
                    continue
                self._put(line, clip)
                while spoken_ms(self._playout.queued) >= AHEAD_MS:
                    self._room.clear()
                    await self._room.wait()
        except TollfreeError as error:
            _log.warning("line not spoken", extra={"code": error.code})
            line.failed = True
        line.rendered = True

    async def _clips(self, text: str) -> AsyncIterator[Clip]:
        """The clips of a text; a clock that is not real stands still while one is made."""
        clips = self._speaker.stream(text)
        while True:
            with self._clock.working():
                clip = await anext(clips, None)
            if clip is None:
                return
            yield clip

    def _put(self, line: _Utterance, clip: Clip) -> None:
        first = not line.clips
        line.clips.append((self._playout.played + self._playout.queued, clip))
        self._playout.play(clip.samples)
        if first:
            self._told_rendered(line.say)

    def _put_back(self, line: _Utterance, played: int) -> None:
        """After the playout was cleared: what was left of a line, from the very sample."""
        clips, line.clips = line.clips, []
        for start, clip in clips:
            left = clip.samples[max(0, played - start) :]
            place = self._playout.played + self._playout.queued - (len(clip.samples) - len(left))
            line.clips.append((place, clip))
            self._playout.play(left)

    async def _prepare(self, text: str) -> None:
        with suppress(TollfreeError):  # said for real, it is tried again and told
            made = 0
            async for _ in self._clips(text):
                made += 1
                if made == PREPARED:
                    return

    def _cancel_rendering(self) -> None:
        if self._rendering is not None:
            self._rendering.cancel()
            self._rendering = None

    # Telling

    def _note_begun(self, line: _Utterance, played: int) -> None:
        for start, clip in line.clips[line.begun :]:
            if played <= start:
                return
            line.begun += 1
            self._started(line.say, clip, line.begun == 1)

    def _over(self, line: _Utterance, heard: str, *, complete: bool) -> None:
        self._spoken(Spoken(effect=line.say.id, heard=heard, complete=complete))

    def _keeps(self, line: _Utterance) -> bool:
        """A line whose first sentence must be heard, and is not yet out."""
        return line.say.interruptible == "after_first_sentence" and not line.interruptible(self._playout.played)

    def _heard_until(self) -> int:
        return max(0, self._playout.played - round(self._ear_delay_ms() * SPOKEN_RATE / 1000))

    def _let_go(self) -> None:
        if not (self._paused or self._held):
            self._playout.resume()

    def _check_idle(self) -> None:
        if not self._lines:
            self._idle.set()
