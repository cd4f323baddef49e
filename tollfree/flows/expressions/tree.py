"""What an expression is made of."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tollfree.protocol.values import Value

ArithmeticSign: TypeAlias = Literal["+", "-", "*", "/"]
ComparisonSign: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written out."""

    value: Value
    position: int


@dataclass(frozen=True, slots=True)
class Path:
    """A variable, or a field within it: `order.total`."""

    name: str
    fields: tuple[str, ...]
    position: int

    def __str__(self) -> str:
        return ".".join((self.name, *self.fields))


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list by its place from 0, or a field by its name: `order.items[0]`, and its fields."""

    of: "Node"
    index: "Node"
    fields: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list written out."""

    entries: tuple["Node", ...]
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is given."""

    function: str
    arguments: tuple["Node", ...]
    position: int


@dataclass(frozen=True, slots=True)
class Negative:
    """A number or amount with its sign turned."""

    of: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two values added, subtracted, multiplied or divided."""

    sign: ArithmeticSign
    left: "Node"
    right: "Node"
    position: int
    """Of the sign."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared."""

    sign: ComparisonSign
    left: "Node"
    right: "Node"
    position: int
    """Of the sign."""


@dataclass(frozen=True, slots=True)
class Within:
    """Whether a value is in a list, a piece in a text, a field in a record."""

    value: "Node"
    whole: "Node"
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Empty:
    """Whether there is nothing: no value, no text, an empty list or record."""

    of: "Node"
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    of: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Logic:
    """Several conditions, of which all or at least one must hold."""

    word: Literal["and", "or"]
    parts: tuple["Node", ...]
    position: int


Node: TypeAlias = (
    Constant | Path | Item | ListOf | Call | Negative | Arithmetic | Comparison | Within | Empty | Not | Logic
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node."""
    match node:
        case Constant() | Path():
            return ()
        case Item():
            return (node.of, node.index)
        case ListOf():
            return node.entries
        case Call():
            return node.arguments
        case Negative() | Empty() | Not():
            return (node.of,)
        case Arithmetic() | Comparison():
            return (node.left, node.right)
        case Within():
            return (node.value, node.whole)
        case Logic():
            return node.parts
