"""From a document to a flow that can run. Everything that is wrong is noted, and the rest is compiled all the same."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from tollfree.flows.build import Build
from tollfree.flows.checks import check_outline
from tollfree.flows.document import FlowHead, NodeConfig
from tollfree.flows.errors import Fault, FlowFaulty, Severity
from tollfree.flows.field_faults import FieldFault, Place, field_faults
from tollfree.flows.graph import Flow, Graph
from tollfree.flows.handlers import compile_handlers, options
from tollfree.flows.library import Library
from tollfree.flows.names import check_names
from tollfree.flows.nearest import did_you_mean
from tollfree.flows.nodes.base import AnyNode
from tollfree.flows.nodes.intent import IntentNode
from tollfree.flows.nodes.registry import NODE_KINDS
from tollfree.flows.nodes.run import RunConfig
from tollfree.flows.outline import Outline
from tollfree.flows.wording import ENGLISH
from tollfree.protocol.ids import FlowId, NodeId, SlotName
from tollfree.protocol.question import ChoiceSet, Option
from tollfree.protocol.values import Value

Documents = Mapping[str, Mapping[str, Value]]
"""Flows of a project as plain documents, by name."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of compiling a document."""

    faults: tuple[Fault, ...]
    """All that is wrong, errors and warnings, in the document's order."""
    flow: Flow | None
    """None when there are errors."""
    choice_sets: tuple[ChoiceSet, ...] = ()
    """The examples of the flow itself, of one with errors too: they can be compared all the same."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that forbid publishing."""
        return tuple(fault for fault in self.faults if fault.severity is Severity.ERROR)


def compile_flow(
    document: Mapping[str, Value], library: Library, others: Documents | None = None, *, checked: bool = True
) -> Compiled:
    """Compile and check a flow. `others` are the project's flows that it may run.

    Unless `checked`, only what keeps it from being built is a fault: so is a version read that was checked when it
    was published.
    """
    flows = {**(others or {}), str(document.get("flow", "")): document}
    outlines, faults = _outlines(document, library, flows, checked)
    handlers = tuple(option for outline in outlines.values() for option in options(outline.head))
    if any(fault.severity is Severity.ERROR for fault in faults):
        return Compiled(tuple(faults), None, _choice_sets(outlines[str(document.get("flow", ""))], handlers))
    graphs = {FlowId(name): _graph(outline, handlers) for name, outline in outlines.items()}
    main = graphs[FlowId(str(document["flow"]))]
    return Compiled(tuple(faults), Flow(main, graphs, library), main.choice_sets)


def compile_or_raise(
    document: Mapping[str, Value], library: Library, others: Documents | None = None, *, checked: bool = True
) -> Flow:
    """A flow without errors, see `compile_flow`. Raises `FlowFaulty` with all of them."""
    compiled = compile_flow(document, library, others, checked=checked)
    if compiled.flow is None:
        count = len(compiled.errors)
        first = compiled.errors[0]
        at = f"node `{first.node}`: " if first.node else ""
        more = f" ({count - 1} more)" if count > 1 else ""
        name = document.get("flow", "without a name")
        raise FlowFaulty(f"The flow {name} has errors: {at}{first.message}{more}", compiled.errors)
    return compiled.flow


def _outlines(
    document: Mapping[str, Value], library: Library, flows: Documents, checked: bool
) -> tuple[dict[str, Outline], list[Fault]]:
    """The flow and all it runs, each compiled once; faults of the others are summed up at the node that runs them."""
    main = str(document.get("flow", ""))
    run_by_others = {name for other in flows.values() for name in runs_of(other)}
    transferring = _transferring(flows)
    outlines: dict[str, Outline] = {}
    faults: list[Fault] = []
    waiting = [(main, NodeId(""))]
    while waiting:
        name, runner = waiting.pop(0)
        if name in outlines:
            continue
        outline, build = outline_of(flows[name], library, part=name in run_by_others)
        outlines[name] = outline
        waiting += [(_flow_of(node), node.id) for node in _run_nodes(outline) if _flow_of(node) in flows]
        own = list(build.faults)
        if checked:
            own += check_outline(replace(outline, transferring=transferring, flows=frozenset(flows)))
            own += check_names(outline)
        if name == main:
            faults += own
        elif any(fault.severity is Severity.ERROR for fault in own):
            faults.append(
                Fault(code="faulty_flow", node=runner, message=f"The flow `{name}` has errors; check it first.")
            )
    faults += _check_runs(outlines, flows, main) if checked else []
    return outlines, faults


def _run_nodes(outline: Outline) -> list[AnyNode]:
    return [node for node in outline.nodes.values() if isinstance(node.config, RunConfig)]


def _flow_of(node: AnyNode) -> str:
    return cast(RunConfig, node.config).flow


def runs_of(document: Mapping[str, Value]) -> set[str]:
    """Names of the flows that a document's nodes run, whether they exist or not."""
    return {str(node.get("flow")) for node in _written_nodes(document) if node.get("kind") == "run"}


