"""What a caller may do to an order, as facts that can be logged and applied later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True)
class Choice:
    """One option value of an item: its size is large."""

    group: str
    value: str
    """As the catalogue names it."""
    off: bool = False
    """Taken away instead of added: "no olives". Only for groups that allow several values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """More of an item."""

    sku: str
    quantity: int = 1
    options: tuple[Choice, ...] = ()
    without: tuple[str, ...] = ()
    """What to leave out, in the caller's words, where the catalogue has no option for it."""
    heard: str = ""
    confidence: float = 1.0
    """0 to 1: how surely the words meant this item."""
    settles: bool = False
    """It answers the cart's open question (`Cart.unsettled[0]`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of the order becomes different."""

    line: int
    """`Line.id`."""
    quantity: int | None = None
    """How many there shall be; None: as before."""
    count: int | None = None
    """How many of the line become different ("make one of them on rye"); None: all."""
    options: tuple[Choice, ...] = ()
    without: tuple[str, ...] = ()
    heard: str = ""
    confidence: float = 1.0
    settles: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Fewer of a line, or none."""

    line: int
    """`Line.id`."""
    quantity: int | None = None
    """How many to take off; None: all."""
    heard: str = ""
    confidence: float = 1.0
    settles: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """The caller wants one of several items, and has to say which."""

    candidates: tuple[str, ...]
    """At most three skus to offer."""
    more: bool = False
    """Whether further items fit the words too."""
    quantity: int = 1
    options: tuple[Choice, ...] = ()
    without: tuple[str, ...] = ()
    heard: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Something shall happen to one of several lines, and the caller has to say to which."""

    lines: tuple[int, ...]
    """At most three `Line.id`s."""
    operation: Change | Remove
    """What shall happen; its line is the first of `lines`."""
    heard: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The caller wants something that is not sold here."""

    heard: str
    """What they called it."""
    nearest: tuple[str, ...] = ()
    """At most three skus of similar things."""
    quantity: int = 1
    confidence: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The caller speaks of something that is not in the order."""

    heard: str
    sku: str = ""
    """The item they mean, when there is one."""
    confidence: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """The whole order is taken back."""

    heard: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismiss:
    """The open question is dropped with what it was about: "never mind that one"."""

    heard: str = ""
    confidence: float = 1.0


Operation: TypeAlias = Add | Change | Remove | Ambiguous | Which | Unknown | Absent | Clear | Dismiss

_KINDS: dict[str, type[Operation]] = {
    kind.__name__.lower(): kind for kind in (Add, Change, Remove, Ambiguous, Which, Unknown, Absent, Clear, Dismiss)
}


def operation_to_json(operation: Operation) -> Value:
    """The operation as plain JSON; `operation_from_json` gives it back."""
    record: dict[str, Value] = {"type": type(operation).__name__.lower()}
    for name in operation.__dataclass_fields__:
        held = getattr(operation, name)
        if isinstance(held, Change | Remove):
            record[name] = operation_to_json(held)
        elif isinstance(held, tuple):
            record[name] = [choice_to_json(part) if isinstance(part, Choice) else part for part in held]  # pyright: ignore[reportUnknownVariableType]
        else:
            record[name] = held
    return record


def operation_from_json(value: Value) -> Operation:
    """The operation that `operation_to_json` wrote. Raises `ValueError` for anything else."""
    if not isinstance(value, Mapping) or (kind := _KINDS.get(str(value.get("type")))) is None:
        raise ValueError(f"{value!r} is not an operation on an order")
    fields: dict[str, object] = {}
    for name, held in value.items():
        if name == "options":
            fields[name] = choices_from_json(held)
        elif name == "operation":
            fields[name] = operation_from_json(held)
        elif isinstance(held, Sequence) and not isinstance(held, str):
            fields[name] = tuple(held)
        elif name != "type":
            fields[name] = held
    try:
        return kind(**fields)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"{value!r} is not an operation on an order") from error


def choice_to_json(choice: Choice) -> Value:
    """`{"group", "value"}`, with `off` when it is taken away."""
    record: dict[str, Value] = {"group": choice.group, "value": choice.value}
    return record | {"off": True} if choice.off else record


def choices_from_json(value: Value) -> tuple[Choice, ...]:
    """The choices that `choice_to_json` wrote; what is none is left out."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(
        Choice(str(part.get("group", "")), str(part.get("value", "")), part.get("off") is True)
        for part in value
        if isinstance(part, Mapping)
    )
