"""Where a call stands: a fold over its events, never changed in place."""

from dataclasses import dataclass, field
from typing import Literal

from tollfree.protocol.added import ADDED
from tollfree.protocol.events import EffectResult
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import EffectId, FlowId, NodeId
from tollfree.protocol.question import Answer, Said
from tollfree.protocol.turn import Turn
from tollfree.protocol.values import Values


@dataclass(frozen=True, slots=True)
class Passed:
    """A finished visit, kept so that a correction knows what depended on what."""

    node: NodeId
    sets: Values
    """Variables the visit set, with the values it gave them."""
    world: bool
    """It changed something outside; a correction never goes back past it."""
    frame: int | None = 0
    """Place in `CallState.frames` of the frame it was made in; None: of a digression that is over."""
    exit: str = field(default="", metadata=ADDED)
    """How it was left; empty in a call that began before that was kept."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables of one running flow."""

    flow: FlowId
    values: Values = field(default_factory=dict[str, None])
    trail: tuple[Passed, ...] = ()
    """Finished visits, oldest first."""


@dataclass(frozen=True, slots=True)
class Local:
    """What a node remembers during one visit. Each kind has its own."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A position in a flow. The last frame is where the caller is; those below wait for it to end."""

    scope: int
    """Index of its variables in `CallState.scopes`."""
    node: NodeId
    visit: int
    """Number of this visit within the call, from 1."""
    opened_by: Literal["start", "handler", "run"]
    handler: str = ""
    """The handler that opened it."""
    local: Local | None = None
    waiting: EffectId | None = None
    """The effect whose result the node waits for."""
    arrived: EffectResult | None = None
    """That result, when it came while the frame was suspended."""
    sets: Values = field(default_factory=dict[str, None])
    """What this visit has set so far; its token lists it."""
    asides: int = field(default=0, metadata=ADDED)
    """Questions that were answered from the knowledge during this visit, though nothing here had asked for them."""
    entered: bool = field(default=True, metadata=ADDED)
    """Whether its node knows of the visit: a supervisor who has taken the call over moves it, and only then does it
    begin, when the call is handed back."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Words of the caller whose meaning is being worked out."""

    effect: EffectId
    said: Said
    visit: int
    """The visit whose question was asked; when it is over, the words are put to the node that follows."""
    late: bool = False
    """They were said before the question they are put to now: a yes among them is no answer to it."""


@dataclass(frozen=True, slots=True)
class Seeking:
    """Words that mean nothing where they were said, being looked for in the knowledge before they count as that."""

    effect: EffectId
    said: Said
    answer: Answer
    """What rules and classifier made of them: nothing."""
    visit: int
    """The visit that did not understand them; when it is over, they are forgotten."""
    handler: str
    """The handler that answers them, should something be found."""


@dataclass(frozen=True, slots=True)
class CallState:
    """Everything the engine knows about a call."""

    facts: CallFacts | None = None
    """None: the call has not begun."""
    scopes: tuple[Scope, ...] = ()
    frames: tuple[Frame, ...] = ()
    turns: tuple[Turn, ...] = ()
    """The latest turns, oldest first; see `engine.TURNS_KEPT`."""
    speaking: tuple[tuple[EffectId, str], ...] = ()
    """Lines said whose hearing has not been reported yet."""
    hearing: Hearing | None = None
    last_said: str = ""
    """The caller's latest words."""
    last_line: str = ""
    """The agent's latest line, for "say that again"."""
    route: str | None = None
    """The language-model route of the intent the caller is being served for."""
    listening: Expectation | None = None
    """How the caller is being listened to; None: not until the next `Listen`."""
    holding: bool = False
    """The caller asked for a moment."""
    moves: int = 0
    """Nodes entered since the caller last spoke or pressed a key."""
    effects_made: int = 0
    visits_made: int = 0
    failing: bool = False
    """The call has already been sent to a person because something broke."""
    outcome: str = ""
    """How the call ended; empty while it goes on."""
    over: bool = False
    """No event changes anything any more."""
    seeking: Seeking | None = field(default=None, metadata=ADDED)
    asked: str = field(default="", metadata=ADDED)
    """The latest question that was answered from the knowledge and stands by itself."""
    unheard: int = field(default=0, metadata=ADDED)
    """Turns of the caller in a row that no recogniser could hear."""
    taken_over: str = field(default="", metadata=ADDED)
    """Who talks to the caller in the agent's place; empty: the agent does."""
    withheld: tuple[str, ...] = field(default=(), metadata=ADDED)
    """Lines that are said when the call is handed back."""

    @property
    def working_out(self) -> bool:
        """Whether it is being worked out what the caller's words mean."""
        return self.hearing is not None or self.seeking is not None

    def awaits(self, effect: EffectId) -> bool:
        """Whether the result of an effect still counts."""
        asides = (self.hearing, self.seeking)
        return any(one is not None and one.effect == effect for one in asides) or any(
            frame.waiting == effect for frame in self.frames
        )
