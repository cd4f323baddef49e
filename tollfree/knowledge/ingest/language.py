"""Which language a document is in."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import chain
from typing import Protocol, cast

from langchain_core.documents import Document

ENOUGH_CHARACTERS = 1_500
"""Of a document's beginning that are judged."""
LEAST_CHARACTERS = 60
"""Fewer tell nothing."""
SURE = 0.9


class _Identifier(Protocol):
    """What is used of py3langid's identifier; the library is untyped."""

    def classify(self, text: str) -> tuple[str, float]: ...


class _Identifiers(Protocol):
    """How one is loaded."""

    def from_model_file(self, model_file: str, *, norm_probs: bool) -> _Identifier: ...


class _Module(Protocol):
    """What is used of its module."""

    LanguageIdentifier: _Identifiers
    MODEL_FILE: str


_loaded: list[_Identifier] = []


def with_language(blocks: Iterable[Document]) -> Iterator[Document]:
    """The same blocks, each with the document's `language`: BCP 47, empty where it is not sure."""
    rest = iter(blocks)
    first: list[Document] = []
    size = 0
    for block in rest:
        first.append(block)
        size += len(block.page_content)
        if size >= ENOUGH_CHARACTERS:
            break
    language = language_of("\n".join(block.page_content for block in first)[: 2 * ENOUGH_CHARACTERS])
    for block in chain(first, rest):
        block.metadata["language"] = language
        yield block


def language_of(text: str) -> str:
    """BCP 47, or empty where the text is too short or the identifier not sure."""
    if len(text.strip()) < LEAST_CHARACTERS:
        return ""
    language, sure = _identifier().classify(text)
    return language if sure >= SURE else ""


def _identifier() -> _Identifier:
    """Loaded when it is first needed."""
    if not _loaded:
        module = cast(_Module, import_module("py3langid.langid"))
        _loaded.append(module.LanguageIdentifier.from_model_file(module.MODEL_FILE, norm_probs=True))
    return _loaded[0]
