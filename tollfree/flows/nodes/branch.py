"""The `branch` kind: takes the exit of the first expression that is true."""

from typing import Literal

from pydantic import Field

from tollfree.flows.build import Build
from tollfree.flows.document import Name, NodeConfig, Part
from tollfree.flows.nodes.base import Leave, Node, NodeEvent, Reaction, Visit
from tollfree.protocol.ids import ExitName, NodeId
from tollfree.protocol.values import ValueType

OTHERWISE = ExitName("otherwise")


class BranchCase(Part):
    """One condition and the exit it takes."""

    if_: str = Field(alias="if", max_length=1000)
    """An expression, such as `order.total > 20`."""
    exit: Name
    """The exit taken when it is true."""


class BranchConfig(NodeConfig):
    """Chooses by what is known."""

    kind: Literal["branch"] = "branch"
    when: tuple[BranchCase, ...] = Field(min_length=1)
    """Conditions in order; the first that is true decides."""


class BranchNode(Node[BranchConfig]):
    """Decides at once."""

    kind = "branch"
    config_model = BranchConfig
    closed_exits = (OTHERWISE,)

    def __init__(self, node_id: NodeId, config: BranchConfig, build: Build) -> None:
        super().__init__(node_id, config, build)
        self.cases = tuple(
            (build.expression(f"when[{place}].if", case.if_, ValueType.BOOLEAN), case)
            for place, case in enumerate(config.when)
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
