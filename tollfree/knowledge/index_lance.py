"""LanceDB and Arrow behind the few types that the index uses of them: both leave most of theirs unknown.

Importing this takes one to two seconds, so `shelf` does it in a thread when knowledge is first needed.
"""

from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, Self, TypedDict, cast

import numpy as np
import pyarrow as pa  # pyright: ignore[reportMissingTypeStubs] - it has none
from numpy.typing import NDArray

from tollfree.knowledge import lance
from tollfree.knowledge.lance import FTS, IvfSq, MatchQuery

FRESH = timedelta(seconds=1)
"""How long a handle may go on with the rows it knows before it looks for newer ones; without it, it never looks."""
SUPERSEDED = timedelta(minutes=1)
"""How long a superseded version of a table is kept for readers that are in the middle of it."""


class Column(Protocol):
    """A column of rows."""

    def to_pylist(self) -> list[object]: ...

    def combine_chunks(self) -> "Column": ...

    def flatten(self) -> "Column": ...

    def to_numpy(self) -> NDArray[np.float32]: ...


class Rows(Protocol):
    """An Arrow table or batch."""

    num_rows: int

    def column(self, name: str) -> Column: ...


class Lookup(Protocol):
    """A query of a table, before it is run."""

    def where(self, predicate: str) -> Self: ...

    def select(self, columns: list[str]) -> Self: ...

    def limit(self, limit: int) -> Self: ...

    def with_row_id(self) -> Self: ...

    def nearest_to(self, query_vector: NDArray[np.float32]) -> "VectorLookup": ...

    def nearest_to_text(self, query: MatchQuery) -> Self: ...

    async def to_arrow(self) -> Rows: ...

    async def to_batches(self, *, max_batch_length: int) -> AsyncIterable[Rows]: ...


class VectorLookup(Lookup, Protocol):
    """A query by vector."""

    def nprobes(self, nprobes: int) -> Self: ...


class Merge(Protocol):
    """An insertion that replaces what has the same id."""

    def when_matched_update_all(self) -> Self: ...

    def when_not_matched_insert_all(self) -> Self: ...

    async def execute(self, new_data: Rows) -> object: ...


class IndexFacts(Protocol):
    """What a table says of one of its indexes."""

    columns: Sequence[str]


class WrittenVersion(TypedDict):
    """What a table says of one of its versions."""

    timestamp: datetime
    """Local, without a zone."""


class Schema(Protocol):
    """What a table says of its columns."""

    names: Sequence[str]


class Table(Protocol):
    """`lancedb.AsyncTable`."""

    async def schema(self) -> Schema: ...

    def query(self) -> Lookup: ...

    def take_offsets(self, offsets: list[int]) -> Lookup: ...

    def take_row_ids(self, row_ids: list[int]) -> Lookup: ...

    def merge_insert(self, on: str) -> Merge: ...

    async def delete(self, where: str) -> object: ...

    async def count_rows(self) -> int: ...

    async def version(self) -> int: ...

    async def checkout_latest(self) -> None: ...

    async def list_versions(self) -> Iterable[WrittenVersion]: ...

    async def optimize(self, *, cleanup_older_than: timedelta) -> object: ...

    async def create_index(self, column: str, *, config: FTS | IvfSq) -> None: ...

    async def list_indices(self) -> Iterable[IndexFacts]: ...

    def close(self) -> None: ...


class Connection(Protocol):
    """`lancedb.AsyncConnection`."""

    async def open_table(self, name: str) -> Table: ...

    async def create_table(self, name: str, *, schema: object) -> Table: ...

    async def table_names(self) -> Iterable[str]: ...

    async def drop_all_tables(self) -> None: ...

    def close(self) -> None: ...


class _Arrow(Protocol):
    """What is used of the module `pyarrow`."""

    FixedSizeListArray: "_Vectors"

    def schema(self, fields: Sequence[object]) -> object: ...

    def field(self, name: str, type: object, nullable: bool = True) -> object: ...

    def string(self) -> object: ...

    def float32(self) -> object: ...

    def list_(self, value_type: object, list_size: int = -1) -> object: ...

    def array(self, obj: NDArray[np.float32]) -> object: ...

    def table(self, data: Sequence[object], *, schema: object) -> Rows: ...


class _Vectors(Protocol):
    def from_arrays(self, values: object, list_size: int) -> object: ...


class _Lance(Protocol):
    """What is used of the module `lance`."""

    async def connect_async(self, uri: str, *, read_consistency_interval: timedelta) -> Connection: ...


_arrow = cast(_Arrow, pa)
_lance = cast(_Lance, lance)
_match = cast(Callable[[str, str], MatchQuery], MatchQuery)


async def connect(uri: str) -> Connection:
    """The database in a folder, or under an object store's prefix."""
    return await _lance.connect_async(uri, read_consistency_interval=FRESH)


def schema(dimensions: int) -> object:
    """A row a passage: by what it is filtered and searched, and all else that `StoredPassage` has in one column, as
    each column that is read costs a search most of a millisecond."""
    return _arrow.schema(
        [
            *(_arrow.field(name, _arrow.string(), nullable=False) for name in STRINGS),
            _arrow.field("tags", _arrow.list_(_arrow.string())),
            _arrow.field("vector", _arrow.list_(_arrow.float32(), dimensions)),
        ]
    )


STRINGS = ("id", "source", "passage", "words")
"""Columns that are one string; `passage` is JSON."""


def rows(columns: Mapping[str, Sequence[object]], vectors: NDArray[np.float32]) -> Rows:
    """Rows to be written: the columns in the schema's order, then the vectors, shape (rows, dimensions)."""
    dimensions = vectors.shape[1]
    vector = _arrow.FixedSizeListArray.from_arrays(_arrow.array(vectors.ravel()), dimensions)
    return _arrow.table([*columns.values(), vector], schema=schema(dimensions))


def text_index() -> FTS:
    """Words are cut and stemmed before they are stored (see `index_words`), so here they are taken as they are."""
    return FTS(
        base_tokenizer="whitespace",
        lower_case=False,
        stem=False,
        remove_stop_words=False,
        ascii_folding=False,
        max_token_length=None,
    )


def vector_index(partitions: int) -> IvfSq:
    """Vectors of one byte a number, in partitions of like ones."""
    return IvfSq(distance_type="l2", num_partitions=partitions)


def any_word(words: Iterable[str]) -> MatchQuery:
    """A query for rows with any of these words; a plain string would be parsed, and quotes in it be phrases."""
    return _match(" ".join(words), "words")
