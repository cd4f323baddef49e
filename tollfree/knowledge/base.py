"""The seam between those who take documents in, those who keep their passages, and those who look for them.

`KnowledgeShelf` (shelf.py) is the one door: it keeps each project's knowledge in a folder of its own, opens its writer
and its retrieval, and deletes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embeds(Protocol):
    """What knowledge needs of an embedder; see `tollfree.language.embed.base.Embedder`."""

    @property
    def name(self) -> str:
        """Vectors of different names are never compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimensions): for what is kept."""
        ...

    def quick(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Nearly the same rows, sooner: for what is asked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """A piece of a document as the index keeps it: what is embedded, searched and cited."""

    id: str
    """Derived from source, place and content, so that what has not changed keeps its id."""
    source: str
    """The source's id within its project: a URL, or a path as it was added."""
    text: str
    """The passage itself, without its headings."""
    title: str = ""
    """The document's name, as a person knows it."""
    section: str = ""
    """The headings above it, outermost first, joined by ` > `."""
    place: str = ""
    """`page 3`, `row 12 of Prices`, or empty: where a person finds it."""
    url: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    """BCP 47; empty: not known."""
    fetched_at: str = ""
    """When the source was read, ISO 8601 with offset."""
    content_hash: str = ""
    """SHA-256 of the text with its headings, hexadecimal."""

    @property
    def indexed_text(self) -> str:
        """What is embedded and searched: the headings travel with their text."""
        heading = " > ".join(part for part in (self.title, self.section) if part)
        return f"{heading}\n{self.text}" if heading else self.text


class PassageWriter(Protocol):
    """The side of an index that ingest writes to. One writer a project at a time."""

    async def put(self, passages: Sequence[StoredPassage]) -> None:
        """Insert, or replace by id; embeds them. Nothing of a batch is kept when it fails. Raises `IndexUnusable`."""
        ...

    async def delete(self, ids: Sequence[str]) -> None:
        """Forget these; unknown ones are no fault."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """How many passages there are of each source. Raises `IndexUnusable`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for."""

    text: str
    """A question in the caller's words, or typed."""
    k: int = 5
    tags: tuple[str, ...] = ()
    """Only passages with one of these; none: all."""
    context: str = ""
    """What was asked before it, for a question that does not stand by itself ("and on Sundays?")."""
    confidence: float = 1.0
    """How sure the recogniser is of the words; 1 when they were typed."""
