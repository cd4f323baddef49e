"""The `run` kind: runs another flow with arguments; its ends are this node's exits."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Name, NodeConfig
from tollfree.flows.nodes.base import STAY, FlowEnded, Leave, Look, Node, NodeEvent, Reaction, Run, Visit
from tollfree.flows.nodes.lookup import reads_of, rendered
from tollfree.protocol.ids import FlowId, NodeId
from tollfree.protocol.values import Value, ValueType


class RunConfig(NodeConfig):
    """Runs another flow."""

    kind: Literal["run"] = "run"
    flow: Name
    """The flow to run."""
    with_: dict[str, Value] = Field(default_factory=dict, alias="with")
    """Its arguments; text is a template."""
    save: dict[Name, Name] = Field(default_factory=dict)
    """Variables to take over when it ends: ours → its."""


class RunNode(Node[RunConfig]):
    """Waits for the other flow to end."""

    kind = "run"
    config_model = RunConfig
    look = Look(
        title="Run a flow",
        help="Runs another flow of the project; the ends of that flow are its exits.",
        icon="workflow",
        starter={"flow": ""},
        exits_from="flow",
    )

    def __init__(self, node_id: NodeId, config: RunConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.arguments = build.values("with", config.with_)

    @classmethod
    def exits_of(cls, config: NodeConfig) -> tuple[str, ...]:
        """As the author wired them; `checks` holds them against the other flow's ends."""
        return tuple(config.exits)

    @property
    def depends_on(self) -> frozenset[str]:
        return reads_of(self.arguments)

    def sets(self) -> Mapping[str, Mapping[str, ValueType]]:
        return {exit: dict.fromkeys(self.config.save, ValueType.ANY) for exit in self.config.exits}

    def enter(self, visit: Visit) -> Reaction:
        return Reaction(then=Run(flow=FlowId(self.config.flow), values=rendered(self.arguments, visit.values)))

    def resume(self, visit: Visit) -> Reaction:
        return STAY

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        if not isinstance(event, FlowEnded):
            return STAY
        sets = {ours: event.values.get(theirs) for ours, theirs in self.config.save.items()}
        return Reaction(sets=sets, then=Leave(exit=event.end, world=event.world))
