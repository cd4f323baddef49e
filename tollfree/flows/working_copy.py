"""A state under construction: copies of its parts that may be changed until a step is finished, and what it asks for.

How the call moves from node to node is `transition.Transition`, which works on one.
"""

from dataclasses import replace

from tollfree.flows.graph import Flow
from tollfree.flows.state import CallState, Hearing, Seeking
from tollfree.flows.view import CallView
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Compose, Effect, Listen, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.ids import EffectId
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Said
from tollfree.protocol.token import ExitToken
from tollfree.protocol.turn import Turn

TURNS_KEPT = 24
"""Turns of the conversation the state keeps; the log keeps all."""

_AWAITED = (Lookup, Retrieve, Compose, Transfer)


class WorkingCopy(CallView):
    """The working copy of a call's state during one step."""

    def __init__(self, flow: Flow, state: CallState, at: str) -> None:
        self.flow = flow
        self.at = at
        self.facts = state.facts
        self.scopes = list(state.scopes)
        self.frames = list(state.frames)
        self.turns = state.turns
        self.speaking = state.speaking
        self.hearing: Hearing | None = state.hearing
        self.seeking: Seeking | None = state.seeking
        self.asked = state.asked
        self.unheard = state.unheard
        self.taken_over = state.taken_over
        self.withheld = state.withheld
        self.last_said = state.last_said
        self.last_line = state.last_line
        self.route = state.route
        self.listening: Expectation | None = state.listening
        self.holding = state.holding
        self.moves = state.moves
        self.effects_made = state.effects_made
        self.visits_made = state.visits_made
        self.failing = state.failing
        self.outcome = state.outcome
        self.over = state.over
        self.effects: list[Effect] = []
        self.tokens: list[ExitToken] = []
        self.found: tuple[Passage, ...] = ()

    def state(self) -> CallState:
        """The state as it stands."""
        return CallState(
            facts=self.facts,
            scopes=tuple(self.scopes),
            frames=tuple(self.frames),
            turns=self.turns,
            speaking=self.speaking,
            hearing=self.hearing,
            last_said=self.last_said,
            last_line=self.last_line,
            route=self.route,
            listening=self.listening,
            holding=self.holding,
            moves=self.moves,
            effects_made=self.effects_made,
            visits_made=self.visits_made,
            failing=self.failing,
            outcome=self.outcome,
            over=self.over,
            seeking=self.seeking,
            asked=self.asked,
            unheard=self.unheard,
            taken_over=self.taken_over,
            withheld=self.withheld,
        )

    # Effects

    def new_effect(self) -> EffectId:
        """The next id."""
        self.effects_made += 1
        return EffectId(f"e{self.effects_made}")

    def say(self, text: str) -> None:
        """Say one of the engine's own sentences; while a person talks to the caller, not before they are back."""
        if text and self.taken_over:
            self.withheld = (*self.withheld, text)
        elif text:
            self.emit(Say(id=EffectId(""), text=text))

    def line(self, line: Line, **values: str) -> str:
        """One of the engine's own sentences, as the present flow words it."""
        return self.graph_of(self.top).wording.say(line, {**self.values_of(self.top), **values}, 0)

    def say_aside(self, text: str) -> None:
        """Say something that nobody wants repeated: "say that again" still means the line before it."""
        line = self.last_line
        self.say(text)
        self.last_line = line

    def emit(self, effect: Effect) -> EffectId:
        """Number an effect and ask for it; a frame that needs its result waits for it."""
        numbered = replace(effect, id=self.new_effect())
        self.effects.append(numbered)
        if isinstance(numbered, Say):
            self.speaking = (*self.speaking, (numbered.id, numbered.text))
            self.last_line = numbered.text
        elif isinstance(numbered, _AWAITED):
            self.frames[-1] = replace(self.top, waiting=numbered.id)
        return numbered.id

    def ask_aside(self, effect: Effect) -> EffectId:
        """Number an effect whose result the call waits for, and no frame."""
        numbered = replace(effect, id=self.new_effect())
        self.effects.append(numbered)
        return numbered.id

    # Conversation

    def remember(self, turn: Turn) -> None:
        """Keep what was heard."""
        if turn.text:
            self.turns = (*self.turns, turn)[-TURNS_KEPT:]

    def understand(self, said: Said, *, late: bool = False) -> None:
        """Ask what words mean at the present node. `late`: they were said before it asked anything."""
        effect = Understand(id=self.new_effect(), question=self.question(), said=said)
        self.effects.append(effect)
        self.hearing = Hearing(effect.id, said, self.top.visit, late)

    def listen(self) -> None:
        """Wait for the caller, as the present node listens, or a person who has taken the call over. Nothing to ask
        for when that is being done already."""
        if self.taken_over:
            expectation = Expectation(patience=Patience.HOLD)
        else:
            visit = self.visit()
            expectation = visit.graph.nodes[visit.frame.node].expectation(visit)
        if self.holding:
            expectation = Expectation(patience=Patience.HOLD, keypad=expectation.keypad)
        if expectation != self.listening:
            self.listening = expectation
            self.effects.append(Listen(id=self.new_effect(), expectation=expectation))
