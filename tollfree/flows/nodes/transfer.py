"""The `transfer` kind: hands the caller to a person or queue, cold, or warm with a spoken summary."""

from typing import Literal

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, NodeConfig, Text
from tollfree.flows.nodes.base import STAY, UNNUMBERED, Leave, Node, NodeEffect, NodeEvent, Reaction, Visit
from tollfree.protocol.effects import Say, Transfer
from tollfree.protocol.events import EffectFailed, Transferred
from tollfree.protocol.ids import ExitName, NodeId

CONNECTED, NOBODY, FAILED = ExitName("connected"), ExitName("nobody"), ExitName("failed")


class TransferConfig(NodeConfig):
    """Hands the caller to a person."""

    kind: Literal["transfer"] = "transfer"
    to: Text
    """A queue of the project, or a number in E.164; a template."""
    mode: Literal["cold", "warm"] = "cold"
    """Warm: the person is told the summary before the caller is joined."""
    summary: Text = ""
    """What the person is told; a template."""
    say: Lines = ""
    """What the caller hears first."""
    while_waiting: Text = ""
    """Said when nobody has answered after a second; in a longer wait the line `still_connecting` follows, again and
    again."""


class TransferNode(Node[TransferConfig]):
    """Waits until a person has the caller, or nobody does."""

    kind = "transfer"
    config_model = TransferConfig
    closed_exits = (CONNECTED, NOBODY, FAILED)
    silent_exits = frozenset({CONNECTED, NOBODY, FAILED})

    def __init__(self, node_id: NodeId, config: TransferConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.to = build.template("to", config.to)
        self.summary = build.template("summary", config.summary)
        self.line = build.prompt("say", config.say)
        self.waiting = build.template("while_waiting", config.while_waiting)

    def enter(self, visit: Visit) -> Reaction:
        text = self.line.render(visit.values)
        say: tuple[NodeEffect, ...] = (Say(id=UNNUMBERED, text=text, fixed=self.line.fixed()),) if text else ()
        transfer = Transfer(
            id=UNNUMBERED,
            to=self.to.render(visit.values),
            mode=self.config.mode,
            summary=self.summary.render(visit.values),
            waiting=self.waiting.render(visit.values),
        )
        return Reaction(effects=(*say, transfer))

    def resume(self, visit: Visit) -> Reaction:
        return STAY

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        if isinstance(event, Transferred):
            exit = CONNECTED if event.connected else NOBODY
            return Reaction(then=Leave(exit=exit, decided_by="tool", world=event.connected))
        if isinstance(event, EffectFailed):
            return Reaction(then=Leave(exit=FAILED, decided_by="tool", evidence=f"{event.code}: {event.message}"))
        return STAY
