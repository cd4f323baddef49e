"""The score is a chance, and grows with whatever speaks for a passage."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tollfree.knowledge.confidence import KNOWN, Evidence, confidence_of

FIGURE = st.floats(-3, 3)
EVIDENCE = st.builds(Evidence, cosine=FIGURE, share=FIGURE, margin=FIGURE)


@given(evidence=EVIDENCE)
def test_a_score_is_between_nought_and_one(evidence: Evidence) -> None:
    assert 0 < confidence_of(evidence) < 1


@given(evidence=EVIDENCE, more=st.floats(0, 3), name=st.sampled_from(["cosine", "share", "margin"]))
def test_more_of_anything_is_never_less_sure(evidence: Evidence, more: float, name: str) -> None:
    assert confidence_of(replace(evidence, **{name: getattr(evidence, name) + more})) >= confidence_of(evidence)


def test_a_passage_about_something_else_is_not_known_and_a_paraphrase_is() -> None:
    assert confidence_of(Evidence(cosine=0.1, share=0.0, margin=0.02)) < KNOWN
    assert confidence_of(Evidence(cosine=0.6, share=0.5, margin=0.1)) > KNOWN
