"""Flows as text: YAML or JSON in, the plain document out, and back, without loss (comments aside)."""

# PyYAML's types leave most arguments unknown.
# pyright: reportUnknownMemberType=false

import json
import re
from collections.abc import Hashable, Iterator, Mapping
from typing import cast

import yaml

from tollfree.flows.document import SCHEMA
from tollfree.flows.errors import FlowTooNew, FlowUnreadable
from tollfree.protocol.values import Value

MAX_CHARACTERS = 4_000_000
"""A flow of a thousand nodes has some hundred thousand."""
MAX_DEPTH = 40
"""Lists and mappings inside one another."""
MAX_VALUES = 500_000
"""Values in all, those behind YAML's aliases counted each time: a small file must not become a huge flow."""

SURELY_SHALLOW = 2000
"""Openings and columns up to which a text cannot be nested so deeply that PyYAML's C code, which recurs without a
limit, would bring the program down. A flow of a thousand nodes has more openings, and is then measured."""

Document = dict[str, Value]
"""A flow as plain values: what drafts hold, faults and all."""


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's plain values, so that `yes`, `on` and `12:30` stay words. A key given twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = cast(object, self.construct_object(key_node, deep=True))
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a name must be a word", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key}` is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$"),
    list("-+0123456789"),
)


class _Dumper(yaml.SafeDumper):
    """Writes what `_Loader` reads back the same; several lines of text as a block."""


_Dumper.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


_ODD_BREAK = re.compile(r"[\r\x85\u2028\u2029]")
"""Line breaks that YAML reads as plain ones; only in quotes, escaped, do they stay what they are."""
_NOT_STORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""What PostgreSQL's JSON cannot hold, and UTF-8 cannot write."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ODD_BREAK.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def read(text: str, name: str) -> Document:
    """The document in a YAML or JSON text (JSON is YAML, but its errors read better).

    Raises `FlowUnreadable` with the place, `FlowTooNew` when the schema is newer than this program's.
    """
    if len(text) > MAX_CHARACTERS:
        raise FlowUnreadable(f"{name} has {len(text)} characters; a flow has at most {MAX_CHARACTERS}.")
    value = _json(text, name) if text.lstrip("\ufeff \t\r\n").startswith("{") else _yaml(text, name)
    if not isinstance(value, dict):
        raise FlowUnreadable(f"{name} is no flow: it should be a mapping with `flow`, `start` and `nodes`.")
    return sound(cast(dict[object, object], value), name)


def sound(value: Mapping[object, object] | Mapping[str, Value], name: str) -> Document:
    """The document, if it is one that can be kept: plain values, not too many, not too deep, of a schema that this
    program knows. Raises `FlowUnreadable` or `FlowTooNew`."""
    for count, _ in enumerate(_plain(value, name, MAX_DEPTH)):
        if count > MAX_VALUES:
            raise FlowUnreadable(f"{name} has more than {MAX_VALUES} values.")
    document = cast(Document, dict(value))
    refuse_newer(document, name)
    return document


def refuse_newer(document: Mapping[str, Value], name: str) -> None:
    """Raises `FlowTooNew` for a document whose schema this program does not know."""
    schema = document.get("schema", SCHEMA)
    if isinstance(schema, int) and schema > SCHEMA:
        raise FlowTooNew(
            f"{name} is written in flow schema {schema}; this program reads up to {SCHEMA}. Update tollfree to open it."
        )


def to_yaml(document: Mapping[str, Value]) -> str:
    """A document as YAML, its fields in their order."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def to_json(document: Mapping[str, Value]) -> str:
    """A document as JSON, its fields in their order."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _json(text: str, name: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        twice = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None
        if twice is not None:
            raise FlowUnreadable(f"{name}: `{twice}` is given twice in the same place.")
        return dict(pairs)

    try:
        return json.loads(text.lstrip("\ufeff"), object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise FlowUnreadable(f"{name}, line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise FlowUnreadable(f"{name} is nested too deeply.") from error


def _yaml(text: str, name: str) -> object:
    try:
        _refuse_endless(text, name)
        return yaml.load(text.lstrip("\ufeff"), _Loader)  # noqa: S506  a safe loader: plain values only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise FlowUnreadable(f"{name}{place}: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise FlowUnreadable(f"{name} is not readable as YAML: {_first_line(error)}.") from error
    except RecursionError as error:
        raise FlowUnreadable(f"{name} is nested too deeply.") from error


def _refuse_endless(text: str, name: str) -> None:
    """Raises `FlowUnreadable` for nesting that would exhaust the stack. Events are read without recursion."""
    openings = text.count("[") + text.count("{")
    if openings + 2 * max(map(len, text.splitlines()), default=0) <= SURELY_SHALLOW:
        return
    depth = 0
    for event in yaml.parse(text.lstrip("\ufeff"), yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > 2 * MAX_DEPTH:
            raise FlowUnreadable(f"{name} is nested more than {MAX_DEPTH} deep.")


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _plain(value: object, name: str, depth: int) -> Iterator[object]:
    """Every value inside, refusing what JSON cannot hold: other keys than text, infinities, endless nesting."""
    if depth == 0:
        raise FlowUnreadable(f"{name} is nested more than {MAX_DEPTH} deep.")
    for part in _parts(value, name):
        yield part
        yield from _plain(part, name, depth - 1)


def _parts(value: object, name: str) -> Iterator[object]:
    if isinstance(value, dict):
        for key, part in cast(dict[object, object], value).items():
            if not isinstance(key, str):
                raise FlowUnreadable(f"{name}: the name `{key}` must be a word; put it in quotes.")
            _refuse_unstorable(key, name)
            yield part
    elif isinstance(value, list):
        yield from cast(list[object], value)
    elif isinstance(value, str):
        _refuse_unstorable(value, name)
    elif isinstance(value, float) and value - value != 0:
        raise FlowUnreadable(f"{name}: {value} is not a number that can be stored.")
    elif value is not None and not isinstance(value, int | float | bool):
        raise FlowUnreadable(f"{name}: {value!r} is not text, a number, true, false, a list or a mapping.")


def _refuse_unstorable(text: str, name: str) -> None:
    found = _NOT_STORABLE.search(text)
    if found is not None:
        place = f"{ascii(text[max(found.start() - 20, 0) : found.end() + 20])}"
        raise FlowUnreadable(f"{name}: {place} holds {ascii(found[0])}, which cannot be stored; take it out.")
