"""Which turns are looked at next, together: a pure choice among those that wait."""

from collections.abc import Hashable, Sequence
from typing import Protocol, TypeVar

from tollfree.speech.stt.base import Urgency


class Waiting(Protocol):
    """What is known of a turn that waits."""

    @property
    def urgency(self) -> Urgency: ...

    @property
    def place(self) -> int:
        """Among those of its urgency: see `Places`."""
        ...

    @property
    def number(self) -> int:
        """The order in which they came."""
        ...

    @property
    def kind(self) -> Hashable | None:
        """Turns of one kind may be looked at together; None: not prepared yet."""
        ...


W = TypeVar("W", bound=Waiting)


class Places:
    """Places of turns in a queue in which calls take turns: start-time fair queueing, with every turn as long as any
    other. A call that sends ten turns does not make the others wait for all ten."""

    def __init__(self) -> None:
        self._now = dict.fromkeys(Urgency, 0)
        self._last: dict[tuple[str, Urgency], int] = {}

    def next(self, call: str, urgency: Urgency) -> int:
        """The place of a call's next turn: behind its own last, and not before what is served now."""
        place = max(self._now[urgency], self._last.get((call, urgency), -1) + 1)
        self._last[call, urgency] = place
        return place

    def served(self, place: int, urgency: Urgency) -> None:
        """A turn at that place has begun. Calls that have nothing beyond it are forgotten."""
        if place > self._now[urgency]:
            self._now[urgency] = place
            self._last = {key: last for key, last in self._last.items() if last >= self._now[key[1]]}


def in_order(waiting: Sequence[W]) -> list[W]:
    """Commits before offers before interims, within these by place, and then who came first."""
    return sorted(waiting, key=lambda one: (one.urgency, one.place, one.number))


def next_batch(waiting: Sequence[W], most: int) -> list[W]:
    """The first in order that is prepared, and up to `most` of its kind. Empty while something more urgent than all
    that is prepared is not prepared yet: it takes milliseconds, and a look that has begun takes a hundred."""
    ordered = in_order(waiting)
    first = next((one for one in ordered if one.kind is not None), None)
    if first is None or any(one.kind is None and one.urgency < first.urgency for one in ordered):
        return []
    return [one for one in ordered if one.kind == first.kind][:most]
