"""The score is a chance, and grows with whatever speaks for a passage."""

from hypothesis import given
from hypothesis import strategies as st

from tollfree.knowledge.confidence import KNOWN, confidence_of

FIGURE, MORE = st.floats(-3, 3), st.floats(0, 3)


@given(cosine=FIGURE, margin=FIGURE)
def test_a_score_is_between_nought_and_one(cosine: float, margin: float) -> None:
    assert 0 <= confidence_of(cosine, margin) <= 1


@given(cosine=FIGURE, margin=FIGURE, more=MORE)
def test_more_of_anything_is_never_less_sure(cosine: float, margin: float, more: float) -> None:
    assert confidence_of(cosine + more, margin) >= confidence_of(cosine, margin)
    assert confidence_of(cosine, margin + more) >= confidence_of(cosine, margin)


def test_a_passage_about_something_else_is_not_known_and_a_paraphrase_is() -> None:
    assert confidence_of(0.1, 0.02) < KNOWN < confidence_of(0.6, 0.1)