def _transferring(flows: Documents) -> frozenset[str]:
    """Flows that hand callers to a person, themselves or by a flow they run."""
    found = {
        name for name, flow in flows.items() if any(node.get("kind") == "transfer" for node in _written_nodes(flow))
    }
    while more := {name for name, flow in flows.items() if name not in found and runs_of(flow) & found}:
        found |= more
    return frozenset(found)


def _written_nodes(document: Mapping[str, Value]) -> list[Mapping[str, Value]]:
    nodes = document.get("nodes")
    return [node for node in nodes.values() if isinstance(node, Mapping)] if isinstance(nodes, Mapping) else []


def _check_runs(outlines: Mapping[str, Outline], flows: Documents, main: str) -> list[Fault]:
    """What a `run` node gives and wires, against the flow it runs."""
    faults: list[Fault] = []
    for node in _run_nodes(outlines[main]):
        config = cast(RunConfig, node.config)
        ran = outlines.get(config.flow)
        if ran is None:
            near = did_you_mean(config.flow, set(flows) - {main})
            message = f"There is no flow `{config.flow}` in the project; import it, or correct the name.{near}"
            faults.append(Fault(code="unknown_flow", node=node.id, message=message))
            continue
        ends = {str(getattr(end, "outcome", "")) for end in ran.nodes.values() if end.kind == "end"}
        for exit in sorted(ends - set(config.exits)):
            message = f"The flow `{config.flow}` can end as `{exit}`; wire that exit to a node."
            faults.append(Fault(code="unwired_exit", node=node.id, message=message))
        for exit in sorted(set(config.exits) - ends):
            known = ", ".join(sorted(ends)) or "none"
            message = f"The flow `{config.flow}` has no end `{exit}`; its ends are {known}."
            faults.append(Fault(code="unknown_exit", node=node.id, message=message))
        for name in sorted(set(ran.head.arguments) - set(config.with_)):
            message = f"The flow `{config.flow}` needs `{name}`; give it under `with`."
            faults.append(Fault(code="missing_argument", node=node.id, message=message))
        for name in sorted(set(config.with_) - set(ran.head.arguments)):
            message = f"The flow `{config.flow}` takes no argument `{name}`."
            faults.append(Fault(code="unknown_argument", node=node.id, message=message))
        faults += _check_save(node, outlines[main], ran)
    circle = _circle(flows, main)
    if circle:
        message = f"Flows run one another in a circle: {' → '.join(circle)}. Let one of them end instead."
        faults.append(Fault(code="recursive_flow", message=message))
    return faults


def _check_save(node: AnyNode, outline: Outline, ran: Outline) -> list[Fault]:
    """What a `run` node takes over, against what the other flow may set. Slots hold what callers said, checked."""
    config = cast(RunConfig, node.config)
    faults: list[Fault] = []
    known = ran.settable
    for ours, theirs in config.save.items():
        if theirs not in known:
            near = did_you_mean(theirs, known)
            message = f"`save` takes `{theirs}` from the flow `{config.flow}`, which never sets it.{near}"
            faults.append(Fault(code="variable_unset", node=node.id, message=message))
        slot = outline.slots.get(SlotName(ours))
        if slot is not None and not slot.internal:
            message = f"`save` would set the slot `{ours}`, but only callers give slots; save it under another name."
            faults.append(Fault(code="type_mismatch", node=node.id, message=message))
    return faults


def _circle(flows: Documents, main: str) -> tuple[str, ...]:
    """A chain of flows that comes back to itself, from `main`; empty when there is none."""
    stack: list[tuple[str, ...]] = [(main,)]
    while stack:
        chain = stack.pop()
        for name in sorted(runs_of(flows.get(chain[-1], {}))):
            if name in chain:
                return (*chain[chain.index(name) :], name)
            stack.append((*chain, name))
    return ()


def outline_of(document: Mapping[str, Value], library: Library, *, part: bool) -> tuple[Outline, Build]:
    """Compile one document as far as it goes."""
    build = Build(library)
    head = _head(document, build)
    handlers = compile_handlers(head, build)
    wording, bad_lines = ENGLISH.overridden(head.wording)
    for bad in bad_lines:
        build.fault("bad_template", f"`wording.{bad.name}`: {bad.message}")
    raw = document.get("nodes")
    entries: Mapping[str, Value] = raw if isinstance(raw, Mapping) else {}
    if not entries:
        build.fault("bad_field", "The flow has no `nodes`.")
    nodes: dict[NodeId, AnyNode] = {}
    edges: dict[NodeId, Mapping[str, str]] = {}
    for name, entry in entries.items():
        build.node = NodeId(name)
        edges[build.node] = _edges(entry)
        node = _node(build.node, entry, build)
        if node is not None:
            nodes[build.node] = node
    build.node = NodeId("")
    faulty = {fault.node for fault in build.faults}
    outline = Outline(
        head=head,
        nodes=nodes,
        broken=frozenset(edges) - frozenset(nodes),
        faulty_sets={name: _would_set(entries[name]) for name in edges if name in faulty or name not in nodes},
        edges=edges,
        handlers=handlers,
        wording=wording,
        slots=build.slots,
        reads=tuple(build.reads),
        project=build.library.project,
        part=part or bool(head.arguments),
    )
    return outline, build


