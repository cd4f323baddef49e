"""A caller who types into a page, one turn at a time, and is answered turn by turn."""

from collections import deque

from tollfree.calls.line import CallerEvent
from tollfree.calls.lines.written import WrittenLine


class TrialLine(WrittenLine):
    """Holds what the agent says until somebody takes it."""

    def __init__(self) -> None:
        super().__init__()
        self._given: deque[CallerEvent] = deque()
        self._said: list[str] = []

    def give(self, event: CallerEvent) -> None:
        """The caller's turn."""
        self._given.append(event)
        self.changed()

    def take(self) -> tuple[str, ...]:
        """What the agent has said since it was last asked for."""
        said, self._said = tuple(self._said), []
        return said

    def show(self, text: str) -> bool:
        self._said.append(text)
        return True

    def turn(self, listening: bool) -> CallerEvent | None:
        if not listening or not self._given:
            return None
        return self._given.popleft()
