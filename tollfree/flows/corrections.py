"""A caller changes an earlier answer: what has to be done again, and what may stay."""

from dataclasses import dataclass, replace

from tollfree.flows.graph import Graph
from tollfree.flows.state import Scope
from tollfree.protocol.ids import NodeId
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True)
class Correction:
    """What a new value for a slot means for the call."""

    scope: Scope
    """The variables after it: the new value in, whatever depended on the old one out."""
    back_to: NodeId | None
    """The first node whose result depended on the old value; None: the caller stays where they are."""


def correct(graph: Graph, scope: Scope, slot: str, value: Value) -> Correction | None:
    """Put a new value in place of an old one. None: something was done outside with the old value already.

    Answers the caller gave since then are kept, so that going back asks nothing twice.
    """
    given = max((place for place, passed in enumerate(scope.trail) if slot in passed.sets), default=-1)
    first = next((place for place in range(given + 1, len(scope.trail)) if _depends(graph, scope, place, slot)), None)
    if first is None:
        return Correction(replace(scope, values={**scope.values, slot: value}), None)
    redone = scope.trail[first:]
    if any(passed.world for passed in redone):
        return None
    stale = {name for passed in redone for name in passed.sets if name not in graph.slots}
    values = {name: kept for name, kept in scope.values.items() if name not in stale}
    for name in stale:
        if name in graph.initial:
            values[name] = graph.initial[name]
    values[slot] = value
    return Correction(replace(scope, values=values, trail=scope.trail[:first]), redone[0].node)


def _depends(graph: Graph, scope: Scope, place: int, slot: str) -> bool:
    return slot in graph.nodes[scope.trail[place].node].depends_on
