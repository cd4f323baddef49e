"""The `intent` kind: which of these does the caller want."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Example, Lines, Name, NodeConfig, Part
from tollfree.flows.nodes.base import (
    DEFAULT_ROUTE,
    STAY,
    UNNUMBERED,
    Heard,
    Leave,
    Look,
    Node,
    NodeEvent,
    NodeQuestion,
    Reaction,
    Visit,
)
from tollfree.flows.state import Local
from tollfree.flows.wording import Line
from tollfree.protocol.effects import Say
from tollfree.protocol.events import CallerSilent, KeyPressed
from tollfree.protocol.expectation import Expectation, Keypad
from tollfree.protocol.ids import ExitName, NodeId
from tollfree.protocol.question import Option
from tollfree.protocol.values import ValueType

UNCLEAR, SILENT = ExitName("unclear"), ExitName("silent")


class IntentOption(Part):
    """One thing the caller may want."""

    examples: tuple[Example, ...] = ()
    """How callers say it, as whole utterances. Ten or more make it dependable."""
    phrases: tuple[Example, ...] = ()
    """Words that mean it whenever they are the whole utterance ("billing")."""
    route: str | None = None
    """The language-model route, or chain of routes, to use when this is what the caller wants; the agent's own table
    of routes wins over it."""
    key: str = Field(default="", pattern=r"^[0-9*]?$")
    """The key of the phone that chooses it."""


class IntentConfig(NodeConfig):
    """Finds out what the caller wants."""

    kind: Literal["intent"] = "intent"
    ask: Lines
    """The question."""
    again: Lines = ""
    """How to ask after words that fitted nothing; by default, an apology and then `ask`."""
    intents: dict[Name, IntentOption] = Field(min_length=1)
    """What it may be. Each is an exit."""
    save: Name | None = None
    """The variable that takes the intent's name, for a branch later on."""
    attempts: int = Field(default=3, ge=1, le=10)
    """After this many answers that fit nothing, the exit is `unclear`."""
    silences: int = Field(default=2, ge=1, le=10)
    """After this many silences, the exit is `silent`."""
    route: str | None = None
    """The language-model route that is asked when rules and classifier are unsure."""


@dataclass(frozen=True, slots=True)
class Choosing(Local):
    """How often the caller was not understood, or silent."""

    attempts: int = 0
    silences: int = 0


class IntentNode(Node[IntentConfig]):
    """Asks until an intent is chosen or patience ends."""

    kind = "intent"
    config_model = IntentConfig
    look = Look(
        title="Intent",
        help="Finds out which of several things the caller wants.",
        icon="split",
        starter={"ask": "How can I help?", "intents": {"order": {"examples": ["I'd like to order"]}}},
        exits_from="intents",
    )
    closed_exits = (UNCLEAR, SILENT)
    silent_exits = frozenset({SILENT})
    listens = True

    def __init__(self, node_id: NodeId, config: IntentConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.ask = build.prompt("ask", config.ask)
        self.again = build.prompt("again", config.again)
        self.keys: Mapping[str, str] = {option.key: name for name, option in config.intents.items() if option.key}
        self.asked = NodeQuestion(choices=tuple(config.intents), route=config.route)
        self.awaits = Expectation(keypad=Keypad(max_length=1) if self.keys else None)

    @classmethod
    def exits_of(cls, config: NodeConfig) -> tuple[str, ...]:
        assert isinstance(config, IntentConfig)
        return (*config.intents, UNCLEAR, SILENT)

    @property
    def options(self) -> tuple[Option, ...]:
        """What the classifier learns for this node."""
        return tuple(Option(name, option.examples, option.phrases) for name, option in self.config.intents.items())

    def sets(self) -> Mapping[str, Mapping[str, ValueType]]:
        if self.config.save is None:
            return {}
        return {name: {self.config.save: ValueType.TEXT} for name in self.config.intents}

    def enter(self, visit: Visit) -> Reaction:
        return Reaction(effects=(self._say(visit),), local=Choosing())

    def resume(self, visit: Visit) -> Reaction:
        return Reaction(effects=(self._say(visit),))

    def question(self, visit: Visit) -> NodeQuestion:
        return self.asked

    def expectation(self, visit: Visit) -> Expectation:
        return self.awaits

    def takes_keys(self, visit: Visit, keys: str) -> bool:
        return keys in self.keys

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        local = visit.frame.local
        assert isinstance(local, Choosing)
        match event:
            case Heard(answer=answer) if answer.choice in self.config.intents:
                return self._chosen(visit, answer.choice, answer.confidence, answer.decided_by, answer.evidence)
            case KeyPressed(keys=keys) if keys.rstrip("#") in self.keys:
                return self._chosen(visit, self.keys[keys.rstrip("#")], 1.0, "keypad", f"key {keys}")
            case Heard() | KeyPressed():
                return self._not_understood(visit, local)
            case CallerSilent():
                return self._silent(visit, local)
            case _:
                return STAY

    def _chosen(self, visit: Visit, intent: str, confidence: float, decided_by: str, evidence: str) -> Reaction:
        leave = Leave(exit=ExitName(intent), confidence=confidence, decided_by=decided_by, evidence=evidence)
        sets = {self.config.save: intent} if self.config.save is not None else {}
        return Reaction(sets=sets, then=leave, route=self._route(visit, intent))

    def _route(self, visit: Visit, intent: str) -> str | None:
        """The agent's table wins over the author. An intent without a route of its own leaves the one before it."""
        route = visit.facts.routes.get(intent) or self.config.intents[intent].route
        return DEFAULT_ROUTE if route is None and visit.facts.models is not None else route

    def _not_understood(self, visit: Visit, local: Choosing) -> Reaction:
        attempts = local.attempts + 1
        if attempts >= self.config.attempts:
            return Reaction(then=Leave(exit=UNCLEAR, confidence=0.0, evidence=f"not understood {attempts} times"))
        if self.again:
            say = Say(
                id=UNNUMBERED, text=self.again.render(visit.values, attempts - 1), fixed=self.again.fixed(attempts - 1)
            )
        else:
            sorry = visit.graph.wording.say(Line.DID_NOT_UNDERSTAND, visit.values, attempts - 1)
            say = Say(id=UNNUMBERED, text=f"{sorry} {self.ask.render(visit.values, attempts)}")
        return Reaction(effects=(say,), local=Choosing(attempts, local.silences))

    def _silent(self, visit: Visit, local: Choosing) -> Reaction:
        silences = local.silences + 1
        if silences >= self.config.silences:
            return Reaction(then=Leave(exit=SILENT, evidence=f"silent {silences} times"))
        still = visit.graph.wording.say(Line.DID_NOT_HEAR, visit.values, silences - 1)
        say = Say(id=UNNUMBERED, text=f"{still} {self.ask.render(visit.values, silences)}")
        return Reaction(effects=(say,), local=Choosing(local.attempts, silences))

    def _say(self, visit: Visit) -> Say:
        return Say(id=UNNUMBERED, text=self.ask.render(visit.values), fixed=self.ask.fixed())
