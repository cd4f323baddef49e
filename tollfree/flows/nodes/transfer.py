"""The `transfer` kind: hands the caller to a person or queue, cold, or warm with a spoken summary."""

from dataclasses import dataclass
from typing import Literal

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, NodeConfig, Text
from tollfree.flows.nodes.base import STAY, UNNUMBERED, Leave, Look, Node, NodeEffect, NodeEvent, Reaction, Visit
from tollfree.flows.state import Local
from tollfree.flows.summing_up import summed_up
from tollfree.protocol.effects import Compose, Say, Transfer
from tollfree.protocol.events import Composed, EffectFailed, Transferred
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
    """What the person is told; a template. Without it a language model sums the call up, if there is one, else it is
    what the caller wanted and gave."""
    say: Lines = ""
    """What the caller hears first."""
    while_waiting: Text = ""
    """Said when nobody has answered after a second; in a longer wait the line `still_connecting` follows, again and
    again."""


@dataclass(frozen=True, slots=True)
class SummingUp(Local):
    """A summary is being composed."""


@dataclass(frozen=True, slots=True)
class HandingOver(Local):
    """The person is being called."""


class TransferNode(Node[TransferConfig]):
    """Waits until a person has the caller, or nobody does."""

    kind = "transfer"
    config_model = TransferConfig
    look = Look(
        title="Transfer",
        help="Hands the caller to a person or a queue.",
        icon="phone-forwarded",
        starter={"to": "staff", "say": "I'll connect you."},
    )
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
        if self.config.mode == "cold" or self.config.summary or visit.facts.models is None:
            return Reaction(effects=(*say, self._transfer(visit, self.summary.render(visit.values))))
        if not visit.facts.models:
            return Reaction(effects=(*say, self._transfer(visit, summed_up(visit.flow, visit.state))))
        compose = Compose(
            id=UNNUMBERED,
            purpose="summary",
            instructions="",
            history=visit.state.turns,
            values=dict(visit.told_models),
            route=visit.state.route,
            waiting=self.waiting.render(visit.values),
        )
        return Reaction(effects=(*say, compose), local=SummingUp())

    def _transfer(self, visit: Visit, summary: str) -> Transfer:
        return Transfer(
            id=UNNUMBERED,
            to=self.to.render(visit.values),
            mode=self.config.mode,
            summary=summary,
            waiting=self.waiting.render(visit.values),
        )

    def resume(self, visit: Visit) -> Reaction:
        return STAY

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        if visit.frame.local == SummingUp() and isinstance(event, Composed | EffectFailed):
            text = event.text if isinstance(event, Composed) else ""
            transfer = self._transfer(visit, text or summed_up(visit.flow, visit.state))
            return Reaction(effects=(transfer,), local=HandingOver())
        if isinstance(event, Transferred):
            exit = CONNECTED if event.connected else NOBODY
            return Reaction(then=Leave(exit=exit, decided_by="tool", world=event.connected))
        if isinstance(event, EffectFailed):
            return Reaction(then=Leave(exit=FAILED, decided_by="tool", evidence=f"{event.code}: {event.message}"))
        return STAY
