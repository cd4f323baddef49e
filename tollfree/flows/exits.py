"""Which exits each node of a document has, as far as it can be read: what an editor draws before a flow is whole."""

from collections.abc import Mapping

from pydantic import ValidationError

from tollfree.flows.compile import Documents
from tollfree.flows.nodes.registry import NODE_KINDS
from tollfree.protocol.values import Value


def exits_in(document: Mapping[str, Value], others: Documents) -> dict[str, tuple[str, ...]]:
    """By node, in the document's order. Of a node whose fields cannot be read, the exits that its kind always has; of
    one that runs another flow, the ends of that flow."""
    nodes = document.get("nodes")
    entries = nodes.items() if isinstance(nodes, Mapping) else ()
    return {name: _exits(entry, others) for name, entry in entries if isinstance(entry, Mapping)}


def ends_of(document: Mapping[str, Value]) -> tuple[str, ...]:
    """How a flow may end: the exits of a node that runs it."""
    nodes = document.get("nodes")
    found: dict[str, None] = {}
    for name, entry in nodes.items() if isinstance(nodes, Mapping) else ():
        if isinstance(entry, Mapping) and entry.get("kind") == "end":
            outcome = entry.get("outcome")
            found[outcome if isinstance(outcome, str) and outcome else name] = None
    return tuple(found)


def _exits(entry: Mapping[str, Value], others: Documents) -> tuple[str, ...]:
    kind = entry.get("kind")
    node = NODE_KINDS.get(kind) if isinstance(kind, str) else None
    if node is None:
        return ()
    if node.look.exits_from == "flow":
        ran = others.get(str(entry.get("flow")))
        return ends_of(ran) if ran is not None else ()
    try:
        return node.exits_of(node.config_model.model_validate(dict(entry)))
    except ValidationError:
        return node.closed_exits
