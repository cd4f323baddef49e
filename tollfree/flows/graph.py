"""A compiled flow: what the engine runs. Immutable, and shared by every call on its version."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tollfree.flows.document import FlowHead, SlotConfig
from tollfree.flows.library import Library
from tollfree.flows.nodes.base import AnyNode
from tollfree.flows.prompt import Prompt
from tollfree.flows.slots.registry import AnySlotType
from tollfree.flows.wording import Wording
from tollfree.protocol.ids import FlowId, NodeId, SlotName
from tollfree.protocol.question import ChoiceSet
from tollfree.protocol.values import Values, ValueType


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a flow, ready to ask for and to read."""

    name: SlotName
    type: AnySlotType
    config: SlotConfig
    cues: tuple[str, ...]
    """Words that announce it in a longer utterance."""
    ask: Prompt
    again: Prompt
    internal: bool = False
    """A node's own reading of words, not a value the flow knows of."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A reaction that works at every node."""

    name: str
    built_in: bool
    go: NodeId | None = None
    say: Prompt = field(default_factory=Prompt)
    when_unclear: bool = False
    """Words that nothing understands are looked for in the knowledge, and answered by it."""


@dataclass(frozen=True, slots=True)
class Graph:
    """One flow, compiled."""

    id: FlowId
    head: FlowHead
    start: NodeId
    nodes: Mapping[NodeId, AnyNode]
    edges: Mapping[NodeId, Mapping[str, str]]
    """By node and exit: the node it leads to, or `resume`."""
    handlers: Mapping[str, Handler]
    slots: Mapping[SlotName, Slot]
    types: Mapping[str, ValueType]
    """The type of every variable: slots, declared ones, arguments, `project` and `call`."""
    initial: Values
    """Variables with a default."""
    wording: Wording
    choice_sets: tuple[ChoiceSet, ...] = ()
    """What the classifier of this flow is trained on."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow with everything it needs: what a version is compiled to."""

    main: Graph
    graphs: Mapping[FlowId, Graph]
    """The main flow and every flow it runs, by name."""
    library: Library

    def slots_heard(self, flow: FlowId) -> Mapping[SlotName, Slot]:
        """Slots a caller may speak of while a flow runs: its own, and those of the flows that may have run it."""
        around = (self.main, *self.graphs.values())
        outer = {name: slot for graph in reversed(around) for name, slot in graph.slots.items() if not slot.internal}
        return {**outer, **self.graphs[flow].slots}

    @property
    def choice_sets(self) -> tuple[ChoiceSet, ...]:
        """Those of all its flows."""
        return tuple(choice_set for graph in self.graphs.values() for choice_set in graph.choice_sets)
