"""Names a flow may not give: what the engine itself goes by."""

from collections.abc import Iterable

from tollfree.flows.errors import Fault
from tollfree.flows.outline import Outline
from tollfree.protocol.ids import NodeId

FACTS = frozenset({"project", "call"})
"""Variables every flow has: a value of this name would hide them."""
ANSWERS = frozenset({"yes", "no", "refuse", "done", "cancel"})
"""What nodes take for answers to their own questions: a handler of this name would catch them."""


def check_names(outline: Outline) -> Iterable[Fault]:
    """Names that are taken already."""
    places: list[tuple[NodeId, str]] = [
        (NodeId(""), name) for name in (*outline.head.variables, *outline.head.arguments)
    ]
    places += [(node, name) for node, whole in outline.nodes.items() for sets in whole.sets().values() for name in sets]
    asked = {name for _, name in places}
    places += [(NodeId(""), name) for name, slot in outline.slots.items() if not slot.internal and name not in asked]
    for node, name in dict.fromkeys(place for place in places if place[1] in FACTS):
        message = f"`{name}` stands for the facts of the {name} in every flow; choose another name."
        yield Fault(code="bad_field", node=node, message=message)
    for name in outline.head.handlers:
        if name in ANSWERS:
            message = f"The handler `{name}` would catch callers who answer a question so; choose another name."
            yield Fault(code="bad_field", message=message)
