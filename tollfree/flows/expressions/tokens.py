"""The words and signs of an expression, and what to say about those that do not belong in one."""

import re
from dataclasses import dataclass
from typing import Literal

from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.values import Value

LONGEST = 2000
"""Characters an expression may have."""


class BadExpression(TollfreeError):
    """An expression that cannot be read. The message is a sentence for somebody who does not program."""

    code = "bad_expression"

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position
        """Where in the source, counted in characters from 0."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign."""

    kind: Literal["number", "text", "name", "sign", "end"]
    text: str
    """As written."""
    position: int
    value: Value = None
    """What a number or a quoted text stands for."""


_PATTERN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}:[0-9]{2})
    | (?P<grouped>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]))
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|“[^”]*”|‘[^’]*’)
    | (?P<name>[^\W\d]\w*)
    | (?P<wrong>&&|\|\||<>|=>|=<|===|!(?!=)|=(?!=)|[$€£%{}])
    | (?P<sign>==|!=|<=|>=|[-+*/<>()\[\].,≤≥≠])
    """,
    re.VERBOSE | re.DOTALL,
)
_SAME = {"≤": "<=", "≥": ">=", "≠": "!="}
_ADVICE = {
    "=": "To compare two values, write `==` with two equals signs.",
    "===": "To compare two values, write `==` with two equals signs.",
    "&&": "Write the word `and` in place of `&&`.",
    "||": "Write the word `or` in place of `||`.",
    "!": "Write the word `not` in place of `!`.",
    "<>": "For “is not equal”, write `!=`.",
    "=>": "For “at least”, write `>=`.",
    "=<": "For “at most”, write `<=`.",
    "%": "Write a share as a number: `0.2` in place of `20%`.",
    "{": "Leave the braces out: an expression names variables directly, such as `order.total > 20`.",
    "}": "Leave the braces out: an expression names variables directly, such as `order.total > 20`.",
}
_ESCAPED = re.compile(r"\\([\"'\\])")
_MOST_DIGITS = 15
"""A double keeps this many decimal digits exactly."""


def tokens(source: str) -> list[Token]:
    """All tokens, the last of kind `end`. Raises `BadExpression`."""
    if len(source) > LONGEST:
        raise BadExpression(f"This is {len(source)} characters long; {LONGEST} is the most an expression may have.", 0)
    found: list[Token] = []
    position = 0
    while position < len(source):
        match = _PATTERN.match(source, position)
        if match is None:
            raise _stray(source, position)
        position = match.end()
        if match.lastgroup == "space":
            continue
        token = _token(source, match)
        found.append(token)
        if match.lastgroup == "grouped":  # in a list, only the figures before the first comma
            position = token.position + len(token.text)
    found.append(Token("end", "", len(source)))
    return found


def _token(source: str, match: re.Match[str]) -> Token:
    text, position = match.group(), match.start()
    match match.lastgroup:
        case "number":
            return _number(source, text, position, match.end())
        case "text":
            return Token("text", text, position, _ESCAPED.sub(r"\1", text[1:-1]))
        case "name":
            return Token("name", text, position)
        case "sign":
            return Token("sign", _SAME.get(text, text), position)
        case "date":
            raise BadExpression(f'Write a date or a time in quotes: "{text}".', position)
        case "grouped" if not _in_a_list(source, position):
            raise BadExpression(f"Write numbers without commas: {text.replace(',', '')}.", position)
        case "grouped":
            head = text.partition(",")[0]
            return _number(source, head, position, position + len(head))
        case _:
            advice = _ADVICE.get(text, f"Write amounts without a currency sign: `20` in place of `{text}20`.")
            raise BadExpression(advice, position)


def _in_a_list(source: str, position: int) -> bool:
    """Whether a comma here separates values."""
    before = source[:position]
    return before.count("[") + before.count("(") > before.count("]") + before.count(")")


def _number(source: str, text: str, position: int, end: int) -> Token:
    if sum(c.isdigit() for c in text) > _MOST_DIGITS:
        raise BadExpression(f"The number {text[:20]}… has more than {_MOST_DIGITS} digits.", position)
    following = source[end : end + 1]
    if following.isalpha() or following == "_":
        word = re.match(r"\w+", source[position:])
        written = word.group() if word else text
        raise BadExpression(f'`{written}` is neither a number nor a name; text goes in quotes: "{written}".', position)
    return Token("number", text, position, float(text) if "." in text else int(text))


def _stray(source: str, position: int) -> BadExpression:
    sign = source[position]
    if sign in "\"'“‘”’":
        return BadExpression("A quoted text is not closed: a quote is missing at its end.", position)
    if sign == ":":
        return BadExpression('A colon cannot stand here; times go in quotes: "09:00".', position)
    shown = sign if sign.isprintable() else f"character number {ord(sign)}"
    return BadExpression(f"`{shown}` has no meaning here.", position)
