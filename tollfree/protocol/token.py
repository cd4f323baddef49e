"""The exit token: the record every visit to a node leaves, and the only thing that moves a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tollfree.protocol.ids import ExitName, FlowId, NodeId
from tollfree.protocol.values import Value

LEFT = ExitName("left")
"""The visit was closed from outside: the call ended, the caller started over, or a correction went back."""
ENDED = ExitName("ended")
"""The exit of an `end` node, which has none to wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitToken:
    """What came of one visit to a node."""

    flow: FlowId
    node: NodeId
    exit: ExitName
    """One of the node's exits, or LEFT, or (for an `end` node) ENDED."""
    slots: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """What this visit set: slots, and the variable a look-up saved."""
    confidence: float = 1.0
    decided_by: str = "engine"
    """`rules`, `classifier`, `model:<route>`, `keypad`, `supervisor`, `tool`, `engine`."""
    evidence: str = ""
    at: str = ""
    """When, ISO 8601: the time of the event that ended the visit."""

    @property
    def step(self) -> str:
        """`node.exit`, as paths list it."""
        return f"{self.node}.{self.exit}"
