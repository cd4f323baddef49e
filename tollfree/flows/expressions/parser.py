"""Reads an expression's tokens into its tree.

Written by hand rather than on Python's own parser: authors do not program, so `is empty`, curly quotes and lower-case
`true` must read well, every mistake needs a sentence of its own with its place, and nothing of Python (calls,
attributes, comprehensions, escapes, warnings) has to be shut out because none of it is ever let in.

    condition  = all { "or" all }
    all        = opposite { "and" opposite }
    opposite   = "not" opposite | comparison
    comparison = sum { ( "==" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] "in" ) sum | "is" ["not"] "empty" }
    sum        = product { ( "+" | "-" ) product }
    product    = signed { ( "*" | "/" ) signed }
    signed     = "-" signed | item
    item       = value { "." name | "[" sum "]" }
    value      = number | text | "true" | "false" | "none" | name | name "(" … ")" | "(" condition ")" | "[" … "]"
"""

from collections.abc import Callable
from difflib import get_close_matches
from typing import cast

from tollfree.flows.expressions.functions import FUNCTIONS
from tollfree.flows.expressions.tokens import BadExpression, Token, tokens
from tollfree.flows.expressions.tree import (
    Arithmetic,
    ArithmeticSign,
    Call,
    Comparison,
    ComparisonSign,
    Constant,
    Empty,
    Item,
    ListOf,
    Logic,
    Negative,
    Node,
    Not,
    Path,
    Within,
)
from tollfree.protocol.values import Value

_DEEPEST = 20
"""Brackets within brackets."""
_MOST_STEPS = 100
"""Signs in one expression: bounds what an evaluation costs and how deep it goes."""
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "none": None}
_RESERVED = frozenset({"and", "or", "not", "in", "is", *_CONSTANTS})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MISSPELT = {"null": "none", "nil": "none", "yes": "true"}


def read(source: str) -> Node:
    """The tree of an expression. Raises `BadExpression`."""
    parser = _Parser(tokens(source))
    if parser.next.kind == "end":
        raise BadExpression("The expression is empty.", 0)
    node = parser.condition()
    parser.finish()
    return node


