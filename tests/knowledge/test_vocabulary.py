"""Strings keep their numbers, whatever letters they have."""

from hypothesis import given
from hypothesis import strategies as st

from tollfree.knowledge.vocabulary import Vocabulary


@given(st.sets(st.text(max_size=8), max_size=30), st.text(max_size=8))
def test_each_word_has_a_number_of_its_own_and_others_have_none(words: set[str], other: str) -> None:
    words = {word for word in words if word.isprintable()}
    vocabulary = Vocabulary.of(words)
    assert sorted(number for word in words if (number := vocabulary.number(word)) is not None) == list(
        range(len(words))
    )
    assert (vocabulary.number(other) is not None) == (other in words)
