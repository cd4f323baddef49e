"""Lines that are spoken while the rest of them is being composed, until it is known what they say."""

from dataclasses import dataclass

from tollfree.calls.utterance import Utterance
from tollfree.protocol.ids import EffectId


@dataclass(slots=True, eq=False)
class GrowingLine:
    """One composition that is being spoken."""

    line: Utterance
    cut: bool = False
    """It was cut short, and what was heard of it has been told."""


class GrowingLines:
    """Those of one call, by the composition they come from."""

    def __init__(self) -> None:
        self._lines: dict[EffectId, GrowingLine] = {}

    def find(self, composition: EffectId) -> GrowingLine | None:
        """The line of a composition that has begun."""
        return self._lines.get(composition)

    def begin(self, line: Utterance) -> None:
        """A line is begun with the words there are."""
        self._lines[line.say.id] = GrowingLine(line)

    def pop(self, composition: EffectId) -> GrowingLine | None:
        """It is known what the line says, or that it says nothing."""
        return self._lines.pop(composition, None)

    def over(self, line: Utterance) -> bool:
        """A line is over; whether it is one of these, whose words are not all known. One that never sounded is as if
        it had not begun: it is said when it is known."""
        composition = line.say.id
        growing = self._lines.get(composition)
        if growing is None or growing.line is not line:
            return False
        growing.cut = True
        if not line.started:
            del self._lines[composition]
        return True

    def close(self) -> None:
        """No further word will come."""
        for growing in self._lines.values():
            growing.line.growing = False

    def clear(self) -> None:
        """The call is over."""
        self._lines.clear()