def _head(document: Mapping[str, Value], build: Build) -> FlowHead:
    """The flow's own fields. Faulty ones are noted and left out, so that the rest is checked all the same."""
    fields: dict[str, Any] = {name: value for name, value in document.items() if name != "nodes"}
    while True:
        try:
            return FlowHead.model_validate(fields)
        except ValidationError as invalid:
            _note(build, invalid, fields, FlowHead)
            for error in invalid.errors():
                place = [str(part) for part in error["loc"]] or ["flow"]
                if error["type"] == "missing":
                    fields[place[0]] = "unnamed"
                elif len(place) > 1 and isinstance(fields.get(place[0]), dict):
                    section = dict(fields[place[0]])
                    section.pop(place[1], None)
                    fields[place[0]] = section
                elif place[0] in ("flow", "start"):
                    fields[place[0]] = "unnamed"
                else:
                    fields.pop(place[0], None)


def _note(
    build: Build, invalid: ValidationError, document: Mapping[str, Value], model: type[BaseModel]
) -> list[FieldFault]:
    found = field_faults(invalid, document, model)
    for one in found:
        fault = Fault(code=one.code, message=one.message, node=build.node)
        if fault not in build.faults:
            build.faults.append(fault)
    return found


def _edges(entry: Value) -> Mapping[str, str]:
    exits = entry.get("exits") if isinstance(entry, Mapping) else None
    return {exit: str(target) for exit, target in exits.items()} if isinstance(exits, Mapping) else {}


def _would_set(entry: Value) -> frozenset[str]:
    """Variables that a node seems to be meant to set, whatever is wrong with it."""
    if not isinstance(entry, Mapping):
        return frozenset()
    found: set[str] = set()
    for field in ("slots", "save", "receipt"):
        value = entry.get(field)
        found |= {value} if isinstance(value, str) else set(value) if isinstance(value, Mapping) else set()
    return frozenset(found)


def _node(name: NodeId, entry: Value, build: Build) -> AnyNode | None:
    if not isinstance(entry, Mapping):
        build.fault("bad_field", "A node is a mapping that begins with its `kind`.")
        return None
    kind = entry.get("kind")
    node_class = NODE_KINDS.get(kind) if isinstance(kind, str) else None
    if node_class is None:
        known = ", ".join(sorted(NODE_KINDS))
        said = f"`{kind}` is no kind of node" if kind is not None else "The node has no `kind`"
        build.fault("unknown_kind", f"{said}; the kinds are {known}.{did_you_mean(str(kind), NODE_KINDS)}")
        return None
    config = _config(node_class.config_model, entry, build)
    return node_class(name, config, build) if config is not None else None


def _config(model: type[NodeConfig], entry: Mapping[str, Value], build: Build) -> NodeConfig | None:
    """A node's fields. Faulty ones are noted and left out where that is possible, so that the rest is checked too."""
    try:
        return model.model_validate(dict(entry))
    except ValidationError as invalid:
        found = _note(build, invalid, entry, model)
    fields: dict[str, Any] = deepcopy(dict(entry))
    for fault in found:
        place = _left_out(fault)
        if not place:
            return None
        holder: Any = fields
        for step in place[:-1]:
            holder = holder[step]
        holder.pop(place[-1], None)
    try:
        return model.model_validate(fields)
    except ValidationError:
        return None


def _left_out(fault: FieldFault) -> Place:
    """What to leave out for a fault; nothing where exits or the order of entries hang on it."""
    entry = fault.place[:2]
    of_slots = fault.place[:1] == ("slots",)
    if fault.code == "missing_field":
        return entry if of_slots and len(fault.place) > 2 else ()
    named = isinstance(fault.place[-1], str)
    return fault.place if named and (len(fault.place) != 2 or of_slots or fault.code == "unknown_field") else ()


def _graph(outline: Outline, handlers: tuple[Option, ...]) -> Graph:
    return Graph(
        id=FlowId(outline.head.flow),
        head=outline.head,
        start=NodeId(outline.head.start),
        nodes=outline.nodes,
        edges=outline.edges,
        handlers=outline.handlers,
        slots=outline.slots,
        types=outline.types,
        initial=outline.given,
        wording=outline.wording,
        choice_sets=_choice_sets(outline, handlers),
    )


def _choice_sets(outline: Outline, around: tuple[Option, ...]) -> tuple[ChoiceSet, ...]:
    """One for each node that listens: its own choices, its flow's handlers, and those of the flows around it."""
    sets: list[ChoiceSet] = []
    for node in outline.nodes.values():
        if node.listens:
            own = node.options if isinstance(node, IntentNode) else ()
            every = {option.name: option for option in reversed((*own, *options(outline.head), *around))}
            sets.append(ChoiceSet(f"{outline.head.flow}/{node.id}", tuple(reversed(every.values()))))
    return tuple(sets)
