"""Planning ahead: what would follow if the words offered so far were the caller's whole turn.

A branch steps a copy of the state and performs what touches nothing outside. It counts for nothing until the same
words come as a turn; then whatever the turn asks for in the same way is taken from here instead of being done again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeGuard

from tollfree.calls.completeness import completeness
from tollfree.calls.performing import Awaited, Started
from tollfree.flows.engine import Step, step
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.effects import Compose, Effect, Lookup, Retrieve, Say, Understand
from tollfree.protocol.events import Answered, CallerSpoke, CallEvent, EffectFailed, Retrieved
from tollfree.protocol.ids import EffectId


class Branch:
    """What is planned on one offer."""

    def __init__(
        self,
        offer: int,
        said: CallerSpoke,
        flow: Flow,
        base: CallState,
        *,
        start: Callable[["Branch", Awaited], Started],
        prepare: Callable[[Say], None],
        judged: Callable[[int, Completeness], None],
    ) -> None:
        """`start` begins an effect and has `went_on` called with its result; `prepare` renders a line silently;
        `judged` is told how complete the words are, once."""
        self.offer = offer
        self.said = said
        self._flow = flow
        self._base = base
        self._state = base
        self._start = start
        self._prepare = prepare
        self._judged = judged
        self._started: dict[EffectId, Started] = {}
        self._looking: EffectId | None = None
        """Words that mean nothing by themselves are being looked for in the knowledge, which says whether they do."""
        self._at = ""

    def begin(self, at: str) -> None:
        """Plan as if the words had just been said."""
        self._at = at
        self.went_on(self.said)

    def went_on(self, event: CallEvent) -> None:
        """The next event of the plan: the words, or the result of an effect it started."""
        taken = step(self._flow, self._state, replace(event, at=self._at))
        self._state = taken.state
        self._judge(event, taken)
        self._perform(taken)

    def _judge(self, event: CallEvent, taken: Step) -> None:
        if isinstance(event, Answered):
            self._looking = next((effect.id for effect in taken.effects if isinstance(effect, Retrieve)), None)
            if event.answer.understood or self._looking is None:
                self._looking = None
                self._judged(self.offer, completeness(self._base, event.answer, taken))
        elif isinstance(event, Retrieved | EffectFailed) and event.effect == self._looking:
            found = any(isinstance(effect, Compose) for effect in taken.effects)
            self._judged(self.offer, Completeness.LIKELY if found else Completeness.OPEN)

    def adopt(self) -> dict[EffectId, Started]:
        """The words are a turn: what was started for them, by effect."""
        started, self._started = self._started, {}
        return started

    def drop(self) -> None:
        """The caller went on: stop whatever was started."""
        stop(tuple(self._started.values()))
        self._started = {}

    def _perform(self, taken: Step) -> None:
        for effect in taken.effects:
            if isinstance(effect, Say):
                self._prepare(effect)
            elif _may_be_done_ahead(effect):
                self._started[effect.id] = self._start(self, effect)


def _may_be_done_ahead(effect: Effect) -> TypeGuard[Awaited]:
    """Whether it changes nothing outside, so that doing it for nothing does no harm."""
    match effect:
        case Understand() | Retrieve() | Compose():
            return True
        case Lookup():
            return not effect.world
        case _:
            return False


def stop(started: Sequence[Started]) -> None:
    """Cancel effects whose results nobody waits for any more."""
    for one in started:
        one.task.cancel()
