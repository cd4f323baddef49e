"""Compiles the parts of a node, and collects everything that is wrong with them in one pass."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from tollfree.flows.document import Lines, SlotConfig
from tollfree.flows.errors import Fault, Severity
from tollfree.flows.expressions import BadExpression, Expression, parse
from tollfree.flows.field_faults import field_faults
from tollfree.flows.graph import Slot
from tollfree.flows.library import Library
from tollfree.flows.nearest import did_you_mean
from tollfree.flows.prompt import Prompt
from tollfree.flows.slots.base import Resources
from tollfree.flows.slots.registry import SLOT_TYPES, AnySlotType, make
from tollfree.flows.wording import BadTemplate, Template
from tollfree.protocol.ids import NodeId, SlotName
from tollfree.protocol.values import Value, ValueType

GENERIC_WORDS = frozenset({"number", "id", "code", "value", "the", "of", "a", "new", "no"})
"""Words of a slot's name that announce nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Reads:
    """A place that reads variables, for the check that they are set."""

    node: NodeId
    place: str
    """The field, such as `say` or `with.phone`."""
    names: frozenset[str]
    source: Template | Expression
    expects: ValueType | None = None
    """The type its value must have, where one is required."""


@dataclass
class Build:
    """The state of compiling one flow. One is made per flow and thrown away."""

    library: Library
    faults: list[Fault] = field(default_factory=list[Fault])
    reads: list[Reads] = field(default_factory=list[Reads])
    slots: dict[SlotName, Slot] = field(default_factory=dict[SlotName, Slot])
    node: NodeId = NodeId("")
    """The node being compiled."""

    def fault(self, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        """Note something wrong with the present node."""
        self.faults.append(Fault(code=code, message=message, node=self.node, severity=severity))

    def template(self, place: str, source: str, *, expects: ValueType | None = None) -> Template:
        """Compile a template; a bad one is noted and replaced by silence."""
        try:
            template = Template.compile(source)
        except BadTemplate as bad:
            self.fault("bad_template", f"`{place}` cannot be read: {bad.message}")
            return Template.compile("")
        if template.reads:
            self.reads.append(Reads(self.node, place, template.reads - template.guarded, template, expects))
        return template

    def prompt(self, place: str, lines: Lines | None) -> Prompt:
        """Compile a line or its variants."""
        if not lines:
            return Prompt()
        sources = (lines,) if isinstance(lines, str) else lines
        return Prompt(tuple(self.template(place, source) for source in sources))

    def values(self, place: str, sources: Mapping[str, Value]) -> Mapping[str, Template | Value]:
        """Compile named arguments: text is a template, anything else is itself."""
        return {
            name: self.template(f"{place}.{name}", source) if isinstance(source, str) else source
            for name, source in sources.items()
        }

    def expression(self, place: str, source: str, expects: ValueType | None = None) -> Expression:
        """Compile an expression; a bad one is noted and replaced by `none`."""
        try:
            expression = parse(source)
        except BadExpression as bad:
            self.fault("bad_expression", f"`{place}` cannot be read: {bad.message}")
            return parse("none")
        self.reads.append(Reads(self.node, place, expression.reads - expression.guarded, expression, expects))
        return expression

    def slot(self, name: SlotName, config: SlotConfig) -> Slot | None:
        """Compile a slot; None when its type or options are wrong, which is noted."""
        if config.type not in SLOT_TYPES:
            known = ", ".join(sorted(SLOT_TYPES))
            near = did_you_mean(config.type, SLOT_TYPES)
            self.fault("unknown_slot_type", f"Slot `{name}` has the type `{config.type}`; the types are {known}.{near}")
            self._prompts(name, config)
            return None
        options = dict(config.model_extra or {})
        catalogue = options.get("catalogue")
        if isinstance(catalogue, str) and catalogue not in self.library.catalogues:
            self.fault(
                "unknown_catalogue", f"Slot `{name}` names the catalogue `{catalogue}`, which the project lacks."
            )
            return None
        try:
            slot_type = make(config.type, options, Resources(self.library.catalogues))
        except ValidationError as invalid:
            for fault in field_faults(invalid, options, SLOT_TYPES[config.type].options_model):
                self.fault(fault.code, f"Slot `{name}` ({config.type}): {fault.message}")
            return None
        except ValueError as invalid:
            self.fault("bad_field", f"Slot `{name}`: {invalid}.")
            return None
        ask, again = self._prompts(name, config)
        slot = Slot(
            name=name,
            type=slot_type,
            config=config,
            cues=cues_of(name, config),
            ask=ask,
            again=again,
        )
        self._keep(slot)
        return slot

    def _prompts(self, name: SlotName, config: SlotConfig) -> tuple[Prompt, Prompt]:
        return self.prompt(f"slots.{name}.ask", config.ask), self.prompt(f"slots.{name}.again", config.again)

    def own_slot(self, name: SlotName, slot_type: AnySlotType) -> None:
        """A node's own way to read words, which the flow's author does not see."""
        config = SlotConfig(type=slot_type.name)
        self.slots[name] = Slot(name, slot_type, config, (), Prompt(), Prompt(), internal=True)

    @contextmanager
    def setting(self, name: str) -> Generator[None]:
        """What is compiled inside may read this variable: the node sets it first."""
        before = len(self.reads)
        yield
        self.reads[before:] = [replace(read, names=read.names - {name}) for read in self.reads[before:]]

    def _keep(self, slot: Slot) -> None:
        earlier = self.slots.setdefault(slot.name, slot)
        same = earlier.config.type == slot.config.type and earlier.config.model_extra == slot.config.model_extra
        if not same:
            self.fault(
                "type_mismatch",
                f"Slot `{slot.name}` is described differently elsewhere in this flow; "
                "give the two the same type and options, or two names.",
            )


def cues_of(name: SlotName, config: SlotConfig) -> tuple[str, ...]:
    """Words that announce a slot: its author's, its name, and the telling words of its name."""
    words = name.replace("_", " ")
    telling = [word for word in words.split() if word not in GENERIC_WORDS and len(word) > 2]
    return tuple(dict.fromkeys([*config.cues, words, *telling]))
