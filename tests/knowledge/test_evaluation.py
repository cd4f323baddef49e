"""What a report of retrieval says, counted by hand."""

import math

import pytest

from tollfree.knowledge.confidence import KNOWN
from tollfree.knowledge.evaluation import Asked, evaluate_retrieval, ndcg
from tollfree.knowledge.shelf import KnowledgeShelf
from tollfree.protocol.clock import SystemClock

CORPUS = [("open", "we open at nine"), ("pears", "pears are sold by weight"), ("fish", "fish comes on fridays")]


def asked(text: str, *relevant: str) -> Asked:
    return Asked(id=text, text=text, relevant=frozenset(relevant))


def test_ndcg_is_one_when_what_is_relevant_leads_and_less_further_down() -> None:
    assert ndcg(["a", "b", "c"], frozenset("ab")) == 1
    assert ndcg(["c", "a"], frozenset("a")) == pytest.approx(1 / math.log2(3))
    assert ndcg(["c"], frozenset("a")) == 0
    assert ndcg(["x"] * 10 + ["a"], frozenset("a")) == 0


async def test_the_shares_are_of_questions_with_and_without_an_answer(shelf: KnowledgeShelf) -> None:
    queries = [asked("we open at nine", "open"), asked("pears", "fish"), asked("qwv zyx")]
    report = await evaluate_retrieval(shelf, CORPUS, queries, SystemClock())
    assert (report.passages, report.queries) == (3, 3)
    assert (report.r_at_1, report.r_at_5) == (0.5, 1.0)
    assert report.ndcg_at_10 is not None and 0.5 < report.ndcg_at_10 < 1
    assert report.refused_rightly == 1.0 and report.refused_wrongly in (0.0, 0.5)
    assert 0 < report.ms_p50 <= report.ms_p95 and 0 < KNOWN < 1


async def test_shares_of_nothing_are_none(shelf: KnowledgeShelf) -> None:
    report = await evaluate_retrieval(shelf, CORPUS, [asked("qwv")], SystemClock())
    assert (report.r_at_1, report.r_at_5, report.ndcg_at_10, report.refused_wrongly) == (None, None, None, None)
