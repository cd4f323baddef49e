"""The laws of the fusion: each leg counts by its evidence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.knowledge.fusion import CHANCE, Evidence, fused
from tollfree.knowledge.rarity import Rarity

WORDS = st.lists(st.sampled_from("refund card open sunday deliver price toaster".split()), min_size=1, max_size=6)
RARITY = Rarity([" the refund card ", " the open sunday open ", " the deliver price ", " the refund toaster "])
UNIT = st.floats(0, 1)
NATS = st.floats(0, 60)
MANY = st.integers(0, 1_000_000)


def line(words: list[str]) -> str:
    return f" {' '.join(words)} "


def evidence(question: list[str], passage: list[str]) -> float:
    return Evidence(tuple(dict.fromkeys(question)), RARITY).of(line(passage))


@given(question=WORDS, passage=WORDS)
def test_a_passage_without_the_words_proves_nothing(question: list[str], passage: list[str]) -> None:
    others = [word for word in passage if word not in question]
    assert evidence(question, others) == 0


@given(question=WORDS, passage=WORDS, garbled=st.lists(st.sampled_from(["zyx", "qwv"]), min_size=1, unique=True))
def test_words_that_no_passage_has_prove_nothing(question: list[str], passage: list[str], garbled: list[str]) -> None:
    assert evidence([*question, *garbled], passage) == pytest.approx(evidence(question, passage))


def test_a_rare_word_is_worth_more_than_a_common_one() -> None:
    assert RARITY.weight("unheard") > RARITY.weight("toaster") > RARITY.weight("refund") > RARITY.weight("the") >= 0
    assert evidence(["the", "toaster"], ["toaster"]) > evidence(["the", "toaster"], ["the"])


@given(cosines=st.tuples(UNIT, UNIT), found=st.tuples(NATS, NATS), passages=MANY, confidence=UNIT)
def test_legs_that_agree_are_followed(
    cosines: tuple[float, float], found: tuple[float, float], passages: int, confidence: float
) -> None:
    better = fused(max(cosines), max(found), passages, confidence)
    assert better >= fused(min(cosines), max(found), passages, confidence)
    assert better >= fused(max(cosines), min(found), passages, confidence)


@given(cosine=UNIT, found=st.tuples(NATS, NATS), passages=MANY)
def test_words_that_the_recogniser_is_not_sure_of_count_for_less(
    cosine: float, found: tuple[float, float], passages: int
) -> None:
    def gain(confidence: float) -> float:
        return fused(cosine, max(found), passages, confidence) - fused(cosine, min(found), passages, confidence)

    assert gain(0.2) <= gain(1.0) + 1e-9


@given(cosine=UNIT, passages=st.integers(2, 1_000_000), part=st.floats(0, 1))
def test_what_chance_alone_gives_leaves_the_cosine_to_decide(cosine: float, passages: int, part: float) -> None:
    assert fused(cosine, part * CHANCE * math.log(passages), passages, 1.0) == pytest.approx(cosine)


def test_an_empty_corpus_has_weights_too() -> None:
    assert Rarity().weight("anything") > 0 and (Rarity().mean_length, Rarity().passages) == (1, 0)
    assert Evidence((), RARITY).of(" a ") == 0
