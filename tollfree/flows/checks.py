"""What is wrong with a flow before anybody calls it: all of it in one pass, each in a plain sentence.

Wiring, ways out, circles, variables and types are checked on an `Outline`; examples that would be confused need
an embedder, which the caller of `check_examples` brings.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from tollfree.flows.circles import silent_cycles
from tollfree.flows.document import RESUME
from tollfree.flows.errors import Fault, Severity
from tollfree.flows.nearest import did_you_mean
from tollfree.flows.nodes.answer import AnswerNode
from tollfree.flows.nodes.base import AnyNode
from tollfree.flows.nodes.intent import IntentNode
from tollfree.flows.nodes.run import RunConfig
from tollfree.flows.nodes.talk import TalkNode
from tollfree.flows.outline import Outline
from tollfree.flows.variables import check_samples, check_types, check_variables
from tollfree.protocol.ids import NodeId
from tollfree.protocol.question import ChoiceSet, Collisions


def check_outline(outline: Outline) -> list[Fault]:
    """Everything that can be said of a flow by itself. From a start that does not exist nothing is reached: then only
    that is told, not what follows from it."""
    ways = [*_reachable(outline), *_ways_out(outline)] if outline.head.start in outline.edges else []
    return [
        *_wiring(outline),
        *ways,
        *silent_cycles(outline),
        *check_variables(outline),
        *check_types(outline),
        *check_samples(outline),
        *_examples(outline),
    ]


class Exampled(Protocol):
    """What the examples of a flow can be taken from: a whole flow, or what came of compiling a faulty one."""

    @property
    def choice_sets(self) -> tuple[ChoiceSet, ...]: ...


def check_examples(flow: Exampled, collisions: Collisions) -> list[Fault]:
    """Examples of two intents that mean nearly the same: a warning each, with the pair."""
    return [
        Fault(
            code="colliding_examples",
            node=found.choice_set.partition("/")[2],
            severity=Severity.WARNING,
            message=f"“{found.example}” ({found.option}) and “{found.other_example}” ({found.other_option}) mean "
            f"nearly the same (similarity {found.similarity:.2f}); callers will be misunderstood. Reword or move one.",
        )
        for found in collisions(flow.choice_sets)
    ]


# Wiring


def _no_start(outline: Outline) -> str:
    if not outline.head.start:
        return "`start` names no node. Name the one at which calls begin."
    near = did_you_mean(outline.head.start, outline.edges)
    return f"`start` names the node `{outline.head.start}`, which does not exist.{near}"


def _wiring(outline: Outline) -> Iterable[Fault]:
    if outline.head.start not in outline.edges:
        yield Fault(
            code="unknown_node",
            message=_no_start(outline),
        )
    for handler in outline.handlers.values():
        if handler.go is not None and handler.go not in outline.edges:
            near = did_you_mean(handler.go, outline.edges)
            message = f"The handler `{handler.name}` goes to the node `{handler.go}`, which does not exist.{near}"
            yield Fault(code="unknown_node", message=message)
    yield from _answering(outline)
    for node, edges in outline.edges.items():
        yield from _node_wiring(outline, node, edges)


def _answering(outline: Outline) -> Iterable[Fault]:
    """What answers words that nothing understands must be able to."""
    asked = [handler for handler in outline.handlers.values() if handler.when_unclear]
    for handler in asked:
        node = outline.nodes.get(handler.go) if handler.go is not None else None
        if handler.go is None or (node is not None and node.kind != AnswerNode.kind):
            where = "has no `go`" if handler.go is None else f"goes to the node `{handler.go}`, of another kind"
            message = (
                f"The handler `{handler.name}` is there for words nobody understands (`when_unclear`) and {where}; "
            )
            yield Fault(code="bad_field", message=f"{message}let it go to a node of kind `answer`.")
    for handler in asked[1:]:
        message = f"The handler `{handler.name}` is `when_unclear` besides `{asked[0].name}`; only the first is asked."
        yield Fault(code="bad_field", message=message)


def _node_wiring(outline: Outline, node: NodeId, edges: Mapping[str, str]) -> Iterable[Fault]:
    whole = outline.nodes.get(node)
    exits = whole.exits_of(whole.config) if whole is not None else tuple(edges)
    for exit in exits:
        if exit not in edges:
            yield Fault(code="unwired_exit", node=node, message=f"Exit `{exit}` leads nowhere; wire it to a node.")
    for exit, target in edges.items():
        if exit not in exits:
            known = ", ".join(exits) if exits else "none, for this kind ends the call"
            message = f"`{exit}` is no exit of this node; its exits are {known}."
            yield Fault(code="unknown_exit", node=node, message=message)
        elif target != RESUME and target not in outline.edges:
            near = did_you_mean(target, outline.edges)
            message = f"Exit `{exit}` leads to the node `{target}`, which does not exist.{near}"
            yield Fault(code="unknown_node", node=node, message=message)


# Reaching


def _reached(outline: Outline, roots: Iterable[NodeId], stop: frozenset[NodeId] = frozenset()) -> set[NodeId]:
    """Nodes that can be reached from the roots, not going on from those in `stop`."""
    reached = set(roots)
    waiting = deque(reached)
    while waiting:
        node = waiting.popleft()
        if node in stop:
            continue
        for _, target in outline.targets(node):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def _reachable(outline: Outline) -> Iterable[Fault]:
    if not outline.roots:
        return
    reached = _reached(outline, outline.roots)
    for node in outline.ids:
        if node not in reached:
            message = "No path leads here from the start or a handler; wire it in or take it out."
            yield Fault(code="unreachable_node", node=node, message=message)
    started = NodeId(outline.head.start)
    if started in outline.edges:
        for node in sorted(_reached(outline, [started])):
            for exit, target in outline.edges[node].items():
                if target == RESUME:
                    message = (
                        f"Exit `{exit}` resumes, but a caller can come here without a digression; wire it to a node."
                    )
                    yield Fault(code="resume_without_digression", node=node, message=message)


def _ways_out(outline: Outline) -> Iterable[Fault]:
    """From every node an end and a person must be reachable. A digression that resumes comes back to such a node."""
    resuming = {node for node, edges in outline.edges.items() if RESUME in edges.values()}
    ends = {node for node in outline.ids if _kind(outline, node) == "end"}
    to_end = _leading_to(outline, ends | resuming | outline.broken)
    for node in outline.ids:
        if node not in to_end:
            message = "No path from here ends the call; lead one to a node of kind `end`."
            yield Fault(code="no_way_to_end", node=node, message=message)
    yield from _ways_to_person(outline, ends, resuming)


def _ways_to_person(outline: Outline, ends: set[NodeId], resuming: set[NodeId]) -> Iterable[Fault]:
    transfers = {node for node in outline.ids if _is_transfer(outline, node)}
    to_person = _leading_to(outline, transfers | outline.broken)
    handler = outline.handlers.get("person")
    by_handler = handler is not None and handler.go is not None and NodeId(handler.go) in to_person
    if by_handler or outline.part:
        return
    before_person = _reached(outline, outline.roots, stop=frozenset(transfers))
    for node in outline.ids:
        if node in before_person and node not in to_person and node not in ends and node not in resuming:
            message = (
                "A caller here cannot reach a person; add a handler `person` that goes to a node of kind `transfer`, "
                "or lead a path to one."
            )
            yield Fault(code="no_way_to_person", node=node, message=message)


def _is_transfer(outline: Outline, node: NodeId) -> bool:
    """Whether it hands the caller to a person itself, or runs a flow that does (or may: one that does not exist)."""
    whole = outline.nodes.get(node)
    runs = whole.config if whole is not None else None
    if isinstance(runs, RunConfig):
        return runs.flow in outline.transferring or runs.flow not in outline.flows
    return _kind(outline, node) == "transfer"


def _leading_to(outline: Outline, goals: Iterable[NodeId]) -> set[NodeId]:
    """Nodes from which one of the goals can be reached."""
    sources: dict[NodeId, list[NodeId]] = {}
    for node in outline.ids:
        for _, target in outline.targets(node):
            sources.setdefault(target, []).append(node)
    found = set(goals)
    waiting = deque(found)
    while waiting:
        for source in sources.get(waiting.popleft(), ()):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


def _kind(outline: Outline, node: NodeId) -> str:
    whole = outline.nodes.get(node)
    return whole.kind if whole is not None else ""


# Examples


def _examples(outline: Outline) -> Iterable[Fault]:
    for node, whole in outline.nodes.items():
        if isinstance(whole, IntentNode):
            for name, option in whole.config.intents.items():
                if not option.examples and not option.phrases:
                    message = f"The intent `{name}` has no examples; write how callers say it, ten ways or more."
                    yield Fault(code="missing_examples", node=node, message=message)
            yield from _reserved(whole, whole.config.intents)
        elif isinstance(whole, TalkNode):
            yield from _reserved(whole, whole.config.outcomes)


def _reserved(node: AnyNode, own: Iterable[str]) -> Iterable[Fault]:
    for name in own:
        if name in node.closed_exits:
            message = f"`{name}` is an exit every node of kind `{node.kind}` has already; choose another name."
            yield Fault(code="bad_field", node=node.id, message=message)
