"""The `talk` kind: a language model pursues a written goal; it ends only by choosing one of the author's exits."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Lines, Name, NodeConfig, Text
from tollfree.flows.nodes.base import STAY, UNNUMBERED, Heard, Leave, Node, NodeEffect, NodeEvent, Reaction, Visit
from tollfree.flows.state import Local
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Compose, Say
from tollfree.protocol.events import CallerSilent, Composed, EffectFailed
from tollfree.protocol.ids import ExitName, NodeId

GAVE_UP, FAILED, SILENT = (ExitName(name) for name in ("gave_up", "failed", "silent"))


class TalkConfig(NodeConfig):
    """A free conversation with a goal."""

    kind: Literal["talk"] = "talk"
    goal: Text
    """What the conversation is for, and its rules; a template."""
    opening: Lines = ""
    """The first line; without it the model begins."""
    outcomes: dict[Name, str] = Field(min_length=1)
    """How it may end: an exit, and when the model should take it."""
    turns: int = Field(default=12, ge=1, le=100)
    """After this many turns of the caller, the exit is `gave_up`."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences in a row, the exit is `silent`."""
    route: str | None = None
    """The language-model route; by default that of the intent the caller is served for."""
    while_waiting: Text = ""
    """Said once when the model takes longer than a second."""


@dataclass(frozen=True, slots=True)
class Talking(Local):
    """How long the conversation has lasted."""

    turns: int = 0
    silences: int = 0


class TalkNode(Node[TalkConfig]):
    """Turn by turn: the caller's words, composed words, until an exit is chosen."""

    kind = "talk"
    config_model = TalkConfig
    closed_exits = (GAVE_UP, FAILED, SILENT)
    silent_exits = frozenset({FAILED, SILENT})
    listens = True
    takes_any_words = True

    def __init__(self, node_id: NodeId, config: TalkConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.goal = build.template("goal", config.goal)
        self.opening = build.prompt("opening", config.opening)
        self.waiting = build.template("while_waiting", config.while_waiting)

    @classmethod
    def exits_of(cls, config: NodeConfig) -> tuple[str, ...]:
        assert isinstance(config, TalkConfig)
        return (*config.outcomes, GAVE_UP, FAILED, SILENT)

    @classmethod
    def silent_exits_of(cls, config: NodeConfig) -> frozenset[str]:
        """The model may choose an exit before the caller speaks, unless there is an opening to answer."""
        assert isinstance(config, TalkConfig)
        return cls.silent_exits if config.opening else cls.silent_exits | frozenset(config.outcomes)

    def enter(self, visit: Visit) -> Reaction:
        if self.opening:
            say = Say(id=UNNUMBERED, text=self.opening.render(visit.values), fixed=self.opening.fixed())
            return Reaction(effects=(say,), local=Talking())
        return Reaction(effects=(self._compose(visit, visit.state.last_said),), local=Talking())

    def resume(self, visit: Visit) -> Reaction:
        return Reaction(effects=(self._compose(visit, ""),))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = visit.frame.local
        assert isinstance(local, Talking)
        match event:
            case Heard(said=said):
                local = replace(local, turns=local.turns + 1, silences=0)
                if local.turns > self.config.turns:
                    return Reaction(local=local, then=Leave(exit=GAVE_UP, evidence=f"{self.config.turns} turns"))
                return Reaction(effects=(self._compose(visit, said.text),), local=local)
            case Composed():
                return self._composed(event)
            case EffectFailed(code=code, message=message):
                return Reaction(then=Leave(exit=FAILED, evidence=f"{code}: {message}"))
            case CallerSilent():
                return self._silent(visit, local)
            case _:
                return STAY

    def _compose(self, visit: Visit, said: str) -> Compose:
        return Compose(
            id=UNNUMBERED,
            purpose="talk",
            instructions=self.goal.render(visit.values),
            said=said,
            exits=tuple(self.config.outcomes),
            route=self.config.route or visit.state.route,
            waiting=self.waiting.render(visit.values),
        )

    def _composed(self, event: Composed) -> Reaction:
        effects: tuple[NodeEffect, ...] = (Say(id=UNNUMBERED, text=event.text),) if event.text else ()
        if event.exit in self.config.outcomes:
            leave = Leave(exit=ExitName(event.exit), decided_by=event.decided_by, evidence="chosen by the model")
            return Reaction(effects=effects, then=leave)
        if not effects:
            return Reaction(then=Leave(exit=FAILED, evidence="nothing was composed"))
        return Reaction(effects=effects)

    def _silent(self, visit: Visit, local: Talking) -> Reaction:
        local = replace(local, silences=local.silences + 1)
        if local.silences >= self.config.silences:
            return Reaction(local=local, then=Leave(exit=SILENT, evidence=f"silent {local.silences} times"))
        line = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, local.silences - 1)
        return Reaction(effects=(Say(id=UNNUMBERED, text=line),), local=local)
