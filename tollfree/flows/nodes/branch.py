"""The `branch` kind: takes the exit of the first expression that is true."""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from tollfree.flows.build import Build
from tollfree.flows.document import Name, NodeConfig, Part
from tollfree.flows.nodes.base import Leave, Look, Node, NodeEvent, Reaction, Visit
from tollfree.protocol.ids import ExitName, NodeId
from tollfree.protocol.values import ValueType

OTHERWISE = ExitName("otherwise")


class BranchCase(Part):
    """One condition and the exit it takes."""

    if_: str = Field(alias="if", max_length=1000)
    """An expression, such as `order.total > 20`."""
    exit: Name
    """The exit taken when it is true."""


def _cases(written: object) -> object:
    """`exit: expression` pairs, in the order they are written, say the same as a list."""
    if not isinstance(written, Mapping):
        return written
    pairs = cast(Mapping[object, object], written)
    return [{"exit": exit, "if": expression} for exit, expression in pairs.items()]


class BranchConfig(NodeConfig):
    """Chooses by what is known."""

    kind: Literal["branch"] = "branch"
    when: Annotated[
        tuple[BranchCase, ...],
        BeforeValidator(_cases, json_schema_input_type=tuple[BranchCase, ...] | dict[Name, str]),
        Field(min_length=1),
    ]
    """Conditions in order; the first that is true decides. `exit: expression` pairs, or a list of `exit` and `if`."""


class BranchNode(Node[BranchConfig]):
    """Decides at once."""

    kind = "branch"
    config_model = BranchConfig
    look = Look(
        title="Branch",
        help="Takes the exit of the first condition that is true.",
        icon="git-branch",
        starter={"when": {"yes": "true"}},
        exits_from="when",
    )
    closed_exits = (OTHERWISE,)

    def __init__(self, node_id: NodeId, config: BranchConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.cases = tuple(
            (build.expression(f"when.{case.exit}", case.if_, ValueType.BOOLEAN), case) for case in config.when
        )

    @classmethod
    def exits_of(cls, config: NodeConfig) -> tuple[str, ...]:
        assert isinstance(config, BranchConfig)
        return tuple(dict.fromkeys([*(case.exit for case in config.when), OTHERWISE]))

    @classmethod
    def silent_exits_of(cls, config: NodeConfig) -> frozenset[str]:
        return frozenset(cls.exits_of(config))

    @property
    def depends_on(self) -> frozenset[str]:
        return frozenset[str]().union(*(expression.reads for expression, _ in self.cases))

    def enter(self, visit: Visit) -> Reaction:
        for expression, case in self.cases:
            if expression.evaluate(visit.values):
                return Reaction(then=Leave(exit=ExitName(case.exit), decided_by="rules", evidence=case.if_))
        return Reaction(then=Leave(exit=OTHERWISE, decided_by="rules", evidence="no condition was true"))

    def react(self, visit: Visit, event: NodeEvent) -> Reaction:
        return self.enter(visit)
