"""A call as its nodes see it: where the caller is, what may be read, what words may mean there. Reading only."""

from abc import ABC, abstractmethod

from tollfree.flows.graph import Flow, Graph, Slot
from tollfree.flows.nodes.base import Visit
from tollfree.flows.state import CallState, Frame, Scope
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import SlotName
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Question
from tollfree.protocol.values import Values


class CallView(ABC):
    """What can be said of a call at any moment of a step."""

    flow: Flow
    facts: CallFacts | None
    scopes: list[Scope]
    frames: list[Frame]
    found: tuple[Passage, ...]
    """What the knowledge says to the caller's latest words, where it was asked before any node was."""
    last_said: str
    route: str | None

    @abstractmethod
    def state(self) -> CallState:
        """The state as it stands."""

    @property
    def top(self) -> Frame:
        """Where the caller is."""
        return self.frames[-1]

    def graph_of(self, frame: Frame) -> Graph:
        """The flow a frame is in."""
        return self.flow.graphs[self.scopes[frame.scope].flow]

    def values_of(self, frame: Frame) -> Values:
        """What a frame's templates and expressions may read."""
        return {**self.scopes[frame.scope].values, "project": self.flow.library.project, "call": self._call_facts()}

    def visit(self, frame: Frame | None = None) -> Visit:
        """What a node sees."""
        frame = frame if frame is not None else self.top
        return Visit(self.flow, self.graph_of(frame), self.state(), frame, self.values_of(frame), self.found)

    def _call_facts(self) -> Values:
        facts = self.facts or CallFacts(started_at="")
        return {
            "date": facts.date,
            "time": facts.time,
            "weekday": facts.weekday,
            "caller": facts.caller,
            "line": facts.line,
            "said": self.last_said,
        }

    @property
    def acting(self) -> bool:
        """Whether something outside is being changed at this moment, by whichever frame."""
        return any(frame.waiting is not None and self.graph_of(frame).nodes[frame.node].world for frame in self.frames)

    def question(self) -> Question:
        """What the caller's words may mean now: the node's own question, the handlers, the flow's other slots."""
        visit = self.visit()
        node = visit.graph.nodes[visit.frame.node]
        asked = node.question(visit)
        around = self.slots_around()
        others = tuple(
            name
            for name, (_, slot) in around.items()
            if name not in asked.awaited and not slot.internal and not slot.type.answers_only
        )
        known = tuple(
            name for name in (*asked.awaited, *others) if self.scopes[around[name][0]].values.get(name) is not None
        )
        return Question(
            flow=visit.graph.id,
            node=node.id,
            choices=asked.choices,
            handlers=self.handlers(),
            awaited=asked.awaited,
            others=others,
            known=known,
            confirming=asked.confirming,
            route=asked.route or self.route,
        )

    def slots_around(self) -> dict[SlotName, tuple[int, Slot]]:
        """Slots the caller may speak of here, with the scope that holds each: this flow's, and where it has none of
        that name, those of the flows around it."""
        found: dict[SlotName, tuple[int, Slot]] = {}
        for scope in self._scopes_around():
            own = scope == self.top.scope
            for name, slot in self.flow.graphs[self.scopes[scope].flow].slots.items():
                if name not in found and (own or not slot.internal):
                    found[name] = (scope, slot)
        return found

    def handlers(self) -> tuple[str, ...]:
        """Names of the handlers that work at the present node: this flow's, then those of the flows around it."""
        return tuple(dict.fromkeys(name for scope in self._scopes_around() for name in self._handlers_in(scope)))

    def handler_scope(self, name: str) -> int | None:
        """The innermost scope whose flow has the handler."""
        return next((scope for scope in self._scopes_around() if name in self._handlers_in(scope)), None)

    def _scopes_around(self) -> range:
        return range(self.top.scope, -1, -1)

    def _handlers_in(self, scope: int) -> tuple[str, ...]:
        return tuple(self.flow.graphs[self.scopes[scope].flow].handlers)
