"""The `say` kind: speaks a line and goes on at once, so that the next node's line follows without a pause."""

from typing import Literal

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, NodeConfig
from tollfree.flows.nodes.base import UNNUMBERED, Leave, Look, Node, NodeEvent, Reaction, Visit
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import ExitName, NodeId

SAID = ExitName("said")


class SayConfig(NodeConfig):
    """Speaks a line."""

    kind: Literal["say"] = "say"
    say: Lines
    """What to say; of several lines, each visit takes the next."""
    interruptible: bool = True
    """False: the caller hears it to the end."""
    after: Literal["first_sentence"] | None = None
    """Only what follows the first sentence may be interrupted."""


class SayNode(Node[SayConfig]):
    """Says its line and leaves."""

    kind = "say"
    config_model = SayConfig
    look = Look(
        title="Say",
        help="Speaks a line, and goes on.",
        icon="message-circle",
        starter={"say": "Thanks for calling {{ project.name }}."},
    )
    closed_exits = (SAID,)
    silent_exits = frozenset({SAID})

    def __init__(self, node_id: NodeId, config: SayConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.line = build.prompt("say", config.say)

    def enter(self, visit: Visit) -> Reaction:
        said_before = sum(passed.node == self.id for passed in visit.state.scopes[visit.frame.scope].trail)
        text = self.line.render(visit.values, said_before)
        say = Say(id=UNNUMBERED, text=text, interruptible=self._interruptible(), fixed=self.line.fixed(said_before))
        return Reaction(effects=(say,), then=Leave(exit=SAID))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        return Reaction(then=Leave(exit=SAID))

    def _interruptible(self) -> Literal["always", "after_first_sentence", "never"]:
        if not self.config.interruptible:
            return "never"
        return "after_first_sentence" if self.config.after == "first_sentence" else "always"
