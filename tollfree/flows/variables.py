"""Whether every variable is set before it is read, and has the type its reader needs."""

from collections import deque
from collections.abc import Iterable, Mapping

from tollfree.flows.build import Reads
from tollfree.flows.document import VariableConfig
from tollfree.flows.errors import Fault
from tollfree.flows.expressions import Expression
from tollfree.flows.nearest import did_you_mean
from tollfree.flows.outline import Outline
from tollfree.flows.wording import BadTemplate, sample_values
from tollfree.protocol.ids import NodeId
from tollfree.protocol.values import Value, ValueType


def check_variables(outline: Outline) -> Iterable[Fault]:
    """Every variable must be set on all paths before it is read."""
    always = {"project", "call", *outline.given, *outline.head.arguments}
    known = _known_at(outline, frozenset(always))
    somewhere = {name for node in outline.nodes.values() for sets in node.sets().values() for name in sets}
    somewhere |= {name for name, slot in outline.slots.items() if not slot.internal}
    somewhere |= {name for names in outline.faulty_sets.values() for name in names}
    for read in outline.reads:
        certain = known.get(read.node, frozenset(always)) if read.node else frozenset(always)
        for name in sorted(read.names - certain):
            if name in somewhere or name in outline.head.variables:
                condition = isinstance(read.source, Expression)
                guard = f"{name} is not empty and …" if condition else f'{{{{ {name} | default("…") }}}}'
                message = (
                    f"`{read.place}` reads `{name}`, which is not set on every path that leads here; set it before, "
                    f"give it a default, or write `{guard}`."
                )
            else:
                near = did_you_mean(name, {*somewhere, *always, *outline.head.variables})
                message = (
                    f"`{read.place}` reads `{name}`, which nothing sets; correct the name, or ask for it before.{near}"
                )
            yield Fault(code="variable_unset", node=read.node, message=message)


def _known_at(outline: Outline, always: frozenset[str]) -> dict[NodeId, frozenset[str]]:
    """By node: variables that are certainly set when it is entered, whichever way the call came."""
    known: dict[NodeId, frozenset[str]] = dict.fromkeys(outline.roots, always)
    waiting = deque(outline.roots)
    while waiting:
        node = waiting.popleft()
        whole = outline.nodes.get(node)
        sets: Mapping[str, Mapping[str, ValueType]] = whole.sets() if whole is not None else {}
        for exit, target in outline.targets(node):
            after = known[node].union(sets.get(exit, ()), outline.faulty_sets.get(node, ()))
            before = known.get(target)
            merged = after if before is None else before & after
            if merged != before:
                known[target] = merged
                waiting.append(target)
    return known


def check_types(outline: Outline) -> Iterable[Fault]:
    types = outline.types
    for read in outline.reads:
        if isinstance(read.source, Expression):
            yield from _expression_types(read, read.source, types)
    for node, whole in outline.nodes.items():
        for name, found in {name: kind for sets in whole.sets().values() for name, kind in sets.items()}.items():
            declared = outline.head.variables.get(name)
            wanted = declared.type if isinstance(declared, VariableConfig) else declared
            if wanted is not None and ValueType.ANY not in (wanted, found) and wanted != found:
                message = f"`{name}` is declared as {wanted}, but this node sets it to {found}; make the two the same."
                yield Fault(code="type_mismatch", node=node, message=message)
    for name, config in outline.head.variables.items():
        if isinstance(config, VariableConfig) and config.default is not None and not _fits(config.default, config.type):
            message = f"The default of `{name}` is {config.default!r}, which is no {config.type}."
            yield Fault(code="type_mismatch", message=message)


def _expression_types(read: Reads, expression: Expression, types: Mapping[str, ValueType]) -> Iterable[Fault]:
    checked = expression.check(types)
    for fault in checked.faults:
        yield Fault(code="type_mismatch", node=read.node, message=f"`{read.place}`: {fault.message}")
    if not checked.faults and read.expects is ValueType.BOOLEAN:
        if checked.type in (ValueType.TEXT, ValueType.NUMBER, ValueType.MONEY, ValueType.DATE, ValueType.TIME):
            message = (
                f"`{read.place}` is {checked.type}, but a condition must be true or false; compare it with something."
            )
            yield Fault(code="type_mismatch", node=read.node, message=message)


def _fits(value: Value, wanted: ValueType) -> bool:
    match wanted:
        case ValueType.ANY:
            return True
        case ValueType.BOOLEAN:
            return isinstance(value, bool)
        case ValueType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ValueType.LIST:
            return isinstance(value, list | tuple)
        case ValueType.RECORD:
            return isinstance(value, Mapping)
        case _:
            return isinstance(value, str)


def check_samples(outline: Outline) -> Iterable[Fault]:
    """Templates must render with values of the types they will get."""
    values = {**sample_values(outline.types), "project": outline.project}
    for read in outline.reads:
        if isinstance(read.source, Expression):
            continue
        if not read.names <= values.keys():
            continue  # nothing sets it, which is said already
        try:
            read.source.render_strict(values)
        except BadTemplate as bad:
            message = f"`{read.place}` cannot be spoken with a typical value: {bad.message}"
            yield Fault(code="bad_template", node=read.node, message=message)
