"""The seam of a node kind: one class describes its configuration, its closed exits, and how it reacts.

A node is compiled once and serves every call; what it remembers of one visit is its `Local`, which the engine
keeps. It never moves the call: it returns a `Reaction`, and only an exit in it moves anything.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from tollfree.flows.document import NodeConfig
from tollfree.flows.state import CallState, Frame, Local
from tollfree.protocol.effects import Compose, Lookup, Retrieve, Say, Transfer
from tollfree.protocol.events import (
    CallerSilent,
    Composed,
    EffectFailed,
    KeyPressed,
    LookedUp,
    Retrieved,
    Transferred,
)
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import EffectId, ExitName, FlowId, NodeId, SlotName
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer, Said
from tollfree.protocol.values import Value, Values, ValueType

if TYPE_CHECKING:
    from tollfree.flows.build import Build
    from tollfree.flows.graph import Flow, Graph

UNNUMBERED = EffectId("")
"""Nodes leave ids to the engine, which derives them from the state."""

DEFAULT_ROUTE = ""
"""What is asked of language models goes by the default chain again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller's words with their meaning here. Words that meant nothing come too, with an empty answer."""

    said: Said
    answer: Answer


@dataclass(frozen=True, slots=True)
class FlowEnded:
    """The flow that a `run` node started came to one of its ends."""

    end: ExitName
    values: Values
    world: bool = False
    """Something outside was changed while it ran."""


NodeEvent: TypeAlias = (
    Heard | KeyPressed | CallerSilent | LookedUp | Retrieved | Composed | Transferred | EffectFailed | FlowEnded
)
"""What a node may be told of. It must have an answer to each, at any time."""

NodeEffect: TypeAlias = Say | Lookup | Retrieve | Compose | Transfer
"""What a node may ask for. Listening and understanding are the engine's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The visit is over by this exit."""

    exit: ExitName
    confidence: float = 1.0
    decided_by: str = "engine"
    evidence: str = ""
    world: bool = False
    """Something outside was changed during the visit."""
    unheard: Said | None = None
    """Words that were not for this node: at the end of a digression they are put to where the caller comes back to,
    in place of its asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Another flow begins, with these values."""

    flow: FlowId
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The flow comes to an end: the call hangs up, or the flow that ran this one goes on."""

    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a node answers to an event. With neither `then` nor a waiting effect, the engine listens again."""

    effects: tuple[NodeEffect, ...] = ()
    local: Local | None = None
    """What to remember from now on; None keeps what was remembered."""
    sets: Values = field(default_factory=dict[str, Value])
    """Variables to set."""
    then: Leave | Run | End | None = None
    route: str | None = None
    """The language-model route to use from now on; `DEFAULT_ROUTE`: none of its own; None: the same as before."""
    asked: str | None = None
    """A question that has been answered: the next one may lean on it."""


STAY = Reaction()
"""Nothing happens; the node goes on waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeQuestion:
    """The part of a question that the node knows; the engine adds handlers and the flow's other slots."""

    choices: tuple[str, ...] = ()
    awaited: tuple[SlotName, ...] = ()
    confirming: SlotName | None = None
    route: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What a node sees of the call. Reading only."""

    flow: "Flow"
    graph: "Graph"
    state: CallState
    frame: Frame
    values: Values
    """The flow's variables, with `project` and `call`."""
    found: tuple[Passage, ...] = ()
    """What the knowledge says to the caller's latest words, where it was asked before the node was entered."""

    @property
    def told_models(self) -> Values:
        """What the flow knows, for a language model that is asked here."""
        if self.state.facts is None or self.facts.models is None:
            return {}
        return {name: value for name, value in self.values.items() if value is not None}

    @property
    def facts(self) -> CallFacts:
        """What was known when the call began."""
        return self.state.facts if self.state.facts is not None else CallFacts(started_at="1970-01-01T00:00:00+00:00")


ConfigT = TypeVar("ConfigT", bound=NodeConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the editor shows a kind of node."""

    title: str
    help: str
    """One sentence on what it does."""
    icon: str
    """Name of a Lucide icon."""
    starter: Values = field(default_factory=dict[str, Value])
    """What a new one says besides its kind."""
    exits_from: str = ""
    """The field whose names are exits besides the closed ones; `flow`: the ends of the flow that it names."""


class Node(ABC, Generic[ConfigT]):
    """One compiled node. Subclasses are the kinds."""

    kind: ClassVar[str]
    look: ClassVar[Look]
    """How the editor shows it."""
    config_model: ClassVar[type[NodeConfig]]
    closed_exits: ClassVar[tuple[str, ...]] = ()
    """Exits every node of the kind has."""
    silent_exits: ClassVar[frozenset[str]] = frozenset()
    """Exits that can be taken without the caller having spoken: a cycle of only these is refused."""
    listens: ClassVar[bool] = False
    """Whether it waits for the caller."""
    takes_any_words: ClassVar[bool] = False
    """Whether words that rules and classifier make nothing of are its business all the same."""
    hears_while_waiting: ClassVar[bool] = False
    """Whether words that are said while it waits for a result are put to it: it then asks for another result, or for
    none, and the first no longer counts. Only where nothing is done outside."""

    def __init__(self, node_id: NodeId, config: ConfigT, build: "Build") -> None:
        """Compiles templates, expressions and slots through `build`, which collects what is wrong with them."""
        self.id = node_id
        self.config = config
        self.world = False
        """Whether its effect may change something outside."""

    @classmethod
    def exits_of(cls, config: NodeConfig) -> tuple[str, ...]:
        """The closed set of exits of a node so configured; all must be wired."""
        return cls.closed_exits

    @classmethod
    def silent_exits_of(cls, config: NodeConfig) -> frozenset[str]:
        """Those of `exits_of` that need no word from the caller."""
        return cls.silent_exits

    def sets(self) -> Mapping[str, Mapping[str, ValueType]]:
        """By exit: the variables that are certainly set when the node is left by it."""
        return {}

    @property
    def depends_on(self) -> frozenset[str]:
        """Variables whose correction makes this node's result stale. What is merely spoken is not among them."""
        return frozenset()

    @abstractmethod
    def enter(self, visit: Visit) -> Reaction:
        """The call arrives at the node."""

    @abstractmethod
    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        """Something happened while the call is here."""

    def resume(self, visit: Visit) -> Reaction:
        """The caller comes back from a digression: say where we were."""
        return self.enter(visit)

    def question(self, visit: Visit) -> NodeQuestion:
        """What the caller's words may mean here."""
        return NodeQuestion()

    def expectation(self, visit: Visit) -> Expectation:
        """How to listen here."""
        return Expectation()

    def takes_keys(self, visit: Visit, keys: str) -> bool:
        """Whether these keys mean something here; where "0" does not, it asks for a person."""
        return self.expectation(visit).keypad is not None


AnyNode: TypeAlias = Node[Any]
"""A node of whatever kind: its configuration was validated when it was made."""
