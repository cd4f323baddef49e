"""Which turns are looked at next, together: a pure choice among those that wait."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Protocol, TypeVar

from tollfree.speech.stt.base import Urgency


class Waiting(Protocol):
    """What is known of a turn that waits."""

    @property
    def call(self) -> str:
        """Whose turn it is."""
        ...

    @property
    def urgency(self) -> Urgency: ...

    @property
    def number(self) -> int:
        """The order in which they came."""
        ...

    @property
    def kind(self) -> Hashable | None:
        """Turns of one kind may be looked at together; None: not prepared yet."""
        ...


W = TypeVar("W", bound=Waiting)


def in_order(waiting: Sequence[W]) -> list[W]:
    """Commits before offers before interims. Within these the calls take turns, and then who came first: a call that
    sends ten turns does not make the others wait for all ten."""
    before: Counter[tuple[str, Urgency]] = Counter()
    place: dict[int, int] = {}
    for one in sorted(waiting, key=lambda one: one.number):
        place[one.number] = before[one.call, one.urgency]
        before[one.call, one.urgency] += 1
    return sorted(waiting, key=lambda one: (one.urgency, place[one.number], one.number))


def next_batch(waiting: Sequence[W], most: int) -> list[W]:
    """The first in order that is prepared, and up to `most` of its kind. Empty while something more urgent than all
    that is prepared is not prepared yet: it takes milliseconds, and a look that has begun takes a hundred."""
    ordered = in_order(waiting)
    first = next((one for one in ordered if one.kind is not None), None)
    if first is None or any(one.kind is None and one.urgency < first.urgency for one in ordered):
        return []
    return [one for one in ordered if one.kind == first.kind][:most]
