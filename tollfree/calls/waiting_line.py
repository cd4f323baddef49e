"""When the line that bridges a slow tool is due: after a stretch in which neither the caller nor the agent spoke."""

import asyncio
from collections.abc import Callable

from tollfree.calls.performing import Awaited
from tollfree.protocol.effects import Understand
from tollfree.protocol.ids import EffectId


class WaitingLines:
    """The waiting lines of one call, each told once at most."""

    def __init__(self, after_s: float, due: Callable[[Awaited, str], None]) -> None:
        """`after_s`: seconds of silence. `due` is told of an effect that is still under way then, and its line."""
        self._after_s = after_s
        self._due = due
        self._waiting: dict[EffectId, tuple[Awaited, str]] = {}
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
        if not isinstance(effect, Understand) and effect.waiting:
            self._waiting[effect.id] = (effect, effect.waiting)
            self._count(effect.id)

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
            self._timers[effect] = asyncio.get_running_loop().call_later(self._after_s, self._tell, effect)

    def _stop(self, effect: EffectId) -> None:
        timer = self._timers.pop(effect, None)
        if timer is not None:
            timer.cancel()

    def _tell(self, effect: EffectId) -> None:
        del self._timers[effect]
        self._due(*self._waiting.pop(effect))
