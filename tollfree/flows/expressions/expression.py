"""An expression, read once when a flow is compiled and evaluated many times while calls run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tollfree.flows.expressions.check import Checked, check
from tollfree.flows.expressions.evaluate import Evaluate, compiled
from tollfree.flows.expressions.parser import read
from tollfree.flows.expressions.tree import Empty, Logic, Node, Not, Path, children
from tollfree.protocol.values import Value, Values, ValueType


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or a computed value, such as `order.total > 20`."""

    source: str
    """As the author wrote it."""
    reads: frozenset[str]
    """The variables it reads, without their fields."""
    paths: frozenset[str]
    """What it reads, with fields: `order.total`."""
    guarded: frozenset[str]
    """The variables it reads only where it has made sure of them: `size is not empty and size == "large"`."""
    _tree: Node = field(repr=False, compare=False)
    _evaluate: Evaluate = field(repr=False, compare=False)

    def check(self, types: Mapping[str, ValueType]) -> Checked:
        """Its type and all its type faults. A variable that `types` lacks counts as `any`: that it is unknown is
        reported from `reads`. Fields may be typed by their path, as in `{"call.date": ValueType.DATE}`."""
        return check(self._tree, types)

    def evaluate(self, values: Values) -> Value:
        """Its value; None when it cannot be known (a field is missing, the types do not fit). Never raises."""
        try:
            return self._evaluate(values)
        except RecursionError:  # two records nested a thousand deep and compared
            return None


def parse(source: str) -> Expression:
    """Reads an expression. Raises `BadExpression` with a sentence for somebody who does not program."""
    tree = read(source)
    found = tuple(_paths(tree))
    return Expression(
        source=source,
        reads=frozenset(path.name for path in found),
        paths=frozenset(str(path) for path in found),
        guarded=frozenset(path.name for path in found) - frozenset(_needed(tree, frozenset())),
        _tree=tree,
        _evaluate=compiled(tree),
    )


def _paths(node: Node) -> Iterator[Path]:
    if isinstance(node, Path):
        yield node
    for child in children(node):
        yield from _paths(child)


def _needed(node: Node, assured: frozenset[str]) -> Iterator[str]:
    """Variables that must have been set for the condition to make sense."""
    match node:
        case Path():
            if node.name not in assured:
                yield node.name
        case Empty(of=Path()):
            return
        case Logic(word=word, parts=parts):
            for part in parts:
                yield from _needed(part, assured)
                assured |= _assured(part, word == "and")
        case _:
            for child in children(node):
                yield from _needed(child, assured)


def _assured(node: Node, outcome: bool) -> frozenset[str]:
    """Variables that have a value when a condition comes out so."""
    match node:
        case Empty(of=Path() as path, negated=negated):
            return frozenset({path.name}) if negated is outcome else frozenset()
        case Not(of=inner):
            return _assured(inner, not outcome)
        case Logic(word=word, parts=parts) if (word == "and") is outcome:
            return frozenset[str]().union(*(_assured(part, outcome) for part in parts))
        case _:
            return frozenset()
