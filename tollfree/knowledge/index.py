"""The passages of one project: vectors and words in one LanceDB table.

What LanceDB asks for: one writer at a time, as two upserts of a new id insert it twice; stop words kept in its index,
as else "who is it" finds nothing; questions as `MatchQuery`, as quotes in a string are phrases.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.index_faults import REFUSALS, faults, said
from tollfree.knowledge.index_filters import one_of, tagged
from tollfree.knowledge.index_lance import (
    STRINGS,
    SUPERSEDED,
    Connection,
    Table,
    any_word,
    connect,
    schema,
    text_index,
    vector_index,
)
from tollfree.knowledge.index_rows import (
    COLUMNS,
    SEARCHED,
    candidates_of,
    clean,
    passages_of,
    places_of,
    rows_of,
    strings_of,
    tags_of,
    vectors_of,
)
from tollfree.knowledge.removal import remove_folder

TABLE = "passages"
BATCH = 256
"""Rows read at once when all are."""
COUNTED = 8_192
"""Rows read at once when they are only counted, or their vectors read."""
TICK_NS = 50_000_000
"""Nanoseconds within which two changes of a folder may bear the same time."""
APPROXIMATE_FROM = 10_000
"""Rows from which vectors are searched by partitions instead of one by one, which takes 3 ms there."""
PARTITION = 500
"""Rows of a partition, about."""
PROBED = 0.1
"""Share of the partitions that a search looks into; at least `PROBES`."""
PROBES = 20
KEPT_VERSIONS = 8
"""Versions of the table that are kept however many were written within `SUPERSEDED`; a writing makes about three."""


class PassageIndex:
    """One version of a project's index. Every method raises `IndexUnusable` when the files or the disk refuse."""

    def __init__(self, uri: str, project: str, connection: Connection, table: Table) -> None:
        """Use `create` or `open`."""
        self._uri = uri
        self._project = project
        self._connection = connection
        self._table = table
        self._partitions: int | None = None
        self.folder = None if "://" in uri else Path(uri)
        """Where it lies; None: in an object store."""
        self._versions = None if self.folder is None else self.folder / f"{TABLE}.lance" / "_versions"
        self._seen = (-1, -1)

    @classmethod
    async def create(cls, uri: str, dimensions: int, project: str) -> "PassageIndex":
        """An empty one in a folder that does not exist yet, or under an object store's prefix. The project is named
        when something is wrong with it."""
        with faults(uri, project, "made"):
            connection = await connect(uri)
            table = await connection.create_table(TABLE, schema=schema(dimensions))
            await table.create_index("words", config=text_index())
            return cls(uri, project, connection, table)

    @classmethod
    async def open(cls, uri: str, project: str) -> "PassageIndex":
        """One that exists."""
        with faults(uri, project, "read"):
            connection = await connect(uri)
            table = await connection.open_table(TABLE)
            names = (await table.schema()).names
        if not set(STRINGS) <= set(names):
            raise IndexUnusable(
                f"The knowledge of {project} in {uri} was written by an earlier version. Run `tollfree knowledge "
                f"rebuild {project}`, which reads the documents anew."
            )
        return cls(uri, project, connection, table)

    @staticmethod
    async def exists(uri: str, project: str) -> bool:
        """Whether there is one, whole or not."""
        with faults(uri, project, "read"):
            if "://" not in uri:
                return await asyncio.to_thread((Path(uri) / f"{TABLE}.lance").exists)
            connection = await connect(uri)
            try:
                table = await connection.open_table(TABLE)
            except ValueError as error:
                if "not found" in str(error):
                    return False
                raise
            finally:
                connection.close()
            table.close()
            return True

    @staticmethod
    async def destroy(uri: str) -> None:
        """Remove all of it; nothing there is no fault."""
        if "://" not in uri:
            await asyncio.to_thread(remove_folder, Path(uri))
            return
        try:
            connection = await connect(uri)
            await connection.drop_all_tables()
            connection.close()
        except REFUSALS as error:
            raise IndexUnusable(
                f"The knowledge in {uri} cannot be removed ({said(error)}). See whether the object store is there and "
                "who may write to it, then try again."
            ) from error

    async def put(self, passages: Sequence[StoredPassage], vectors: NDArray[np.float32]) -> None:
        """Insert, or replace by id, all or none. Ids are unique; vectors have a row each."""
        if not passages:
            return
        merge = self._table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
        with faults(self._uri, self._project, "written"):
            await merge.execute(rows_of(passages, vectors))

    async def delete(self, ids: Sequence[str]) -> None:
        """Forget these."""
        if ids:
            with faults(self._uri, self._project, "written"):
                await self._table.delete(one_of("id", ids))

    async def tidy(self) -> None:
        """Index the newest rows, drop versions that nobody reads, and from `APPROXIMATE_FROM` rows on divide the
        vectors into partitions."""
        with faults(self._uri, self._project, "written"):
            count = await self._table.count_rows()
            if count >= APPROXIMATE_FROM and not await self._indexed("vector"):
                await self._table.create_index("vector", config=vector_index(count // PARTITION))
                self._partitions = None
            await self._table.optimize(cleanup_older_than=await self._superseded())

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`; exact below `APPROXIMATE_FROM` rows."""
        with faults(self._uri, self._project, "read"):
            lookup = self._table.query().nearest_to(vector).nprobes(await self._probes())
            return places_of(await tagged(lookup, tags).select(["_distance"]).with_row_id().limit(limit).to_arrow())

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        wanted = tuple(words)
        if not wanted:
            return []
        with faults(self._uri, self._project, "read"):
            lookup = self._table.query().nearest_to_text(any_word(wanted))
            return places_of(await tagged(lookup, tags).select(["_score"]).with_row_id().limit(limit).to_arrow())

    async def at(self, places: Sequence[int]) -> list[Candidate]:
        """See `Searchable`."""
        if not places:
            return []
        with faults(self._uri, self._project, "read"):
            lookup = self._table.take_row_ids(list(places)).with_row_id().select(SEARCHED)
            found = await lookup.to_arrow()
        by_place = dict(zip(places_of(found), candidates_of(found), strict=True))
        if any(place not in by_place for place in places):
            raise IndexUnusable(
                f"Passages of {self._project} in {self._uri} have moved since they were found. Ask again."
            )
        return [by_place[place] for place in places]

    async def everything(self, most: int) -> list[Candidate]:
        """So many passages at most, as a search would find them."""
        with faults(self._uri, self._project, "read"):
            return candidates_of(await self._table.query().select(SEARCHED).limit(most).to_arrow())

    async def get(self, ids: Sequence[str]) -> tuple[StoredPassage, ...]:
        """These passages in this order; unknown ones are left out."""
        if not ids:
            return ()
        with faults(self._uri, self._project, "read"):
            found = await self._table.query().where(one_of("id", ids)).select(COLUMNS).limit(len(ids)).to_arrow()
        by_id = {one.id: one for one in passages_of(found)}
        return tuple(by_id[one] for one in dict.fromkeys(map(clean, ids)) if one in by_id)

    async def batches(self, source: str | None = None) -> AsyncIterator[tuple[StoredPassage, ...]]:
        """All passages, or those of a source, `BATCH` at a time, as they were when this began."""
        with faults(self._uri, self._project, "read"):
            lookup = self._table.query()
            lookup = lookup.where(one_of("source", (source,))) if source is not None else lookup
            async for batch in await lookup.select(COLUMNS).to_batches(max_batch_length=BATCH):
                yield passages_of(batch)

    async def count(self) -> int:
        """How many passages there are."""
        with faults(self._uri, self._project, "read"):
            return await self._table.count_rows()

    async def counts(self) -> dict[str, int]:
        """How many passages there are of each source."""
        counted: Counter[str] = Counter()
        with faults(self._uri, self._project, "read"):
            async for batch in await self._table.query().select(["source"]).to_batches(max_batch_length=COUNTED):
                counted.update(cast(list[str], batch.column("source").to_pylist()))
        return dict(counted)

    async def searched(
        self,
    ) -> AsyncIterator[tuple[NDArray[np.uint64], NDArray[np.float32], list[str], list[list[str]]]]:
        """Of all passages, `COUNTED` at a time, what a search looks at: where they lie, for `at`, their vectors, words
        and tags."""
        with faults(self._uri, self._project, "read"):
            lookup = self._table.query().select(["vector", "words", "tags"]).with_row_id()
            async for batch in await lookup.to_batches(max_batch_length=COUNTED):
                places = np.array(places_of(batch), np.uint64)
                yield (
                    places,
                    vectors_of(batch.column("vector"), len(places)),
                    strings_of(batch, "words"),
                    tags_of(batch),
                )

    async def version(self) -> int:
        """Another number after every change, also by other processes. On a disk the time of a folder says whether there
        was one, which is a thousandth of the work of asking LanceDB."""
        with faults(self._uri, self._project, "read"):
            changed, asked = self._changed(), time.time_ns()
            if changed >= 0 and changed == self._seen[0]:
                return self._seen[1]
            if changed >= 0:
                await self._table.checkout_latest()
            version = await self._table.version()
            self._seen = (changed if asked - changed > TICK_NS else -1, version)
            return version

    async def sample_of_words(self, most: int) -> list[str]:
        """The words of so many passages at most, spread evenly; each as `Candidate.words`."""
        with faults(self._uri, self._project, "read"):
            count = await self._table.count_rows()
            places = np.linspace(0, count - 1, min(count, most)).astype(int) if count else np.array([], int)
            if not count:
                return []
            found = await self._table.take_offsets(sorted(set(places.tolist()))).select(["words"]).to_arrow()
            return [f" {words} " for words in cast(list[str], found.column("words").to_pylist())]

    async def refresh(self) -> None:
        """See what other handles have written until now."""
        with faults(self._uri, self._project, "read"):
            await self._table.checkout_latest()

    def close(self) -> None:
        """Let the files go."""
        self._table.close()
        self._connection.close()

    def _changed(self) -> int:
        """When a version was last written, in nanoseconds; -1: that cannot be seen."""
        try:
            return self._versions.stat().st_mtime_ns if self._versions is not None else -1
        except OSError:
            return -1

    async def _superseded(self) -> timedelta:
        """How old a version is that is dropped. Every one has files of its own, so that small changes in quick
        succession would else fill the disk with what is hardly different."""
        written = sorted(one["timestamp"] for one in await self._table.list_versions())
        if len(written) <= KEPT_VERSIONS:
            return SUPERSEDED
        return min(max(datetime.now() - written[-KEPT_VERSIONS], timedelta(milliseconds=1)), SUPERSEDED)

    async def _indexed(self, column: str) -> bool:
        return any(column in one.columns for one in await self._table.list_indices())

    async def _probes(self) -> int:
        """How many partitions a search looks into."""
        if self._partitions is None:
            self._partitions = await self._table.count_rows() // PARTITION
        return max(PROBES, round(PROBED * self._partitions))
