"""The peer of retrieval: LanceDB with its own full-text index, its two legs, and their fusion with equal weights.

The sum of z-scores, an absent BM25 counting as 0; of the fusions that LanceDB users choose from it was the best on
XQuAD (R@1 95.5, LanceDB's own RRFReranker 92.5).
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import FTS
from lancedb.query import MatchQuery
from numpy.typing import NDArray

CANDIDATES = 50
"""Passages of a leg."""


class Peer:
    """A table of texts and vectors."""

    def __init__(self, table: lancedb.AsyncTable) -> None:
        """Use `made`."""
        self._table = table

    @classmethod
    async def made(cls, folder: Path, texts: Sequence[str], vectors: NDArray[np.float32]) -> "Peer":
        """Write and index the texts; a text's place is its id."""
        dimensions = vectors.shape[1]
        schema = pa.schema([("id", pa.int64()), ("text", pa.string()), ("vector", pa.list_(pa.float32(), dimensions))])
        column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), dimensions)
        database = await lancedb.connect_async(folder)
        table = await database.create_table(
            "texts", data=pa.table([list(range(len(texts))), list(texts), column], schema=schema)
        )
        await table.create_index("text", config=FTS(stem=True, remove_stop_words=False))
        return cls(table)

    async def rankings(self, text: str, vector: NDArray[np.float32]) -> dict[str, list[int]]:
        """The best ids by each leg, and by both."""
        dense, words = await asyncio.gather(self._dense(vector), self._words(text))
        cosines: dict[int, float] = {}
        for leg in (dense, words):
            if not leg.num_rows:
                continue
            rows = leg["vector"].combine_chunks().flatten().to_numpy().reshape(leg.num_rows, -1) @ vector
            cosines.update(zip(leg["id"].to_pylist(), rows.tolist(), strict=True))
        bm25 = dict(zip(words["id"].to_pylist(), words["_score"].to_pylist(), strict=True))
        ids = list(cosines)
        scores = _z(np.array([cosines[one] for one in ids])) + _z(np.array([bm25.get(one, 0.0) for one in ids]))
        return {
            "dense leg": dense["id"].to_pylist(),
            "full-text leg": words["id"].to_pylist(),
            "equal z-scores": [ids[place] for place in np.argsort(-scores, kind="stable")],
        }

    async def _dense(self, vector: NDArray[np.float32]) -> pa.Table:
        query = self._table.query().nearest_to(vector).distance_type("dot")
        return await query.select(["id", "vector", "_distance"]).limit(CANDIDATES).to_arrow()

    async def _words(self, text: str) -> pa.Table:
        query = self._table.query().nearest_to_text(MatchQuery(text, "text"))
        return await query.select(["id", "vector", "_score"]).limit(CANDIDATES).to_arrow()


def _z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return (values - values.mean()) / (values.std() + 1e-9)
