"""What a template is made of: refuses what a template may not do, and finds the variables it reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from tollfree.flows.wording.filters import FILTERS
from tollfree.flows.wording.sandbox import COMPARE, EACH, GATHER, JOIN
from tollfree.protocol.errors import TollfreeError

TESTS = ("defined", "undefined", "none", "empty")
_DEEPEST = 40
_LARGEST = 10**15
_LOOPS = 2
"""Loops within loops: a hundred entries, each of a hundred."""
_WORDS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "notin",
}
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Test,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Compare,
    nodes.Operand,
    nodes.Concat,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.Neg,
    nodes.Pos,
    nodes.Keyword,
)
_REFUSED: dict[type[nodes.Node], str] = {
    nodes.Call: "A template cannot call functions; use a filter, as in `{{ order.items | length }}`.",
    nodes.Assign: "A template cannot set variables; let the flow save the value.",
    nodes.AssignBlock: "A template cannot set variables; let the flow save the value.",
    nodes.With: "A template cannot set variables; let the flow save the value.",
    nodes.Slice: "A template cannot cut pieces out of a value; use `first` or `last`.",
    nodes.Pow: "`**` is not available in a template.",
    nodes.Mod: "`%` is not available in a template.",
    nodes.FloorDiv: "`//` is not available in a template.",
    nodes.Dict: "A template cannot make records; let the flow save the value.",
}


class BadTemplate(TollfreeError):
    """A template that cannot be read or, when it is tried, cannot be rendered."""

    code = "bad_template"

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line or 1  # some nodes of Jinja2 have none
        """Counted from 1."""


@dataclass(slots=True)
class Read:
    """The variables of a template."""

    plain: set[str] = field(default_factory=set[str])
    """Read somewhere without a guard."""
    guarded: set[str] = field(default_factory=set[str])
    """Read somewhere under `is defined`, `default(...)` or an `{% if %}` that tests them."""
    knowing: bool = False
    """Some filter looks at the project's or the call's values."""


_Names = frozenset[str]
_NONE: _Names = frozenset()


def inspect(tree: nodes.Template) -> Read:
    """The variables a template reads. Raises `BadTemplate` for what a template may not do."""
    _refuse(tree, 0, 0)
    found = Read()
    _walk_all(tree.body, _NONE, _NONE, found)
    return found


def _refuse(node: nodes.Node, depth: int, loops: int) -> None:
    if depth > _DEEPEST:
        raise BadTemplate("This is nested too deeply to follow.", node.lineno)
    if isinstance(node, nodes.Const) and isinstance(node.value, int | float) and abs(node.value) > _LARGEST:
        raise BadTemplate("This number is too large.", node.lineno)
    if type(node) not in _ALLOWED:
        what = _REFUSED.get(type(node), f"`{type(node).__name__.lower()}` is not available in a template.")
        raise BadTemplate(what, node.lineno)
    _refuse_names(node)
    if isinstance(node, nodes.For):
        loops += 1
        if loops > _LOOPS:
            raise BadTemplate(f"More than {_LOOPS} loops within each other cannot be spoken.", node.lineno)
        if node.recursive or not isinstance(node.target, nodes.Name):
            raise BadTemplate("A loop takes one entry at a time: `{% for item in order.items %}`.", node.lineno)
    for child in node.iter_child_nodes():
        _refuse(child, depth + 1, loops)


def _refuse_names(node: nodes.Node) -> None:
    """Names that stand for something a template does not have."""
    if isinstance(node, nodes.Filter):
        _known("filter", node.name, FILTERS, node.lineno)
        if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise BadTemplate(f"The filter `{node.name}` is written after a value: `value | {node.name}`.", node.lineno)
    elif isinstance(node, nodes.Test):
        _known("test", node.name, TESTS, node.lineno)
    elif isinstance(node, nodes.Name) and (node.name.startswith("_") or node.name in ("self", "caller", "super")):
        raise BadTemplate(f"`{node.name}` is not the name of a variable.", node.lineno)


def _known(what: str, name: str, known: Iterable[str], line: int) -> None:
    names = sorted(known)
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.7)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names)}."
        raise BadTemplate(f"There is no {what} `{name}`; {hint}", line)


def _walk_all(found: Iterable[nodes.Node], guards: _Names, bound: _Names, read: Read) -> None:
    for node in found:
        _walk(node, guards, bound, read)


def _walk(node: nodes.Node, guards: _Names, bound: _Names, read: Read) -> None:
    match node:
        case nodes.Name():
            if node.name not in bound:
                (read.guarded if node.name in guards else read.plain).add(node.name)
        case nodes.Filter():
            _walk_filter(node, guards, bound, read)
        case nodes.Test():
            _walk(node.node, guards | (_names(node.node) if node.name != "empty" else _NONE), bound, read)
        case nodes.And() | nodes.Or():
            _walk_test(node.left, guards, bound, read)
            _walk_test(node.right, guards | _tested(node.left, isinstance(node, nodes.And)), bound, read)
        case nodes.If():
            _walk_if(node, guards, bound, read)
        case nodes.CondExpr():
            _walk_test(node.test, guards, bound, read)
            _walk(node.expr1, guards | _tested(node.test, True), bound, read)
            if node.expr2 is not None:
                _walk(node.expr2, guards | _tested(node.test, False), bound, read)
        case nodes.For():
            _walk(node.iter, guards, bound, read)
            inner = bound | _names(node.target) | {"loop"}
            if node.test is not None:
                _walk_test(node.test, guards, inner, read)
                guards_within = guards | _tested(node.test, True)
            else:
                guards_within = guards
            _walk_all(node.body, guards_within, inner, read)
            _walk_all(node.else_, guards, bound, read)
        case _:
            _walk_all(node.iter_child_nodes(), guards, bound, read)


def _walk_filter(node: nodes.Filter, guards: _Names, bound: _Names, read: Read) -> None:
    known = FILTERS.get(node.name)
    if known is not None and len(node.args) + len(node.kwargs) < len(known.knows):
        read.knowing = True
    if node.node is not None:
        _walk(node.node, guards | _names(node.node) if node.name == "default" else guards, bound, read)
    _walk_all((*node.args, *node.kwargs), guards, bound, read)


def _walk_if(node: nodes.If, guards: _Names, bound: _Names, read: Read) -> None:
    for branch in (node, *node.elif_):
        _walk_test(branch.test, guards, bound, read)
        _walk_all(branch.body, guards | _tested(branch.test, True), bound, read)
        guards = guards | _tested(branch.test, False)
    _walk_all(node.else_, guards, bound, read)


def _walk_test(node: nodes.Node, guards: _Names, bound: _Names, read: Read) -> None:
    """A variable that is itself the condition is asked for its presence."""
    match node:
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            _walk(node, guards | _names(node), bound, read)
        case nodes.Not():
            _walk_test(node.node, guards, bound, read)
        case _:
            _walk(node, guards, bound, read)


def _tested(node: nodes.Node, holds: bool) -> _Names:
    """The variables that are there when a condition holds, or when it does not."""
    match node:
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            return _names(node) if holds else _NONE
        case nodes.Test():
            return _names(node.node) if holds is (node.name == "defined") else _NONE
        case nodes.Not():
            return _tested(node.node, not holds)
        case nodes.And() | nodes.Or():
            left, right = _tested(node.left, holds), _tested(node.right, holds)
            return left | right if isinstance(node, nodes.And) is holds else left & right
        case _:
            return _NONE


def _names(node: nodes.Node) -> _Names:
    """The variables named anywhere in a node."""
    inner = frozenset(found.name for found in node.find_all(nodes.Name))
    return inner | {node.name} if isinstance(node, nodes.Name) else inner


class Rewrite(NodeTransformer):
    """Puts the sandbox's own meaning in place of Python's for comparing, joining and looping."""

    def visit_Compare(self, node: nodes.Compare) -> nodes.Expr:
        """`a < b < c`, as expressions compare; against nothing, a test."""
        self.generic_visit(node)
        left, result = node.expr, None
        for operand in node.ops:
            one = _compared(left, operand)
            result = one if result is None else nodes.And(result, one, lineno=node.lineno)
            left = operand.expr
        return result if result is not None else node.expr

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        """`a ~ b`, with each part as it is spoken and the whole bounded."""
        self.generic_visit(node)
        first, *others = node.nodes
        return nodes.Filter(first, JOIN, others, [], None, None, lineno=node.lineno)

    def visit_List(self, node: nodes.List | nodes.Tuple) -> nodes.Expr:
        """A list written out, of data only."""
        self.generic_visit(node)
        return nodes.Filter(
            nodes.Const(None, lineno=node.lineno), GATHER, node.items, [], None, None, lineno=node.lineno
        )

    visit_Tuple = visit_List

    def visit_For(self, node: nodes.For) -> nodes.For:
        """A loop over a bounded list."""
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, EACH, [], [], None, None, lineno=node.lineno)
        return node


def _compared(left: nodes.Expr, operand: nodes.Operand) -> nodes.Expr:
    line = left.lineno
    if isinstance(operand.expr, nodes.Const) and operand.expr.value is None and operand.op in ("eq", "ne"):
        test = nodes.Test(left, "none", [], [], None, None, lineno=line)
        return test if operand.op == "eq" else nodes.Not(test, lineno=line)
    arguments: list[nodes.Expr] = [nodes.Const(_WORDS[operand.op], lineno=line), operand.expr]
    return nodes.Filter(left, COMPARE, arguments, [], None, None, lineno=line)
