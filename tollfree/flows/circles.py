"""Circles in a flow that a call could run in for ever without the caller speaking."""

from collections.abc import Iterable, Mapping

from tollfree.flows.errors import Fault
from tollfree.flows.nodes.ask import GIVEN, AskNode
from tollfree.flows.outline import Outline
from tollfree.protocol.ids import NodeId


def silent_cycles(outline: Outline) -> Iterable[Fault]:
    """A cycle in which nothing waits for a word of the caller would run for ever."""
    silent: dict[NodeId, list[NodeId]] = {}
    for node, whole in outline.nodes.items():
        exits = whole.silent_exits_of(whole.config) | ({GIVEN} if isinstance(whole, AskNode) else set[str]())
        # What a `run` node's flow does is not known here: it counts as silent.
        every = whole.kind == "run"
        targets = (target for exit, target in outline.targets(node) if every or exit in exits)
        silent[node] = list(dict.fromkeys(targets))
    for cycle in _cycles(silent):
        if all(_passes(outline, cycle, place) for place in range(len(cycle))):
            path = " → ".join([*cycle, cycle[0]])
            message = (
                f"The call can run in a circle without the caller speaking: {path}. Break it, or ask something in it "
                "(an `ask` with `anew: true` asks again for what is known)."
            )
            yield Fault(code="silent_cycle", node=cycle[0], message=message)


def _passes(outline: Outline, cycle: list[NodeId], place: int) -> bool:
    """Whether a call can pass a node of a cycle silently. An `ask` is passed by `given` when another node of the cycle
    asks for the same: then its values are known each time round."""
    node = outline.nodes[cycle[place]]
    following = cycle[(place + 1) % len(cycle)]
    if not isinstance(node, AskNode):
        return True
    if any(target == following and exit in node.silent_exits for exit, target in outline.targets(node.id)):
        return True
    others = (outline.nodes[other] for other in cycle if other != node.id)
    elsewhere = {name for other in others if isinstance(other, AskNode) for name in other.slots}
    return not node.config.anew and node.sets()[GIVEN].keys() <= elsewhere


def _cycles(edges: Mapping[NodeId, list[NodeId]]) -> Iterable[list[NodeId]]:
    """One cycle from each knot of the graph (a depth-first search that looks at every node once)."""
    done: set[NodeId] = set()
    for root in edges:
        path: list[NodeId] = []
        waiting = [(root, iter(edges[root]))] if root not in done else []
        while waiting:
            node, targets = waiting[-1]
            if len(path) < len(waiting):
                path.append(node)
            target = next(targets, None)
            if target is None:
                done.add(node)
                waiting.pop()
                path.pop()
            elif target in path:
                yield path[path.index(target) :]
            elif target not in done:
                waiting.append((target, iter(edges.get(target, ()))))
