"""What a project offers its flows: tools, catalogues, facts about itself. A version pins it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tollfree.flows.catalogue import Catalogue
from tollfree.protocol.values import Values, ValueType


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolInfo:
    """What a flow needs to know of a tool; how it is called is the session's business."""

    name: str
    world: bool = True
    """It may change something outside."""
    required: tuple[str, ...] = ()
    """Arguments it cannot do without."""
    arguments: tuple[str, ...] = ()
    """All arguments it knows."""
    result: ValueType = ValueType.ANY
    """The type of what it answers, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Everything outside a flow that the flow may name."""

    project: Values = field(default_factory=dict[str, None])
    """Facts for templates: `project.name`, `project.currency`, and whatever the owner adds."""
    tools: Mapping[str, ToolInfo] = field(default_factory=dict[str, ToolInfo])
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict[str, Catalogue])
