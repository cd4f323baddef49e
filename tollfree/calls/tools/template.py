"""The placeholders of a tool: `{{ phone }}` is an argument, `{{ secret.API_KEY }}` a secret of the project.

Not Jinja: a placeholder only inserts a value, so what may go where can be checked before any call.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tollfree.protocol.values import Value, Values

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\s*\}\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a value goes."""

    name: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Text with placeholders, taken apart."""

    parts: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """In the order they are written."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    @property
    def whole(self) -> Placeholder | None:
        """The placeholder, when the template is nothing else: its value then keeps its type."""
        match self.parts:
            case (Placeholder() as only,):
                return only
            case _:
                return None


class TemplateFault(ValueError):
    """Text that is not a template. The message is a plain sentence."""


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """Takes a template apart. Raises `TemplateFault`."""
    parts: list[str | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        name, field = match.groups()
        if field is not None and name != "secret":
            raise TemplateFault(f"{match.group()} has a dot; only {{{{ secret.NAME }}}} may have one")
        if field is None and name == "secret":
            raise TemplateFault("{{ secret }} does not say which; write {{ secret.NAME }}")
        parts.append(Placeholder(field or name, secret=field is not None))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    for part in parts:
        if isinstance(part, str) and "{{" in part:
            raise TemplateFault(f"{part[part.index('{{') :][:40]!r} is not a placeholder; write {{{{ argument }}}}")
    return Template(tuple(parts))


def strings_of(value: Value) -> tuple[str, ...]:
    """Every string of a JSON template that may hold placeholders, depth first. Keys are not templates."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping):
        return tuple(text for item in value.values() for text in strings_of(item))
    if isinstance(value, Sequence):
        return tuple(text for item in value for text in strings_of(item))
    return ()


def as_text(value: Value) -> str:
    """A value inside text: nothing for null, `true`, `3` rather than `3.0`, JSON for a list or record."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Filling:
    """The values for one request."""

    arguments: Values
    """Checked. An optional argument that was not given is not in it."""
    secrets: Mapping[str, str]
    """Every secret the tool names."""

    def value(self, placeholder: Placeholder) -> Value:
        """The placeholder's value; None when its argument was not given."""
        if placeholder.secret:
            return self.secrets[placeholder.name]
        return self.arguments.get(placeholder.name)

    def text(self, template: str) -> str:
        """The template as plain text."""
        parts = parse_template(template).parts
        return "".join(part if isinstance(part, str) else as_text(self.value(part)) for part in parts)

    def fill(self, template: Value) -> Value:
        """A JSON template: a string that is only a placeholder becomes its value, of any type; a field of a record
        whose argument was not given is left out."""
        if isinstance(template, str):
            whole = parse_template(template).whole
            return self.text(template) if whole is None else self.value(whole)
        if isinstance(template, Mapping):
            return {key: self.fill(item) for key, item in template.items() if not self.absent(item)}
        if isinstance(template, Sequence):
            return [self.fill(item) for item in template if not self.absent(item)]
        return template

    def absent(self, template: Value) -> bool:
        """Whether the template is only a placeholder, of an argument that was not given."""
        whole = parse_template(template).whole if isinstance(template, str) else None
        return whole is not None and not whole.secret and whole.name not in self.arguments
