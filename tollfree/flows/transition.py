"""One step under construction: how the call moves from node to node in a working copy of its state.

Only `engine.step` makes one; nothing outlives the step but the new state, the effects and the tokens.
"""

from collections import deque
from dataclasses import replace
from typing import assert_never

from tollfree.flows.document import RESUME
from tollfree.flows.graph import Flow
from tollfree.flows.nodes.base import End, FlowEnded, Leave, NodeEvent, Reaction, Run
from tollfree.flows.state import CallState, Frame, Passed, Scope
from tollfree.flows.wording import Line
from tollfree.flows.working_copy import WorkingCopy
from tollfree.protocol.effects import HangUp
from tollfree.protocol.ids import ExitName, FlowId, NodeId
from tollfree.protocol.token import ENDED, LEFT, ExitToken
from tollfree.protocol.values import Values

TRAIL_KEPT = 200
"""Finished visits a scope keeps for corrections."""

MOVES_UNHEARD = 100
"""Nodes that may be entered without a word of the caller. A checked flow needs a handful; beyond, the flow runs in
a circle and the call goes to a person."""

FLOWS_DEEP = 8
"""Flows running one another at once."""


class Transition(WorkingCopy):
    """Moves a call, in a working copy of its state, during one step."""

    def __init__(self, flow: Flow, state: CallState, at: str) -> None:
        super().__init__(flow, state, at)
        self._pending: deque[Reaction] = deque()

    def begin(self) -> None:
        """Enter the main flow at its start; at an hour when nothing answers, say so and end the call as `closed`."""
        main = self.flow.main
        self.scopes = [Scope(main.id, main.initial)]
        if self.facts is not None and self.facts.closed:
            self.say(self.facts.closed)
            self.hang_up("closed")
        else:
            self.open(Frame(scope=0, node=main.start, visit=0, opened_by="start"))

    def open(self, frame: Frame) -> None:
        """Put a frame on top and enter its node."""
        self.frames.append(frame)
        self.enter(frame.node)

    def enter(self, node: NodeId) -> None:
        """A new visit of the top frame."""
        self.moves += 1
        if self.moves > MOVES_UNHEARD:
            self.frames.pop()  # the visit before has left its token, and this one never began
            self.fail("the flow runs in a circle")
            return
        self.visits_made += 1
        self.frames[-1] = replace(
            self.top,
            node=node,
            visit=self.visits_made,
            local=None,
            waiting=None,
            arrived=None,
            sets={},
            asides=0,
            entered=False,
        )
        self.come_back()

    def tell(self, event: NodeEvent) -> None:
        """Tell the node on top of an event."""
        visit = self.visit()
        self._pending.append(visit.graph.nodes[visit.frame.node].react(visit, event))

    def come_back(self) -> None:
        """Take up the top frame after what was above it has gone. While a person talks to the caller it waits for
        them to hand the call back."""
        if self.taken_over:
            return
        arrived = self.top.arrived
        if not self.top.entered:
            self.frames[-1] = replace(self.top, entered=True)
            self._pending.append(self.graph_of(self.top).nodes[self.top.node].enter(self.visit()))
        elif arrived is not None:
            self.frames[-1] = replace(self.top, arrived=None, waiting=None)
            self.tell(arrived)
        elif self.top.waiting is None:
            visit = self.visit()
            self._pending.append(visit.graph.nodes[visit.frame.node].resume(visit))

    def settle(self) -> None:
        """Apply reactions until nothing moves, then listen where the caller is listened to."""
        while self._pending and not self.over:
            self._apply(self._pending.popleft())
        self._pending.clear()
        if self.taken_over and self.frames and not self.over:
            self.listen()
            return
        if self.over or not self.frames or self.hearing is not None or self.top.waiting is not None:
            return
        if self.seeking is not None:
            return
        if self.graph_of(self.top).nodes[self.top.node].listens:
            self.listen()
        else:
            self.fail(f"node {self.top.node} neither waits nor moves on")
            self.settle()

    def _apply(self, reaction: Reaction) -> None:
        if reaction.local is not None:
            self.frames[-1] = replace(self.top, local=reaction.local)
        if reaction.sets:
            self.set_values(reaction.sets)
        if reaction.route is not None:
            self.route = reaction.route or None
        if reaction.asked is not None:
            self.asked = reaction.asked
        for effect in reaction.effects:
            self.emit(effect)
        match reaction.then:
            case None:
                pass
            case Leave():
                self.leave(reaction.then)
            case Run():
                self._run(reaction.then)
            case End():
                self._end(reaction.then.outcome)
            case _:
                assert_never(reaction.then)

    def set_values(self, values: Values, scope: int | None = None) -> None:
        """Set variables of the present flow, noted for the visit's token, or of a flow around it."""
        place = self.top.scope if scope is None else scope
        held = self.scopes[place]
        self.scopes[place] = replace(held, values={**held.values, **values})
        if place == self.top.scope:
            self.frames[-1] = replace(self.top, sets={**self.top.sets, **values})

    def leave_token(self, leave: Leave) -> None:
        """The record of the visit on top."""
        frame = self.top
        self.tokens.append(
            ExitToken(
                flow=self.scopes[frame.scope].flow,
                node=frame.node,
                exit=leave.exit,
                slots=dict(frame.sets),
                confidence=leave.confidence,
                decided_by=leave.decided_by,
                evidence=leave.evidence,
                at=self.at,
            )
        )

    def leave(self, leave: Leave) -> None:
        frame = self.top
        self.leave_token(leave)
        scope = self.scopes[frame.scope]
        exit = leave.exit if self.facts is not None and self.facts.models is not None else ""
        passed = Passed(frame.node, frame.sets, leave.world, len(self.frames) - 1, exit)
        self.scopes[frame.scope] = replace(scope, trail=(*scope.trail, passed)[-TRAIL_KEPT:])
        graph = self.flow.graphs[scope.flow]
        target = graph.edges.get(frame.node, {}).get(leave.exit)
        if target == RESUME and frame.opened_by == "handler" and len(self.frames) > 1:
            self.frames.pop()
            self._close_visits()
            if leave.unheard is not None and self.top.waiting is None and self.top.arrived is None:
                self.understand(leave.unheard)
            else:
                self.come_back()
        elif target is None or target not in graph.nodes:
            self._lost(leave.exit)
        else:
            self.enter(NodeId(target))

    def _lost(self, exit: ExitName) -> None:
        """An exit that leads nowhere, which no checked flow has. The visit has left its token already."""
        frame = self.frames.pop()
        self.fail(f"exit {exit} of node {frame.node} leads nowhere")

    def _run(self, run: Run) -> None:
        graph = self.flow.graphs.get(run.flow)
        if graph is None or len(self.scopes) >= FLOWS_DEEP:
            self.fail(f"the flow {run.flow} cannot be run here")
            return
        self.scopes.append(Scope(run.flow, {**graph.initial, **run.values}))
        self.open(Frame(scope=len(self.scopes) - 1, node=graph.start, visit=0, opened_by="run"))

    def _end(self, outcome: str) -> None:
        """An `end` node: back to the node that ran this flow, or the end of the call."""
        self.leave_token(Leave(exit=ENDED, evidence=outcome))
        scope = self.top.scope
        self.frames.pop()
        runner = next((i for i, f in enumerate(self.frames) if f.scope == scope and f.opened_by == "run"), None)
        if scope == 0:
            self.hang_up(outcome)
            return
        values = self.scopes[scope].values
        world = any(passed.world for passed in self.scopes[scope].trail)
        if runner is not None:
            self.close_above(runner)
        del self.scopes[scope:]
        self.tell(FlowEnded(end=ExitName(outcome), values=values, world=world))

    # Ending

    def close_above(self, index: int) -> None:
        """Close frames from the top down to `index`, each visit with its token."""
        while len(self.frames) > index:
            self.leave_token(Leave(exit=LEFT))
            self.frames.pop()
        del self.scopes[max((frame.scope for frame in self.frames), default=0) + 1 :]
        self._close_visits()

    def _close_visits(self) -> None:
        """Note which visits were made in frames that are gone, so that no correction enters their nodes again."""
        for place, scope in enumerate(self.scopes):
            if any(passed.frame is not None and passed.frame >= len(self.frames) for passed in scope.trail):
                trail = tuple(
                    replace(passed, frame=None)
                    if passed.frame is not None and passed.frame >= len(self.frames)
                    else passed
                    for passed in scope.trail
                )
                self.scopes[place] = replace(scope, trail=trail)

    def hang_up(self, outcome: str) -> None:
        """End the call from our side, once everything said was heard."""
        self.close_above(0)
        self.effects.append(HangUp(id=self.new_effect(), outcome=outcome))
        self.finish(outcome)

    def finish(self, outcome: str) -> None:
        """No event changes anything any more."""
        self.close_above(0)
        self.outcome = self.outcome or outcome
        self.hearing = self.seeking = None
        self.listening, self.asked = None, ""
        self.taken_over, self.withheld = "", ()
        self.over = True

    def fail(self, why: str) -> None:
        """Something broke that a checked flow cannot break: apologise, and send the caller to a person, once."""
        person = self.flow.main.handlers.get("person")
        self._pending.clear()
        self.moves = 0
        self.say(self.flow.main.wording.say(Line.TROUBLE, {}, 0))
        if self.failing or person is None or person.go is None:
            self.hang_up("failed")
            return
        self.failing = True
        self.close_above(0)
        scope = self.scopes[0] if self.scopes else Scope(FlowId(self.flow.main.id), self.flow.main.initial)
        self.scopes = [scope]
        self.open(Frame(scope=0, node=person.go, visit=0, opened_by="handler", handler="person"))
