"""The `end` kind: says goodbye, records an outcome and hangs up; in a flow run by another, goes back to it."""

from typing import Literal

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, Name, NodeConfig
from tollfree.flows.nodes.base import UNNUMBERED, End, Look, Node, NodeEvent, Reaction, Visit
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import NodeId


class EndConfig(NodeConfig):
    """Ends the call, or this flow."""

    kind: Literal["end"] = "end"
    say: Lines = ""
    """The goodbye."""
    outcome: Name | None = None
    """How the call ended, for lists and figures; by default, the node's name. In a flow run by another, the exit."""


class EndNode(Node[EndConfig]):
    """Says its line and ends."""

    kind = "end"
    config_model = EndConfig
    look = Look(
        title="End",
        help="Says goodbye, notes how the call went, and hangs up.",
        icon="phone-off",
        starter={"say": "Thank you. Goodbye."},
    )

    def __init__(self, node_id: NodeId, config: EndConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.line = build.prompt("say", config.say)

    @property
    def outcome(self) -> str:
        """How the call ends here."""
        return self.config.outcome or self.id

    def enter(self, visit: Visit) -> Reaction:
        text = self.line.render(visit.values)
        effects = (Say(id=UNNUMBERED, text=text, fixed=self.line.fixed()),) if text else ()
        return Reaction(effects=effects, then=End(outcome=self.outcome))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        return Reaction(then=End(outcome=self.outcome))
