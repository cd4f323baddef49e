"""A caller changes an earlier answer: what has to be done again, and what may stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tollfree.flows.graph import Graph
from tollfree.flows.state import Frame, Passed, Scope
from tollfree.protocol.ids import NodeId, SlotName
from tollfree.protocol.values import Value, Values


@dataclass(frozen=True, slots=True)
class Correction:
    """What a new value for a slot means for the call."""

    scope: Scope
    """The variables after it: the new value in, whatever depended on the old one out."""
    back_to: NodeId | None = None
    """The first node whose result depended on the old value; None: the caller stays where they are."""
    frame: int = 0
    """Place in `CallState.frames` of the frame that goes back; those above it are closed."""


def correct(graph: Graph, scope: Scope, new: Values, under_way: Sequence[tuple[int, Frame]] = ()) -> Correction | None:
    """Put new values in place of old ones. None: something was done outside with an old value already.

    `under_way` are the scope's frames, by their places, that wait for a result. Answers the caller gave since then
    are kept, so that going back asks nothing twice; but a yes to what has changed is forgotten. Digressions that are
    over are not gone back to; only what they found is forgotten.
    """
    if any(graph.nodes[frame.node].world for _, frame in under_way):
        return None
    back: Correction | None = None
    for slot, value in new.items():
        correction = _correct_one(graph, scope, slot, value)
        if correction is None:
            return None
        scope = correction.scope
        # What is gone back to leaves the trail, so that a later correction can only lead further back.
        back = correction if correction.back_to is not None else back
    if back is not None:
        return replace(back, scope=scope)
    for place, frame in under_way:
        if not graph.nodes[frame.node].depends_on.isdisjoint(new):
            return Correction(scope, frame.node, place)
    return Correction(scope)


def _correct_one(graph: Graph, scope: Scope, slot: str, value: Value) -> Correction | None:
    given = max((place for place, passed in enumerate(scope.trail) if slot in passed.sets), default=-1)
    later = [(place, passed) for place, passed in enumerate(scope.trail) if place > given]
    stale = [(place, passed) for place, passed in later if slot in graph.nodes[passed.node].depends_on]
    first = next(((place, passed) for place, passed in stale if passed.frame is not None), None)
    kept = scope.trail[: first[0]] if first is not None else scope.trail
    aside = [passed for place, passed in stale if place < len(kept)]
    redone = [*scope.trail[len(kept) :], *aside]
    if any(passed.world for passed in redone):
        return None
    lasting = [passed for passed in kept if passed not in aside]
    values = {**_without(graph, scope.values, lasting, redone, slot), slot: value}
    scope = replace(scope, values=values, trail=kept)
    return Correction(scope, first[1].node, first[1].frame or 0) if first is not None else Correction(scope)


def _without(
    graph: Graph, values: Values, kept: Sequence[Passed], redone: Sequence[Passed], slot: str
) -> dict[str, Value]:
    """The variables without what the redone visits found, and without the caller's answers to what has changed."""
    stale = {slot}
    for passed in redone:
        stale |= {name for name in passed.sets if _goes(graph, name, stale)}
    known = {name: value for name, value in values.items() if name not in stale}
    for name in stale:
        before = next((passed.sets[name] for passed in reversed(kept) if name in passed.sets), graph.initial.get(name))
        if before is not None and name not in graph.slots:
            known[name] = before
    return known


def _goes(graph: Graph, name: str, stale: set[str]) -> bool:
    """Whether a variable's value goes with what it was found by, or asked about."""
    slot = graph.slots.get(SlotName(name))
    return slot is None or slot.type.answers_only or not slot.ask.reads.isdisjoint(stale)
