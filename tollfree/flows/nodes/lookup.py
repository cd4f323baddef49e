"""The `lookup` kind: calls a tool of the project and keeps what it found."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Name, NodeConfig, Text
from tollfree.flows.library import ToolInfo
from tollfree.flows.nearest import did_you_mean
from tollfree.flows.nodes.base import STAY, UNNUMBERED, Leave, Look, Node, NodeEvent, Reaction, Visit
from tollfree.flows.wording import Template
from tollfree.protocol.effects import Lookup
from tollfree.protocol.events import EffectFailed, LookedUp
from tollfree.protocol.ids import ExitName, NodeId
from tollfree.protocol.values import Value, Values, ValueType

FOUND, MISSING, FAILED = ExitName("found"), ExitName("missing"), ExitName("failed")


class LookupConfig(NodeConfig):
    """Calls a tool."""

    kind: Literal["lookup"] = "lookup"
    tool: str
    """One of the project's tools."""
    with_: dict[str, Value] = Field(default_factory=dict, alias="with")
    """Its arguments; text is a template."""
    save: Name | None = None
    """The variable that takes the result."""
    while_waiting: Text = ""
    """Said once when the tool takes longer than a second."""


class LookupNode(Node[LookupConfig]):
    """Waits for the tool's answer, and nothing else moves it."""

    kind = "lookup"
    config_model = LookupConfig
    look = Look(
        title="Look up",
        help="Calls one of the project's tools, and keeps what it answers.",
        icon="database",
        starter={"tool": ""},
    )
    closed_exits = (FOUND, MISSING, FAILED)
    silent_exits = frozenset({FOUND, MISSING, FAILED})

    def __init__(self, node_id: NodeId, config: LookupConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        info = check_tool(config.tool, config.with_, build)
        self.world = info.world if info is not None else True
        self.result = info.result if info is not None else ValueType.ANY
        self.arguments = build.values("with", config.with_)
        self.waiting = build.template("while_waiting", config.while_waiting)

    @property
    def depends_on(self) -> frozenset[str]:
        return reads_of(self.arguments)

    def sets(self) -> Mapping[str, Mapping[str, ValueType]]:
        return {FOUND: {self.config.save: self.result}} if self.config.save else {}

    def enter(self, visit: Visit) -> Reaction:
        effect = Lookup(
            id=UNNUMBERED,
            tool=self.config.tool,
            arguments=rendered(self.arguments, visit.values),
            waiting=self.waiting.render(visit.values),
            world=self.world,
        )
        return Reaction(effects=(effect,))

    def resume(self, visit: Visit) -> Reaction:
        return STAY

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        if isinstance(event, LookedUp):
            if not event.found:
                return Reaction(then=Leave(exit=MISSING, decided_by="tool", world=self.world))
            sets = {self.config.save: event.result} if self.config.save else {}
            return Reaction(sets=sets, then=Leave(exit=FOUND, decided_by="tool", world=self.world))
        if isinstance(event, EffectFailed):
            evidence = f"{event.code}: {event.message}"
            return Reaction(then=Leave(exit=FAILED, decided_by="tool", evidence=evidence, world=self.world))
        return STAY


def check_tool(name: str, given: Mapping[str, Value], build: Build) -> ToolInfo | None:
    """What is known of a tool; what is wrong with how it is called is noted."""
    info = build.library.tools.get(name)
    if info is None:
        near = did_you_mean(name, build.library.tools)
        message = f"The project has no tool `{name}`; add it to its tools, or correct the name.{near}"
        build.fault("unknown_tool", message)
        return None
    for argument in info.required:
        if argument not in given:
            build.fault("missing_argument", f"The tool `{name}` needs `{argument}`; give it under `with`.")
    for argument in given:
        if argument not in info.arguments:
            known = (
                did_you_mean(argument, info.arguments) or f" Its arguments are {', '.join(info.arguments) or 'none'}."
            )
            build.fault("unknown_argument", f"The tool `{name}` knows no argument `{argument}`.{known}")
    return info


def rendered(arguments: Mapping[str, Template | Value], values: Values) -> dict[str, Value]:
    """Arguments with their templates filled in."""
    return {
        name: source.render_value(values) if isinstance(source, Template) else source
        for name, source in arguments.items()
    }


def reads_of(arguments: Mapping[str, Template | Value]) -> frozenset[str]:
    """Variables the arguments depend on."""
    return frozenset[str]().union(*(source.reads for source in arguments.values() if isinstance(source, Template)))
