"""A flow half-way: every node that could be compiled, every edge as written. What the checks look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tollfree.flows.build import Reads
from tollfree.flows.document import FlowHead, VariableConfig
from tollfree.flows.graph import Handler, Slot
from tollfree.flows.nodes.base import AnyNode
from tollfree.flows.wording import Wording
from tollfree.protocol.ids import NodeId, SlotName
from tollfree.protocol.values import Values, ValueType


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One flow, compiled as far as it goes."""

    head: FlowHead
    nodes: Mapping[NodeId, AnyNode]
    """Nodes that are whole."""
    broken: frozenset[NodeId]
    """Nodes that are not, and whose faults are known already."""
    faulty_sets: Mapping[NodeId, frozenset[str]] = field(default_factory=dict[NodeId, frozenset[str]])
    """Variables that a faulty node would set once mended: they are not reported as missing besides."""
    edges: Mapping[NodeId, Mapping[str, str]]
    """Exits as wired, of broken nodes too where they can be read."""
    handlers: Mapping[str, Handler]
    wording: Wording
    slots: Mapping[SlotName, Slot]
    reads: tuple[Reads, ...]
    """Every place that reads a variable."""
    project: Values
    """Facts of the project that templates may read; empty when it is checked without one."""
    part: bool
    """It is run by other flows, whose handlers work in it too."""
    transferring: frozenset[str] = frozenset()
    """The project's flows that lead to a person: a node that runs one is a way to a person."""
    flows: frozenset[str] = frozenset()
    """All the project's flows."""

    @property
    def ids(self) -> tuple[NodeId, ...]:
        """All nodes, in the document's order."""
        return tuple(self.edges)

    @property
    def roots(self) -> tuple[NodeId, ...]:
        """Where the caller may come in: the start, and the nodes of handlers."""
        wanted = [self.head.start, *(handler.go for handler in self.handlers.values() if handler.go is not None)]
        return tuple(dict.fromkeys(NodeId(node) for node in wanted if node in self.edges))

    def targets(self, node: NodeId) -> Iterator[tuple[str, NodeId]]:
        """Exits of a node that lead to another that exists."""
        for exit, target in self.edges.get(node, {}).items():
            if target in self.edges:
                yield exit, NodeId(target)

    @property
    def given(self) -> Values:
        """Variables that have a value from the beginning."""
        configs = self.head.variables.items()
        return {name: c.default for name, c in configs if isinstance(c, VariableConfig) and c.default is not None}

    @property
    def settable(self) -> frozenset[str]:
        """Variables that have a value on some path: given, asked for, or set by a node."""
        by_nodes = {name for node in self.nodes.values() for sets in node.sets().values() for name in sets}
        slots = {name for name, slot in self.slots.items() if not slot.internal}
        faulty = {name for names in self.faulty_sets.values() for name in names}
        return frozenset({*self.given, *self.head.arguments, *by_nodes, *slots, *faulty})

    @property
    def types(self) -> dict[str, ValueType]:
        """The type of every variable, as far as it is known: declared types win."""
        types: dict[str, ValueType] = {"project": ValueType.RECORD, "call": ValueType.RECORD}
        types["call.date"], types["call.time"] = ValueType.DATE, ValueType.TIME
        for node in self.nodes.values():
            for sets in node.sets().values():
                types.update(sets)
        types.update({name: slot.type.value_type for name, slot in self.slots.items() if not slot.internal})
        types.update(self.head.arguments)
        for name, config in self.head.variables.items():
            types[name] = config.type if isinstance(config, VariableConfig) else config
        return types
