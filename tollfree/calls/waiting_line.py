"""When the line that bridges a slow effect is due, after a stretch in which neither the caller nor the agent spoke, and
what it says."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tollfree.calls.performing import Awaited
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Compose, Transfer, Understand
from tollfree.protocol.ids import EffectId

WAITING_LINE_AFTER_S = 1.0
"""Seconds of silence behind a tool after which the caller hears the node's waiting line, once."""
TRANSFER_AGAIN_S = 15.0
"""Seconds of silence after which a caller who waits for a person hears again that somebody is being called."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """Nobody has spoken for a while, and an effect is still under way."""

    effect: Awaited
    times: int = 0
    """How often its line has been due before. The first is the node's own; only a transfer has others."""


def words_of(overdue: Overdue, flow: Flow, state: CallState) -> str:
    """What the caller hears then; empty: the effect is not waited for."""
    frame = next((frame for frame in state.frames if frame.waiting == overdue.effect.id), None)
    if frame is None or isinstance(overdue.effect, Understand):
        return ""
    wording = flow.graphs[state.scopes[frame.scope].flow].wording
    if isinstance(overdue.effect, Compose):
        return overdue.effect.waiting or wording.say(Line.ONE_MOMENT, {}, 0)
    if not overdue.times:
        return overdue.effect.waiting
    return wording.say(Line.STILL_CONNECTING, {}, overdue.times - 1)


class WaitingLines:
    """The waiting lines of one call: each is due once, and that of a transfer again and again, since people take long
    to reach, and a caller who hears nothing hangs up."""

    def __init__(self, after_s: float, due: Callable[[Overdue], None], *, again_s: float = TRANSFER_AGAIN_S) -> None:
        """`after_s`: seconds of silence. `due` is told of an effect that is still under way then. `again_s`: seconds
        of silence after which a transfer is told of again."""
        self._after_s = after_s
        self._again_s = again_s
        self._due = due
        self._waiting: dict[EffectId, Overdue] = {}
        """What each effect will be told as."""
        self._timers: dict[EffectId, asyncio.TimerHandle] = {}
        self._lines = 0
        """Lines of the agent that are not over."""
        self._caller_sounds = False

    @property
    def silent(self) -> bool:
        """Whether nobody speaks, or is about to."""
        return not self._caller_sounds and self._lines == 0

    def began(self, effect: Awaited) -> None:
        """An effect is under way."""
        if isinstance(effect, Compose) or (not isinstance(effect, Understand) and effect.waiting):
            self.wait(Overdue(effect))
        elif isinstance(effect, Transfer):
            self.wait(Overdue(effect, times=1))

    def wait(self, overdue: Overdue) -> None:
        """It is to be told after silence: for the first time, or once more because somebody had just begun to speak
        when it was."""
        self._waiting[overdue.effect.id] = overdue
        self._count(overdue.effect.id)

    def over(self, effect: EffectId) -> None:
        """It is no more."""
        self._waiting.pop(effect, None)
        self._stop(effect)

    def said(self) -> None:
        """The agent is given a line to say."""
        self._lines += 1
        self._changed()

    def spoken(self) -> None:
        """A line was said, or cut short."""
        self._lines = max(0, self._lines - 1)
        self._changed()

    def caller(self, *, sounds: bool) -> None:
        """The caller makes a sound, or is silent again."""
        self._caller_sounds = sounds
        self._changed()

    def close(self) -> None:
        """The call is over."""
        for effect in tuple(self._waiting):
            self.over(effect)

    def _changed(self) -> None:
        for effect in self._waiting:
            if self.silent:
                self._count(effect)
            else:
                self._stop(effect)

    def _count(self, effect: EffectId) -> None:
        """Count the silence from now on."""
        if self.silent and effect not in self._timers:
            after_s = self._again_s if self._waiting[effect].times else self._after_s
            self._timers[effect] = asyncio.get_running_loop().call_later(after_s, self._tell, effect)

    def _stop(self, effect: EffectId) -> None:
        timer = self._timers.pop(effect, None)
        if timer is not None:
            timer.cancel()

    def _tell(self, effect: EffectId) -> None:
        del self._timers[effect]
        overdue = self._waiting.pop(effect)
        if isinstance(overdue.effect, Transfer):  # counted again from when the line that is due now was said
            self._waiting[effect] = Overdue(overdue.effect, overdue.times + 1)
        self._due(overdue)
