"""A template made ready to run: directly from its tree when it only names values, as generated code otherwise.

Jinja2 needs most of a millisecond to generate and compile Python for a template. Nearly every line of a flow is text
with values and filters in it, which needs none of that; both ways ask the same sandbox for every value.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from jinja2 import nodes
from jinja2.environment import Template as Compiled

from tollfree.flows.wording.filters import FILTERS, Asked
from tollfree.flows.wording.reading import Rewrite
from tollfree.flows.wording.sandbox import Sandbox
from tollfree.protocol.values import Values

LENIENT = Sandbox(strict=False)
"""For calls: what is not there, or fails, says nothing."""
STRICT = Sandbox(strict=True)
"""For checks: what is not there, or fails, raises."""

_Piece: TypeAlias = Callable[[Sandbox, Values], object]
_RESULT = "_value"
"""The name under which generated code leaves the value of a sole expression; authors cannot write such a name."""


def sole_expression(tree: nodes.Template) -> nodes.Expr | None:
    """The expression, if the template is that and nothing else."""
    match tree.body:
        case [nodes.Output(nodes=[one])] if not isinstance(one, nodes.TemplateData):
            return one
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Direct:
    """Pieces of text and values, one after another."""

    pieces: tuple[str | _Piece, ...]

    def texts(self, sandbox: Sandbox, values: Values) -> Iterator[str]:
        """The text, piece by piece."""
        for piece in self.pieces:
            yield piece if isinstance(piece, str) else sandbox.say(piece(sandbox, values))

    def value(self, sandbox: Sandbox, values: Values) -> object:
        """The value of the sole expression."""
        piece = self.pieces[0]
        return piece if isinstance(piece, str) else piece(sandbox, values)

    def line(self, error: BaseException) -> int:
        """The line of a failure, which is not recorded for so short a template."""
        return 1


class Generated:
    """Code that Jinja2 generates, when it is first needed, for both sandboxes at once."""

    __slots__ = ("_lenient", "_strict", "_tree")

    def __init__(self, tree: nodes.Template) -> None:
        self._tree = tree
        self._lenient: Compiled | None = None
        self._strict: Compiled | None = None

    def texts(self, sandbox: Sandbox, values: Values) -> Iterable[str]:
        """The text, piece by piece."""
        template = self._ready(sandbox)
        run = cast(Callable[[Any], Iterable[str]], template.root_render_func)
        return run(template.new_context(dict(values)))

    def value(self, sandbox: Sandbox, values: Values) -> object:
        """The value of the sole expression."""
        template = self._ready(sandbox)
        run = cast(Callable[[Any], Iterable[str]], template.root_render_func)
        context = template.new_context(dict(values))
        for _ in run(context):
            pass
        return context.vars[_RESULT]

    def line(self, error: BaseException) -> int:
        """The line of the template in which it failed."""
        line, trace = 1, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "<template>":
                line = self._ready(STRICT).get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return line

    def _ready(self, sandbox: Sandbox) -> Compiled:
        if self._lenient is None or self._strict is None:
            code = STRICT.compile(_prepared(self._tree))
            self._strict = Compiled.from_code(STRICT, code, {})
            self._lenient = Compiled.from_code(LENIENT, code, {})
        return self._strict if sandbox is STRICT else self._lenient


Program: TypeAlias = Direct | Generated


def program(tree: nodes.Template) -> Program:
    """The quickest way to run an inspected template."""
    pieces: list[str | _Piece] = []
    for part in tree.body:
        if not isinstance(part, nodes.Output):
            return Generated(tree)
        for node in part.nodes:
            piece = node.data if isinstance(node, nodes.TemplateData) else _direct(node)
            if piece is None:
                return Generated(tree)
            pieces.append(piece)
    return Direct(tuple(pieces))


def _direct(node: nodes.Node) -> _Piece | None:
    """A value read from the call, with its filters; None for anything else."""
    match node:
        case nodes.Name():
            return _named(node.name)
        case nodes.Getattr():
            inner = _direct(node.node)
            return None if inner is None else _field(inner, node.attr)
        case nodes.Filter() if node.node is not None:
            inner = _direct(node.node)
            return None if inner is None else _filtered(inner, node)
        case _:
            return None


def _named(name: str) -> _Piece:
    return lambda sandbox, values: values[name] if name in values else sandbox.undefined(name=name)


def _field(inner: _Piece, name: str) -> _Piece:
    return lambda sandbox, values: sandbox.getattr(inner(sandbox, values), name)


def _filtered(inner: _Piece, node: nodes.Filter) -> _Piece | None:
    arguments = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
    options: dict[str, object] = {
        str(option.key): option.value.value for option in node.kwargs if isinstance(option.value, nodes.Const)
    }
    if len(arguments) < len(node.args) or len(options) < len(node.kwargs):
        return None
    name, knows = node.name, bool(FILTERS[node.name].knows)

    def ask(sandbox: Sandbox, values: Values) -> object:
        one: Asked = sandbox.filters[name]
        value = inner(sandbox, values)
        return one(values, value, *arguments, **options) if knows else one(value, *arguments, **options)

    return ask


def _prepared(tree: nodes.Template) -> nodes.Template:
    """The tree as the sandbox runs it. Changes it in place."""
    sole = sole_expression(tree)
    if sole is not None:
        target = nodes.Name(_RESULT, "store", lineno=1)
        tree.body = [nodes.Assign(target, sole, lineno=sole.lineno)]
    Rewrite().visit(tree)
    tree.set_environment(STRICT)
    return tree
