"""A caller changes an earlier answer: what has to be done again, and what may stay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tollfree.flows.graph import Graph
from tollfree.flows.state import Frame, Passed, Scope
from tollfree.protocol.ids import NodeId
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True)
class Correction:
    """What a new value for a slot means for the call."""

    scope: Scope
    """The variables after it: the new value in, whatever depended on the old one out."""
    back_to: NodeId | None = None
    """The first node whose result depended on the old value; None: the caller stays where they are."""
    frame: int = 0
    """Place in `CallState.frames` of the frame that goes back; those above it are closed."""


def correct(
    graph: Graph, scope: Scope, slot: str, value: Value, under_way: Sequence[tuple[int, Frame]] = ()
) -> Correction | None:
    """Put a new value in place of an old one. None: something was done outside with the old value already.

    `under_way` are the scope's frames, by their places, that wait for a result. Answers the caller gave since then
    are kept, so that going back asks nothing twice. Digressions that are over are not gone back to; only what they
    found is forgotten.
    """
    given = max((place for place, passed in enumerate(scope.trail) if slot in passed.sets), default=-1)
    later = [(place, passed) for place, passed in enumerate(scope.trail) if place > given]
    stale = [(place, passed) for place, passed in later if slot in graph.nodes[passed.node].depends_on]
    first = next(((place, passed) for place, passed in stale if passed.frame is not None), None)
    redone = scope.trail[first[0] :] if first is not None else ()
    if any(passed.world for passed in (*redone, *(passed for _, passed in stale))):
        return None
    if any(graph.nodes[frame.node].world for _, frame in under_way):
        return None
    scope = _without(graph, scope, (*redone, *(passed for _, passed in stale)))
    scope = replace(scope, values={**scope.values, slot: value})
    if first is not None:
        place, passed = first
        return Correction(replace(scope, trail=scope.trail[:place]), passed.node, passed.frame or 0)
    for place, frame in under_way:
        if slot in graph.nodes[frame.node].depends_on:
            return Correction(scope, frame.node, place)
    return Correction(scope)


def _without(graph: Graph, scope: Scope, redone: Iterable[Passed]) -> Scope:
    """The variables without what those visits found; slots stay, for the caller gave them."""
    stale = {name for passed in redone for name in passed.sets if name not in graph.slots}
    values = {name: kept for name, kept in scope.values.items() if name not in stale}
    for name in stale:
        if name in graph.initial:
            values[name] = graph.initial[name]
    return replace(scope, values=values)
