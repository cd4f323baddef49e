"""The laws of `Reranker`, proved for the fake and for whatever is in the registry; and the stage it has in a search."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.embedder import HashingEmbedder
from tests.fakes.reranker import WordReranker
from tests.knowledge.conftest import SHOP, fill, passage
from tollfree.knowledge.base import Query
from tollfree.knowledge.rerank import RERANKERS, UnknownReranker, load_reranker
from tollfree.knowledge.shelf import KnowledgeShelf

ALL = [WordReranker(), *(load(Path("models")) for load in RERANKERS.values())]
ANY_TEXT = st.text(st.characters(codec=None), max_size=40)


@pytest.mark.parametrize("reranker", ALL, ids=lambda one: one.name)
@given(question=ANY_TEXT, texts=st.lists(ANY_TEXT, max_size=5))
def test_every_passage_gets_a_score_of_its_own(reranker: WordReranker, question: str, texts: list[str]) -> None:
    passages = [passage(str(n), text) for n, text in enumerate(texts)]
    scores = reranker.scores(question, passages)
    assert len(scores) == len(passages) and all(0 <= score <= 1 for score in scores)
    assert [reranker.scores(question, [one])[0] for one in passages] == pytest.approx(list(scores))


def test_no_name_is_no_reranker_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    assert load_reranker("", tmp_path) is None
    with pytest.raises(UnknownReranker, match="none is built in"):
        load_reranker("colbert", tmp_path)


async def test_a_reranker_orders_what_the_search_found_and_its_scores_decide(home: Path) -> None:
    shelf = KnowledgeShelf(home, HashingEmbedder, reranker=WordReranker())
    await fill(shelf, SHOP, passage("1", "opening openings opened"), passage("2", "we are open on sundays"))
    [first, second] = await shelf.retrieve(SHOP, Query(text="open on sundays"), at_least=0.0)
    assert (first.id, first.score) == ("2", 1.0) and second.score == 0.0
    assert await shelf.retrieve(SHOP, Query(text="open never"), at_least=0.6) == ()