class _Parser:
    """A cursor over tokens; each method reads one rule of the grammar."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0
        self._steps = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> Token | None:
        """The next token, if it is one of these signs or words."""
        token = self.next
        if token.kind in ("sign", "name") and token.text in texts:
            self._at += 1
            return token
        return None

    def _expect(self, text: str, otherwise: str) -> None:
        if self._take(text) is None:
            raise BadExpression(otherwise, self.next.position)

    def _step(self, token: Token) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise BadExpression("This is too long to follow; split it into several branches.", token.position)

    def _inside(self, rule: Callable[[], Node], token: Token) -> Node:
        self._step(token)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadExpression("There are too many brackets within brackets.", token.position)
        node = rule()
        self._depth -= 1
        return node

    def finish(self) -> None:
        token = self.next
        if token.kind == "end":
            return
        if token.text in (")", "]"):
            raise BadExpression(f"This `{token.text}` closes a bracket that was never opened.", token.position)
        if token.text == "contains":
            raise BadExpression('Turn it round with `in`: `"gift" in order.note`.', token.position)
        if token.kind == "name" and token.text.lower() in ("and", "or", "not", "in", "is"):
            raise BadExpression(f"Write `{token.text.lower()}` in lower case.", token.position)
        raise BadExpression(
            f"`{token.text}` was not expected here; is `and`, `or` or a comparison missing before it?", token.position
        )

    def condition(self) -> Node:
        return self._logic("or", self._all)

    def _all(self) -> Node:
        return self._logic("and", self._opposite)

    def _logic(self, word: str, rule: Callable[[], Node]) -> Node:
        position = self.next.position
        parts = [rule()]
        while self._take(word):
            parts.append(rule())
        if len(parts) == 1:
            return parts[0]
        return Logic("and" if word == "and" else "or", tuple(parts), position)

    def _opposite(self) -> Node:
        token = self._take("not")
        if token is None:
            return self._comparison()
        return Not(self._inside(self._opposite, token), token.position)

    def _comparison(self) -> Node:
        left = self._sum()
        parts: list[Node] = []
        while (part := self._compared(left)) is not None:
            parts.append(part)
            if not isinstance(part, Comparison):
                break
            left = part.right
        if not parts:
            return left
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts), parts[0].position)

    def _compared(self, left: Node) -> Node | None:
        """One comparison of what stands left of it, or None when none follows."""
        token = self.next
        if token.kind == "sign" and token.text in _COMPARISONS:
            self._at += 1
            self._step(token)
            return Comparison(cast(ComparisonSign, token.text), left, self._sum(), token.position)
        if token.kind != "name" or token.text not in ("in", "not", "is"):
            return None
        self._at += 1
        self._step(token)
        if token.text == "is":
            negated = self._take("not") is not None
            self._expect("empty", "After `is` comes `empty` or `not empty`; to compare two values, write `==`.")
            return Empty(left, negated, token.position)
        if token.text == "not":
            self._expect("in", "After a value, `not` must be followed by `in`; to compare, write `!=`.")
        return Within(left, self._sum(), token.text == "not", token.position)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._signed)

    def _chain(self, signs: tuple[str, ...], rule: Callable[[], Node]) -> Node:
        node = rule()
        while (token := self._take(*signs)) is not None:
            self._step(token)
            node = Arithmetic(cast(ArithmeticSign, token.text), node, rule(), token.position)
        return node

    def _signed(self) -> Node:
        token = self._take("-")
        if token is None:
            return self._item()
        inner = self._inside(self._signed, token)
        if isinstance(inner, Constant) and isinstance(inner.value, int | float) and not isinstance(inner.value, bool):
            return Constant(-inner.value, token.position)
        return Negative(inner, token.position)

    def _item(self) -> Node:
        node = self._value()
        while True:
            if token := self._take("["):
                index = self._inside(self._sum, token)
                self._expect("]", "A `]` is missing here.")
                node = Item(node, index, (), token.position)
            elif token := self._take("."):
                node = self._field(node, token)
            else:
                return node

    def _field(self, node: Node, dot: Token) -> Node:
        token = self.next
        if token.kind != "name":
            raise BadExpression("After the dot comes the name of a field, such as `order.total`.", token.position)
        self._at += 1
        match node:
            case Path():
                return Path(node.name, (*node.fields, token.text), node.position)
            case Item():
                return Item(node.of, node.index, (*node.fields, token.text), node.position)
            case _:
                raise BadExpression("Only a variable has fields, such as `order.total`.", dot.position)

    def _value(self) -> Node:
        token = self.next
        self._at += 1
        if token.kind in ("number", "text"):
            return Constant(token.value, token.position)
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            node = self._inside(self.condition, token)
            self._expect(")", "A `)` is missing here.")
            return node
        if token.text == "[":
            return ListOf(self._several("]", token), token.position)
        if token.kind == "end":
            raise BadExpression("The expression ends too early: a value is missing.", token.position)
        raise BadExpression(f"A value is missing before `{token.text}`.", token.position)

    def _named(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            return Constant(_CONSTANTS[token.text], token.position)
        if token.text in _RESERVED:
            raise BadExpression(f"A value is missing before `{token.text}`.", token.position)
        if token.text.lower() in _RESERVED:
            raise BadExpression(f"Write `{token.text.lower()}` in lower case.", token.position)
        if token.text in _MISSPELT and self.next.text not in ("(", "."):
            raise BadExpression(f"Write `{_MISSPELT[token.text]}` in place of `{token.text}`.", token.position)
        opening = self._take("(")
        return self._call(token, opening) if opening else Path(token.text, (), token.position)

    def _call(self, name: Token, opening: Token) -> Node:
        function = FUNCTIONS.get(name.text)
        if function is None:
            near = get_close_matches(name.text, FUNCTIONS, n=1)
            known = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(sorted(FUNCTIONS))}."
            raise BadExpression(f"There is no function `{name.text}`; {known}", name.position)
        arguments = self._several(")", opening)
        if not function.least <= len(arguments) <= len(function.takes):
            needs = "1 value" if function.least == 1 else f"{function.least} values"
            raise BadExpression(f"`{name.text}` needs {needs}, as in `{function.example}`.", name.position)
        return Call(name.text, arguments, name.position)

    def _several(self, closing: str, opening: Token) -> tuple[Node, ...]:
        """Values with commas between them, up to the closing bracket."""
        if self._take(closing):
            return ()
        found = [self._inside(self.condition, opening)]
        while self._take(","):
            if self.next.text == closing:
                break
            found.append(self._inside(self.condition, opening))
        self._expect(closing, f"A comma or `{closing}` is missing here.")
        return tuple(found)
