"""What changed between two documents of a flow, as a canvas shows it: by node and by edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tollfree.flows.diff import Change, diff
from tollfree.protocol.values import Value, Values

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One exit that leads elsewhere now."""

    node: str
    exit: str
    before: str
    """The node it led to; empty: to none."""
    after: str


@dataclass(frozen=True, slots=True)
class CanvasDiff:
    """Every difference, three times: by node, by edge, and place by place."""

    nodes: Mapping[str, Kind]
    """`moved`: only its place on the canvas is another."""
    edges: tuple[EdgeChange, ...]
    changes: tuple[Change, ...]


def canvas_diff(before: Values, after: Values) -> CanvasDiff:
    """Every difference between two documents."""
    changes = diff(before, after)
    old, new = _nodes(before), _nodes(after)
    kinds: dict[str, Kind] = {name: "added" for name in new if name not in old}
    kinds |= {name: "removed" for name in old if name not in new}
    for change in changes:
        if change.node in old and change.node in new:
            moved = change.place[2:3] == ("at",) and kinds.get(change.node) != "changed"
            kinds[change.node] = "moved" if moved else "changed"
    return CanvasDiff(nodes=kinds, edges=_edges(old, new), changes=changes)


def _edges(old: Mapping[str, Value], new: Mapping[str, Value]) -> tuple[EdgeChange, ...]:
    found: list[EdgeChange] = []
    for node in dict.fromkeys((*new, *old)):
        before, after = _exits(old.get(node)), _exits(new.get(node))
        for exit in dict.fromkeys((*after, *before)):
            if before.get(exit, "") != after.get(exit, ""):
                found.append(EdgeChange(node, exit, before.get(exit, ""), after.get(exit, "")))
    return tuple(found)


def _nodes(document: Values) -> Mapping[str, Value]:
    nodes = document.get("nodes")
    return nodes if isinstance(nodes, Mapping) else {}


def _exits(node: Value) -> Mapping[str, str]:
    exits = node.get("exits") if isinstance(node, Mapping) else None
    return {name: str(target) for name, target in exits.items()} if isinstance(exits, Mapping) else {}
