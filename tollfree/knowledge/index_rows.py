"""Passages as the rows of a table: what is written of one, and what is read."""

import json
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.index_lance import Column, Rows, rows
from tollfree.knowledge.index_words import words_of

COLUMNS = ["passage"]
"""All that a passage is; it has columns of its own besides for what it is filtered by."""
SEARCHED = [*COLUMNS, "words", "vector"]
"""All that a search needs of it."""
_TEXTS = ("id", "source", "text", "title", "section", "place", "url", "language", "fetched_at", "content_hash")
"""The fields of `StoredPassage` that are one string, in the order in which they are kept; tags come after them."""


def rows_of(passages: Sequence[StoredPassage], vectors: NDArray[np.float32]) -> Rows:
    """To be written; vectors have a row each."""
    texts = [[clean(cast(str, getattr(one, name))) for name in _TEXTS] for one in passages]
    tags = [[clean(tag) for tag in one.tags] for one in passages]
    columns = {
        "id": [id for id, *_ in texts],
        "source": [source for _, source, *_ in texts],
        "passage": [json.dumps([*kept, tagged]) for kept, tagged in zip(texts, tags, strict=True)],
        "words": [" ".join(words_of(one.indexed_text)) for one in passages],
        "tags": tags,
    }
    return rows(columns, np.ascontiguousarray(vectors, np.float32))


def passages_of(found: Rows) -> tuple[StoredPassage, ...]:
    """Read with `COLUMNS`."""
    kept = (json.loads(cast(str, one)) for one in found.column("passage").to_pylist())
    return tuple(StoredPassage(**dict(zip(_TEXTS, texts, strict=True)), tags=tuple(tags)) for *texts, tags in kept)


def candidates_of(found: Rows) -> list[Candidate]:
    """Read with `SEARCHED`."""
    passages = passages_of(found)
    if not passages:
        return []
    vectors = vectors_of(found.column("vector").combine_chunks(), len(passages))
    return [
        Candidate(passage=passage, words=f" {line} ", vector=vector)
        for passage, line, vector in zip(passages, strings_of(found, "words"), vectors, strict=True)
    ]


def vectors_of(column: Column, rows: int) -> NDArray[np.float32]:
    """A row each, of a column in one piece."""
    return column.flatten().to_numpy().reshape(rows, -1)


def strings_of(found: Rows, column: str) -> list[str]:
    """Of a column that is one string."""
    return cast(list[str], found.column(column).to_pylist())


def tags_of(found: Rows) -> list[list[str]]:
    """Of each passage."""
    return [one or [] for one in cast(list[list[str] | None], found.column("tags").to_pylist())]


def places_of(found: Rows) -> list[int]:
    """Where they lie in the table; somewhere else when they were written again."""
    return cast(list[int], found.column("_rowid").to_pylist())


def clean(text: str) -> str:
    """Without lone surrogates, which have no UTF-8, and without NUL, which ends strings in places."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
