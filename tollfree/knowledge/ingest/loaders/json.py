"""JSON: a record is a passage with its fields' names; JSON lines are streamed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import cast

from langchain_core.documents import Document
from typing_extensions import override

from tollfree.knowledge.ingest.block import block
from tollfree.knowledge.ingest.decoding import decoded_lines
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.loaders.base import FileLoader
from tollfree.protocol.values import Value

MAX_WHOLE_BYTES = 64 << 20
"""A file that is one JSON value is held in memory, so it may not be larger."""


class JsonLoader(FileLoader):
    """A list gives a passage for each of its members, a record one for each of its fields that is no plain value."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        lines = decoded_lines(self.file, self.faults)
        first = next((line for line in lines if line.strip()), "")
        if _is_whole(first) and _is_whole(second := next((line for line in lines if line.strip()), "")):
            for number, line in enumerate(chain((first, second), lines), start=1):
                if line.strip():
                    yield from _member(_parsed(line, f"line {number}"), f"record {number}", "")
            return
        yield from _top(_parsed(self._whole(), "the file"))

    def _whole(self) -> str:
        if self.file.stat().st_size > MAX_WHOLE_BYTES:
            raise BadDocument(
                "too_large",
                f"It is one JSON value of more than {MAX_WHOLE_BYTES >> 20} MB.",
                "Write it as JSON lines, a record a line.",
            )
        return "".join(decoded_lines(Path(self.file), self.faults))


def _is_whole(line: str) -> bool:
    """Whether a line is a JSON record or list by itself."""
    if not line.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(text: str, where: str) -> Value:
    try:
        return cast(Value, json.loads(text))
    except json.JSONDecodeError as error:
        raise BadDocument(
            "damaged",
            f"It is not JSON: {where}, line {error.lineno}, column {error.colno}: {error.msg}.",
            "Mend it there, or save it as plain text.",
        ) from error
    except (RecursionError, ValueError) as error:
        raise BadDocument("damaged", "It is nested too deeply, or holds a number too long to read.") from error


def _top(value: Value) -> Iterator[Document]:
    if not isinstance(value, Mapping):
        yield from _part(value, "", "")
        return
    plain = {name: one for name, one in value.items() if not _is_deep(one)}
    if text := "; ".join(_fields(plain)):
        yield block("row", text)
    for name, one in value.items():
        if isinstance(one, Mapping) and any(_is_deep(inner) for inner in one.values()):
            for inner_name, inner in one.items():
                yield from _part(inner, f"{name} > {inner_name}", inner_name)
        elif _is_deep(one):
            yield from _part(one, name, name)


def _part(value: Value, section: str, name: str) -> Iterator[Document]:
    if isinstance(value, Sequence) and _is_deep(value):
        of = f" of {name}" if name else ""
        for number, one in enumerate(value, start=1):
            yield from _member(one, f"record {number}{of}", section)
    else:
        yield from _member(value, "", section)


def _member(value: Value, place: str, section: str) -> Iterator[Document]:
    if text := "; ".join(_fields(value)):
        yield block("row", text, section=section, place=place)


def _is_deep(value: Value) -> bool:
    """A record, or a list of records or lists; not a plain value, nor a list of plain values."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(isinstance(one, Mapping | Sequence) and not isinstance(one, str) for one in value)
    return isinstance(value, Mapping) and bool(value)


def _fields(value: Value, name: str = "") -> Iterator[str]:
    """`Name: value` of every plain value within, names of outer records before it."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _fields(one, f"{name} {_spoken(key)}".strip())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if _is_deep(value):
            for one in value:
                yield from _fields(one, name)
        elif text := ", ".join(_plain(one) for one in value if one is not None):
            yield f"{name}: {text}" if name else text
    elif value is not None and (text := _plain(value)):
        yield f"{name}: {text}" if name else text


def _spoken(key: str) -> str:
    return " ".join(key.replace("_", " ").split())


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())
