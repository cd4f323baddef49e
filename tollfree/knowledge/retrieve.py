"""Looks for a question in one index: two legs, fused by their evidence, collapsed, and given a calibrated score."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.base import Embeds, Query, StoredPassage
from tollfree.knowledge.confidence import Evidence, confidence_of
from tollfree.knowledge.duplicates import first_of_each
from tollfree.knowledge.fusion import fused, share_found, weights_of
from tollfree.knowledge.index import Candidate, PassageIndex
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.question import readings, searched
from tollfree.knowledge.rarity import Rarity
from tollfree.knowledge.rerank import RERANKED, Reranker
from tollfree.protocol.passage import Passage

CANDIDATES = 30
"""Passages that each leg brings at least; with a larger `k`, as many as that needs."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the question."""

    vector: NDArray[np.float32]
    words: dict[str, float]
    """What is searched for, with what each word is worth."""
    weight: float


async def retrieve(
    index: PassageIndex,
    rarity: Rarity,
    embedder: Embeds,
    query: Query,
    *,
    reranker: Reranker | None = None,
    at_least: float,
) -> tuple[Passage, ...]:
    """The best `query.k` passages, best first; none when the best does not score `at_least`. Raises `IndexUnusable`."""
    if not query.text.strip() or query.k < 1:
        return ()
    read = await _readings(query, rarity, embedder)
    candidates = await _candidates(index, read, query)
    ranked = _ranked(candidates, read, rarity, query.confidence)
    most = max(query.k, RERANKED) if reranker is not None else query.k
    evidence = {one.passage.id: evidence for one, evidence in ranked}
    kept = first_of_each([one for one, _ in ranked], most)
    found = [(one.passage, confidence_of(evidence[one.passage.id])) for one in kept]
    if reranker is not None and found:
        found = await _reranked(reranker, query.text, found)
    if not found or found[0][1] < at_least:
        return ()
    return tuple(_cited(passage, score) for passage, score in found[: query.k])


async def _readings(query: Query, rarity: Rarity, embedder: Embeds) -> list[_Reading]:
    texts = readings(query)
    vectors = await asyncio.to_thread(embedder.encode, [text for text, _ in texts])
    return [
        _Reading(vector, weights_of(searched(words_of(text)), rarity), weight)
        for (text, weight), vector in zip(texts, vectors, strict=True)
    ]


async def _candidates(index: PassageIndex, read: Sequence[_Reading], query: Query) -> list[Candidate]:
    """What any leg finds for any reading, once each."""
    limit = max(CANDIDATES, 2 * query.k)
    legs = await asyncio.gather(
        *(index.nearest(one.vector, limit, query.tags) for one in read),
        *(index.matching(one.words, limit, query.tags) for one in read),
    )
    return list({one.passage.id: one for leg in legs for one in leg}.values())


def _ranked(
    candidates: Sequence[Candidate], read: Sequence[_Reading], rarity: Rarity, confidence: float
) -> list[tuple[Candidate, Evidence]]:
    """Best first, each with the evidence for it."""
    total = sum(one.weight for one in read)
    scored: list[tuple[float, Candidate, float, float]] = []
    for candidate in candidates:
        cosine = sum(one.weight * float(one.vector @ candidate.vector) for one in read) / total
        share = sum(one.weight * share_found(one.words, candidate.words, rarity.mean_length) for one in read) / total
        scored.append((fused(cosine, share, confidence), candidate, cosine, share))
    scored.sort(key=lambda one: (-one[0], one[1].passage.id))
    best = [fusion for fusion, *_ in scored[:2]]
    return [
        (candidate, Evidence(cosine, share, fusion - (best[1] if fusion == best[0] and len(best) > 1 else best[0])))
        for fusion, candidate, cosine, share in scored
    ]


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
