"""How well questions find their passages, on the owner's own data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tollfree.knowledge.base import Query, StoredPassage
from tollfree.knowledge.confidence import KNOWN
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import ProjectId

DEPTH = 10
"""How far down a ranking is looked at."""
BATCH = 256
"""Passages written at once."""
PROJECT = ProjectId("evaluated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and what answers it."""

    id: str
    text: str
    relevant: frozenset[str]
    """The passages that answer it; none: nothing in the corpus does."""
    context: str = ""
    """What was asked before it."""
    confidence: float = 1.0
    """The recogniser's, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalReport:
    """What came of it. Shares are 0 to 1; None: no question was of that sort."""

    passages: int
    queries: int
    r_at_1: float | None
    """Questions whose first passage answers, of those that have an answer. As for the next two, the ranking is measured
    by itself: with the threshold off."""
    r_at_5: float | None
    """Questions that one of the first five answers."""
    ndcg_at_10: float | None
    """Normalised discounted cumulative gain of the first ten."""
    refused_rightly: float | None
    """Questions that got "I do not know", of those without an answer."""
    refused_wrongly: float | None
    """Questions that got it, of those that have one."""
    ms_p50: float
    """Milliseconds of one search, the embedding of the question included."""
    ms_p95: float


async def evaluate_retrieval(
    shelf: KnowledgeShelf, corpus: Sequence[tuple[str, str]], queries: Sequence[Asked], clock: Clock
) -> RetrievalReport:
    """Write a corpus of ids and texts to an empty shelf, and ask it every question. Raises `KnowledgeError`."""
    async with shelf.writing(PROJECT) as writer:
        for start in range(0, len(corpus), BATCH):
            await writer.put([_passage(*row) for row in corpus[start : start + BATCH]])
    await shelf.prepare(PROJECT)
    took_ms: list[float] = []
    rankings: list[Sequence[str]] = []
    refused: list[bool] = []
    for asked in queries:
        began = clock.elapsed_ms()
        query = Query(text=asked.text, k=DEPTH, context=asked.context, confidence=asked.confidence)
        found = await shelf.retrieve(PROJECT, query, at_least=0.0)
        took_ms.append(clock.elapsed_ms() - began)
        rankings.append([one.id for one in found])
        refused.append(not found or found[0].score < KNOWN)
    return _report(len(corpus), queries, rankings, refused, sorted(took_ms))


def ndcg(ranking: Sequence[str], relevant: frozenset[str]) -> float:
    """Of a ranking's first `DEPTH`, every relevant passage worth the same: 1 when they all lead it."""
    gain = sum(1 / math.log2(place + 2) for place, one in enumerate(ranking[:DEPTH]) if one in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(len(relevant), DEPTH)))


def _report(
    passages: int, queries: Sequence[Asked], rankings: Sequence[Sequence[str]], refused: Sequence[bool], ms: list[float]
) -> RetrievalReport:
    answered = [(ranking, one.relevant) for ranking, one in zip(rankings, queries, strict=True) if one.relevant]
    return RetrievalReport(
        passages=passages,
        queries=len(queries),
        r_at_1=_mean([not relevant.isdisjoint(ranking[:1]) for ranking, relevant in answered]),
        r_at_5=_mean([not relevant.isdisjoint(ranking[:5]) for ranking, relevant in answered]),
        ndcg_at_10=_mean([ndcg(ranking, relevant) for ranking, relevant in answered]),
        refused_rightly=_mean([no for no, one in zip(refused, queries, strict=True) if not one.relevant]),
        refused_wrongly=_mean([no for no, one in zip(refused, queries, strict=True) if one.relevant]),
        ms_p50=_percentile(ms, 0.5),
        ms_p95=_percentile(ms, 0.95),
    )


def _passage(id: str, text: str) -> StoredPassage:
    return StoredPassage(id=id, source="corpus", text=text)


def _mean(figures: Sequence[float]) -> float | None:
    return sum(figures) / len(figures) if figures else None


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank; 0 for none."""
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else 0.0
