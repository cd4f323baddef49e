"""Templates: a line of speech, or an argument of a tool, with the call's values in it."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache

from jinja2 import TemplateError, TemplateSyntaxError, nodes

from tollfree.flows.wording.program import LENIENT, STRICT, Program, program, sole_expression
from tollfree.flows.wording.reading import BadTemplate, inspect
from tollfree.flows.wording.sandbox import LONGEST_OUTPUT, is_data
from tollfree.protocol.values import Value, Values, ValueType

__all__ = ["BadTemplate", "Template", "render_value", "sample_values"]

_LONGEST_SOURCE = 10_000
_MARKS = ("{{", "{%", "{#")
_FAILURES = (TemplateError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What generated code can raise on data it does not fit. A line of speech never ends a call."""
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
_BEFORE_SIGN = re.compile(r"\s+(?=[,.;:!?](?:\s|$))")
_DOUBLED = re.compile(r"[,;:]+\s*(?=[,.;:!?](?:\s|$))")


@dataclass(frozen=True, slots=True)
class Template:
    """A text with values in it. Made by `Template.compile`, rendered while calls run."""

    source: str
    """As the author wrote it."""
    reads: frozenset[str]
    """The variables it reads, without their fields."""
    guarded: frozenset[str]
    """Those it reads only where it has made sure of them: `is defined`, `default(...)`, `{% if x %}`."""
    fixed: bool
    """It has no variables, so it always says the same."""
    _text: str = field(repr=False)
    """What a fixed template says."""
    _is_value: bool = field(repr=False)
    """It is one expression and nothing else."""
    _program: Program | None = field(repr=False, compare=False)
    """None: plain text."""

    @classmethod
    def compile(cls, source: str) -> "Template":
        """Reads a template. Raises `BadTemplate`. The same source gives the same template."""
        return _compile(source)

    def render(self, values: Values) -> str:
        """The text as it is spoken, in single spaces. What is not there says nothing. Never raises."""
        return self._text if self.fixed else tidy(self._said(values))

    def render_strict(self, values: Values) -> str:
        """The text, when nothing at all is wrong. Raises `BadTemplate`. An empty record stands for one whose fields
        are not known; a field missing from any other is a fault."""
        if self._program is None:
            return self._text
        chunks: list[str] = []
        try:
            if self._is_value:
                chunks.append(STRICT.say(self._program.value(STRICT, values)))
            elif not _gather(self._program.texts(STRICT, values), chunks):
                raise BadTemplate(f"This says more than {LONGEST_OUTPUT} characters.", 1)
        except _FAILURES as e:
            raise BadTemplate(_sentence(e), self._program.line(e)) from e
        return tidy("".join(chunks))

    def render_value(self, values: Values) -> Value:
        """For a template that is exactly one `{{ expression }}` the value itself (a record stays one); for any other
        the text as written, white space and all. Never raises."""
        if self._program is None:
            return self.source
        if not self._is_value:
            return self._said(values)
        with suppress(*_FAILURES):
            found = self._program.value(LENIENT, values)
            return found if is_data(found) else None
        return None

    def _said(self, values: Values) -> str:
        """The text as written; what was said before a failure still counts."""
        if self._program is None:
            return self.source
        chunks: list[str] = []
        with suppress(*_FAILURES):
            if self._is_value:
                return LENIENT.say(self._program.value(LENIENT, values))
            _gather(self._program.texts(LENIENT, values), chunks)
        return "".join(chunks)[:LONGEST_OUTPUT]


def render_value(source: str, values: Values) -> Value:
    """`Template.render_value` of a source. Raises `BadTemplate`."""
    return Template.compile(source).render_value(values)


def sample_values(types: Mapping[str, ValueType]) -> dict[str, Value]:
    """A value of each type to try templates with. Records are empty: their fields are not known."""
    return {name: _SAMPLES[kind] for name, kind in types.items()}


_SAMPLES: Mapping[ValueType, Value] = {
    ValueType.TEXT: "sample",
    ValueType.NUMBER: 2,
    ValueType.BOOLEAN: True,
    ValueType.MONEY: "22.50",
    ValueType.DATE: "2026-11-24",
    ValueType.TIME: "15:30",
    ValueType.LIST: [],
    ValueType.RECORD: {},
    ValueType.ANY: {},
}


def tidy(text: str) -> str:
    """Single spaces, and no sign of punctuation left alone by a value that was not there."""
    joined = " ".join(text.split())
    if not joined.isprintable():
        joined = joined.translate(_CONTROLS)
    return _DOUBLED.sub("", _BEFORE_SIGN.sub("", joined)).lstrip(",;: ")


@lru_cache(maxsize=4096)
def _compile(source: str) -> Template:
    if len(source) > _LONGEST_SOURCE:
        raise BadTemplate(
            f"This is {len(source)} characters long; {_LONGEST_SOURCE} is the most a template may have.", 1
        )
    if not any(mark in source for mark in _MARKS):
        return Template(source, frozenset(), frozenset(), True, " ".join(source.split()), False, None)
    tree = _parse(source)
    read = inspect(tree)
    template = Template(
        source=source,
        reads=frozenset(read.plain | read.guarded),
        guarded=frozenset(read.guarded - read.plain),
        fixed=False,
        _text="",
        _is_value=sole_expression(tree) is not None,
        _program=program(tree),
    )
    if template.reads or read.knowing:
        return template
    return replace(template, fixed=True, _text=template.render({}))


def _parse(source: str) -> nodes.Template:
    try:
        return STRICT.parse(source)
    except TemplateSyntaxError as e:
        raise BadTemplate(_explained(e), e.lineno) from e
    except RecursionError as e:
        raise BadTemplate("This is nested too deeply to follow.", 1) from e
    except ValueError as e:  # a number of thousands of digits
        raise BadTemplate(f"This cannot be read: {e}.", 1) from e


def _explained(error: TemplateSyntaxError) -> str:
    message = error.message or "This cannot be read"
    if "end of print statement" in message or "unexpected '}'" in message or "unexpected end of template" in message:
        return f"Something is wrong between `{{{{` and `}}}}`: {message.rstrip('.')}."
    if "unknown tag" in message.lower():
        return f"{message} Templates know `if`, `for` and `{{{{ … }}}}`."
    return message if message.endswith(".") else f"{message}."


def _gather(pieces: Iterable[str], chunks: list[str]) -> bool:
    """Collects pieces up to the longest text; False when there would have been more."""
    length = 0
    for piece in pieces:
        chunks.append(piece)
        length += len(piece)
        if length > LONGEST_OUTPUT:
            return False
    return True


def _sentence(error: BaseException) -> str:
    message = str(error)
    unknown = re.fullmatch(r"'(.+)' is undefined", message)
    if unknown:
        return f"`{unknown[1]}` has no value here."
    return message if message.endswith(".") else f"{message}."
