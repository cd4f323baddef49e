"""The laws of the fusion: each leg counts by its evidence."""

from hypothesis import given
from hypothesis import strategies as st

from tollfree.knowledge.fusion import fused, share_found, weights_of
from tollfree.knowledge.rarity import Rarity

WORDS = st.lists(st.sampled_from("refund card open sunday deliver price toaster".split()), min_size=1, max_size=6)
CORPUS = [" the refund card ", " the open sunday open ", " the deliver price ", " the refund toaster "]
RARITY = Rarity(CORPUS)
UNIT = st.floats(0, 1)


def line(words: list[str]) -> str:
    return f" {' '.join(words)} "


@given(question=WORDS, passage=WORDS)
def test_a_share_is_between_nothing_and_everything(question: list[str], passage: list[str]) -> None:
    assert 0 <= share_found(weights_of(tuple(question), RARITY), line(passage), 4) < 1


@given(question=WORDS, passage=WORDS)
def test_a_passage_without_the_words_has_no_share(question: list[str], passage: list[str]) -> None:
    others = [word for word in passage if word not in question]
    assert share_found(weights_of(tuple(question), RARITY), line(others), 4) == 0


@given(question=WORDS, passage=WORDS, missing=st.lists(st.sampled_from(["zyx", "qwv"]), min_size=1, unique=True))
def test_words_that_nothing_has_take_away_from_the_leg_of_words(
    question: list[str], passage: list[str], missing: list[str]
) -> None:
    heard = share_found(weights_of(tuple(question), RARITY), line(passage), 4)
    garbled = share_found(weights_of((*question, *missing), RARITY), line(passage), 4)
    assert garbled < heard or heard == garbled == 0


def test_a_rare_word_is_worth_more_than_a_common_one() -> None:
    assert RARITY.weight("unheard") > RARITY.weight("toaster") > RARITY.weight("refund") > RARITY.weight("the") >= 0
    weights = weights_of(("the", "toaster"), RARITY)
    assert share_found(weights, " toaster ", 4) > share_found(weights, " the ", 4)


@given(cosine=UNIT, other=UNIT, share=UNIT, confidence=UNIT)
def test_a_better_passage_by_either_leg_is_never_worse(
    cosine: float, other: float, share: float, confidence: float
) -> None:
    low, high = sorted((cosine, other))
    assert fused(low, share, confidence) <= fused(high, share, confidence)
    assert fused(share, low, confidence) <= fused(share, high, confidence)


@given(cosines=st.tuples(UNIT, UNIT), shares=st.tuples(UNIT, UNIT), confidence=UNIT)
def test_legs_that_agree_are_followed(
    cosines: tuple[float, float], shares: tuple[float, float], confidence: float
) -> None:
    assert fused(max(cosines), max(shares), confidence) >= fused(min(cosines), min(shares), confidence)


@given(cosine=UNIT, shares=st.tuples(UNIT, UNIT))
def test_words_that_the_recogniser_is_not_sure_of_count_for_less(cosine: float, shares: tuple[float, float]) -> None:
    def gain(confidence: float) -> float:
        return fused(cosine, max(shares), confidence) - fused(cosine, min(shares), confidence)

    assert gain(0.2) <= gain(1.0) + 1e-12


def test_an_empty_corpus_has_weights_too() -> None:
    assert Rarity().weight("anything") > 0 and Rarity().mean_length == 1
    assert share_found({}, " a ", 1) == 0
