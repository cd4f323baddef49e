"""Looks for a question in one index: two legs, fused by their evidence, collapsed, and given a calibrated score."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.candidate import Candidate, Searchable
from tollfree.knowledge.confidence import confidence_of
from tollfree.knowledge.duplicates import first_of_each
from tollfree.knowledge.fusion import Evidence, fused
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.question import searched
from tollfree.knowledge.rarity import Rarity
from tollfree.knowledge.rerank import RERANKED, Reranker
from tollfree.protocol.passage import Passage

CANDIDATES = 30
"""Passages that each leg brings at least; with a larger `k`, as many as that needs."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the question."""

    evidence: Evidence
    weight: float


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate with what speaks for it."""

    candidate: Candidate
    cosine: float
    fused: float

    @property
    def words(self) -> str:
        """The candidate's."""
        return self.candidate.words


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way: its vectors are made while the index is opened and its words are looked for."""

    query: Query
    texts: tuple[tuple[str, float], ...]
    """The ways to read it, and what each counts for."""
    vectors: "asyncio.Future[NDArray[np.float32]]"
    """A row for each of them."""


async def retrieve(
    index: Searchable,
    rarity: Rarity,
    asked: Asked,
    *,
    reranker: Reranker | None = None,
    at_least: float,
) -> tuple[Passage, ...]:
    """The best `query.k` passages, best first; none when the best does not score `at_least`. Raises `IndexUnusable`,
    and what making the vectors raises."""
    query = asked.query
    read = [_Reading(Evidence(searched(words_of(text)), rarity), weight) for text, weight in asked.texts]
    limit = max(CANDIDATES, 2 * query.k)
    matching = asyncio.gather(*(index.matching(one.evidence.words, limit, query.tags) for one in read))
    try:
        vectors = await asked.vectors
        nearest = await asyncio.gather(*(index.nearest(vector, limit, query.tags) for vector in vectors))
        found = await index.at(list(dict.fromkeys(chain(*nearest, *await matching))))
    finally:
        matching.cancel()  # which one that is done does not mind
    scored = _scored(found, read, vectors, rarity, query.confidence)
    most = max(query.k, RERANKED if reranker is not None else 2)
    passages = _with_confidence(first_of_each(scored, most))
    if reranker is not None and passages:
        passages = await _reranked(reranker, query.text, passages)
    if not passages or passages[0][1] < at_least:
        return ()
    return tuple(_cited(passage, score) for passage, score in passages[: query.k])


def _scored(
    candidates: Sequence[Candidate],
    read: Sequence[_Reading],
    vectors: NDArray[np.float32],
    rarity: Rarity,
    confidence: float,
) -> list[_Scored]:
    """Best first; equal ones by id, so that the same question finds the same."""
    if not candidates:
        return []
    shares = np.array([one.weight for one in read], np.float32)
    shares /= shares.sum()
    cosines = cast(list[float], (np.stack([one.vector for one in candidates]) @ (vectors.T @ shares)).tolist())
    scored: list[_Scored] = []
    proofs = list(zip(cast(list[float], shares.tolist()), (one.evidence for one in read), strict=True))
    for candidate, cosine in zip(candidates, cosines, strict=True):
        found = sum(share * evidence.of(candidate.words) for share, evidence in proofs)
        scored.append(_Scored(candidate, cosine, fused(cosine, found, rarity.passages, confidence)))
    return sorted(scored, key=lambda one: (-one.fused, one.candidate.passage.id))


def _with_confidence(scored: Sequence[_Scored]) -> list[tuple[StoredPassage, float]]:
    """Each with the chance that it answers, never more than one before it has. The best stands out from the second,
    the others stand behind the best."""
    found: list[tuple[StoredPassage, float]] = []
    for place, one in enumerate(scored):
        other = scored[0 if place else min(1, len(scored) - 1)]
        score = confidence_of(one.cosine, one.fused - other.fused)
        found.append((one.candidate.passage, min(score, found[-1][1]) if found else score))
    return found


async def _reranked(
    reranker: Reranker, question: str, found: Sequence[tuple[StoredPassage, float]]
) -> list[tuple[StoredPassage, float]]:
    scores = await asyncio.to_thread(reranker.scores, question, [passage for passage, _ in found])
    again = [(passage, float(score)) for (passage, _), score in zip(found, scores, strict=True)]
    return sorted(again, key=lambda one: -one[1])


def _cited(passage: StoredPassage, score: float) -> Passage:
    return Passage(
        id=passage.id,
        text=passage.text,
        source=passage.title or passage.source,
        place=passage.place or passage.section,
        score=score,
    )
