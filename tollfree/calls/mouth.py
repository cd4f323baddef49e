"""What the agent says on a spoken line: lines in order, rendered ahead of the playhead, paused, taken up, cut short;
and for each, exactly once, how much of it reached the caller's ear."""

import asyncio
from collections.abc import Callable

from tollfree.calls.filling import Filling
from tollfree.calls.growing_lines import GrowingLines
from tollfree.calls.playout import Playout
from tollfree.calls.preparing import Preparing
from tollfree.calls.utterance import Utterance
from tollfree.calls.way_to_ear import WayToEar
from tollfree.protocol.clock import Clock
from tollfree.protocol.effects import Say
from tollfree.protocol.events import Spoken
from tollfree.protocol.ids import EffectId
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.speaker import Speaker


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
        taken_back: Callable[[EffectId, str], None] = lambda composition, heard: None,
    ) -> None:
        """`spoken`: a line is over. `rendered`: the first sound of a line is ready. `started`: a clip begins to
        leave; the flag says that it is its line's first. `failed`: a line cannot be spoken, with the error's code;
        the flag says that nothing of it can. `taken_back`: a composition was cut short before all of it was known,
        or came to other words than were begun, and these were heard of it."""
        self._playout = playout
        self._spoken = spoken
        self._started = started
        self._taken_back = taken_back
        self._lines: list[Utterance] = []
        self._growing = GrowingLines()
        self._filling = Filling(
            speaker,
            playout,
            clock,
            lines=lambda: self._lines,
            filled=self.progress,
            rendered=rendered,
            failed=failed,
        )
        self._preparing = Preparing(speaker, clock)
        self._idle = asyncio.Event()
        self._idle.set()
        self._way = WayToEar(ear_delay_ms)
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
        line = Utterance.of(say)
        if self._gone:
            self._over(line, "", complete=False)
            return
        self._append(line)

    def begin(self, so_far: Say) -> None:
        """Say what is composed so far of a line, under its composition's id; again as it grows. It is no line yet,
        and not answered before `adopt`."""
        if self._gone or self._closing:
            return
        growing = self._growing.find(so_far.id)
        if growing is None:
            line = Utterance.of(so_far, growing=True)
            self._growing.begin(line)
            self._append(line)
        elif growing.line.growing and so_far.text.startswith(growing.line.say.text):
            growing.line.grow(so_far)
            self._filling.go_on()

    def adopt(self, composition: EffectId, say: Say, *, anew: bool = True) -> bool:
        """This is what the composition came to: the line that was begun goes on as `say`, and is answered as such.
        Where it was cut short, nothing more of it is said if the caller still speaks, if it could not be spoken, or if
        their words are still to be answered (not `anew`); all of it, if they have led nowhere. Other words than were
        begun are said after these are taken back. Whether it has begun to sound."""
        growing = self._growing.find(composition)
        cut = growing is not None and growing.cut
        if growing is None or cut or not say.text.startswith(growing.line.say.text):
            self.take_back(composition)
            if growing is not None and cut and (self._held or not anew or growing.line.failed):
                self._spoken(Spoken(effect=say.id, heard="", complete=False))
            else:
                self.say(say)
            return False
        self._growing.pop(composition)
        line = growing.line
        line.grow(say)
        line.growing = False
        started = line.started
        self._filling.go_on()
        return started

    def take_back(self, composition: EffectId) -> None:
        """What was begun is not what is to be said: it ends with the clause that sounds, and what was heard of it is
        told."""
        growing = self._growing.find(composition)
        if growing is None:
            return
        if growing.cut:
            self._growing.pop(composition)
            return
        at = self._lines.index(growing.line)
        played = self._playout.played
        self._filling.cancel()
        growing.line.taken_back = True
        if not growing.line.clips:
            growing.line.give_up()
        else:
            self._playout.keep(max(0, growing.line.end_with_clip() - played))
            for line in self._lines[at + 1 :]:
                for samples in line.left(played, self._filling.place):
                    self._playout.play(samples)
        self._filling.go_on()

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
        self._growing.close()
        self._paused = self._held = False
        self._playout.resume()
        self._filling.go_on()  # a line behind one that grew need not wait for the rest of that

    def stop(self) -> None:
        """Cut short what may be cut; lines that must be heard stay, and are said after the caller's turn."""
        if self._closing:
            return
        played = self._playout.played
        kept = [line for line in self._lines if not line.interruptible(played)]
        self._filling.cancel()
        self._playout.clear()
        self._paused = self._has_floor = False
        if self._held:
            self._playout.pause()
        lines, self._lines = self._lines, kept and self._lines[self._lines.index(kept[0]) :]
        self._cut(lines[: len(lines) - len(self._lines)])
        for line in self._lines:
            if line not in kept:  # its turn to be told comes after those that are kept
                line.give_up()
            for samples in line.left(played, self._filling.place):
                self._playout.play(samples)
        self._filling.go_on()
        self._check_idle()

    def fall_silent(self) -> None:
        """Cut short everything that was said so far, whether it may be cut or not."""
        if self._closing:
            return
        self._filling.cancel()
        self.unprepare()
        self._playout.clear()
        self._paused = self._has_floor = False
        if self._held:
            self._playout.pause()
        lines, self._lines = self._lines, []
        self._cut(lines)
        self._check_idle()

    def abandon(self) -> None:
        """The caller is gone: nothing more is said."""
        self._gone = True
        self._filling.cancel()
        self.unprepare()
        lines, self._lines = self._lines, []
        self._has_floor = False
        self._cut(lines)
        self._growing.clear()
        self._playout.clear()
        self._check_idle()

    def progress(self, taken: int = 0) -> None:
        """So many samples, speech or not, have left: lines begin and end by it."""
        played = self._playout.played
        self._way.note(taken, played)
        self._filling.look_for_room()
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
        await self._filling.close()
        await self._preparing.close()

    # Telling

    def _note_begun(self, line: Utterance, played: int) -> None:
        started = line.started
        for clip in line.begin(played):
            self._started(line.say, clip, not started)
            started = True
        if started and not self._playout.held:
            self._has_floor = True

    def _cut(self, lines: list[Utterance]) -> None:
        at = self._way.heard_until(self._playout.played)
        for line in lines:
            self._over(line, line.heard(at) if line.started else "", complete=False)

    def _append(self, line: Utterance) -> None:
        self._idle.clear()
        self._lines.append(line)
        self._filling.go_on()

    def _over(self, line: Utterance, heard: str, *, complete: bool) -> None:
        if self._growing.over(line):
            if line.taken_back:
                self._growing.pop(line.say.id)
            if line.started:
                self._taken_back(line.say.id, heard)
            return
        self._spoken(Spoken(effect=line.say.id, heard=heard, complete=complete))

    def _let_go(self) -> None:
        if not (self._paused or self._held):
            self._playout.resume()

    def _check_idle(self) -> None:
        if not self._lines:
            self._has_floor = False
            self._idle.set()
