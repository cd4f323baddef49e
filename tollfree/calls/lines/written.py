"""A line without sound: what is said is heard at once, whole; the caller's turns are read one by one."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque

from tollfree.calls.line import CallerEvent, LineEvent
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.effects import Listen, Say
from tollfree.protocol.events import CallEnded, Spoken
from tollfree.protocol.ids import EffectId


class WrittenLine(ABC):
    """What callers at a keyboard and callers written down have in common."""

    name = "text"

    def __init__(self) -> None:
        self._coming: deque[LineEvent] = deque()
        self._listening = False
        self._changed = asyncio.Event()

    @abstractmethod
    def show(self, text: str) -> bool:
        """Show what the agent says; whether anybody saw it."""

    @abstractmethod
    def turn(self, listening: bool) -> CallerEvent | None:
        """The caller's next turn if there is one by now. Not `listening`: only that they hung up."""

    async def next(self) -> LineEvent:
        while True:
            if self._coming:
                return self._coming.popleft()
            turn = self.turn(self._listening)
            if turn is not None:
                self._listening = False
                return turn
            self._changed.clear()
            await self._changed.wait()

    def listen(self, listen: Listen) -> None:
        self._listening = True
        self.changed()

    def say(self, say: Say) -> None:
        seen = self.show(say.text)
        self._come(Spoken(effect=say.id, heard=say.text if seen else "", complete=seen))

    def prepare(self, say: Say) -> None:  # noqa: B027  no subclass has more to do
        """There is nothing to render."""

    def begin(self, so_far: Say) -> None:  # noqa: B027  as above
        """A line is shown whole."""

    def adopt(self, composition: EffectId, say: Say, *, anew: bool = True) -> None:
        self.say(say)

    def take_back(self, composition: EffectId) -> None:  # noqa: B027  as above
        """Nothing was begun."""

    def fall_silent(self) -> None:  # noqa: B027  as above
        """What is said is heard at once."""

    def planned(self, offer: int, completeness: Completeness) -> None:  # noqa: B027  no subclass has more to do
        """Nothing is ever offered."""

    async def quiet(self) -> None:  # noqa: B027  no subclass has more to do
        """What is said is heard at once."""

    async def hang_up(self) -> None:
        self._come(CallEnded(reason="hung_up"))

    def changed(self) -> None:
        """Something may have come."""
        self._changed.set()

    def _come(self, event: LineEvent) -> None:
        self._coming.append(event)
        self.changed()
