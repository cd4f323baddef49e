"""What is planned on the words that the caller may have ended with: at most one branch, and, once the words are a turn,
what was begun on it and is waiting to be asked for."""

from collections.abc import Callable

from tollfree.calls.branch import Branch, stop
from tollfree.calls.line import Line, Offered
from tollfree.calls.performing import Awaited, Started
from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState
from tollfree.protocol.events import CallerSpoke, CallEvent
from tollfree.protocol.ids import EffectId


class Ahead:
    """Plans of one call."""

    def __init__(self, flow: Flow, line: Line, start: Callable[[Branch, Awaited], Started]) -> None:
        """`start` begins an effect; its result is brought to `went_on` in the call's own order."""
        self._flow = flow
        self._line = line
        self._start = start
        self._branch: Branch | None = None
        self._begun: dict[EffectId, Started] = {}
        """On the branch that became the present turn, and not asked for yet."""

    @property
    def planning(self) -> bool:
        """Whether there is a plan on words that are no turn yet."""
        return self._branch is not None

    def plan(self, offered: Offered, state: CallState, at: str) -> None:
        """Plan on these words as if they had just been said."""
        self.drop()
        if state.over or state.facts is None or state.taken_over:
            return
        self._branch = Branch(
            offered.offer,
            offered.said,
            self._flow,
            state,
            start=self._start,
            prepare=self._line.prepare,
            judged=self._line.planned,
        )
        self._branch.begin(at)

    def went_on(self, branch: Branch, event: CallEvent) -> None:
        """An effect of a branch came to its result."""
        if branch is self._branch:
            branch.went_on(event)

    def adopt(self, said: CallerSpoke) -> None:
        """The caller has finished: what was planned on these very words is theirs, anything else is void."""
        branch, self._branch = self._branch, None
        self.forget()
        if branch is not None and branch.said == said:
            self._begun = branch.adopt()
        elif branch is not None:
            branch.drop()

    def take(self, effect: Awaited) -> Started | None:
        """What was begun for an effect that is now asked for in the very same way, if it was."""
        ahead = self._begun.pop(effect.id, None)
        if ahead is not None and ahead.effect != effect:
            stop((ahead,))
            return None
        return ahead

    def drop(self) -> None:
        """The caller goes on."""
        if self._branch is not None:
            self._branch.drop()
            self._branch = None

    def forget(self) -> None:
        """The turn went another way: what was begun for it is asked for by nobody."""
        stop(tuple(self._begun.values()))
        self._begun = {}
