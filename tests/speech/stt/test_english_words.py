"""Two transcripts that say the same have the same words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from tollfree.speech.stt.english_words import english_words, word_errors


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("thirty three four hundred ninety two", "33 492"),
        ("one zero zero zero one nine oh two one oh", "10001, 902-10."),
        ("twelve dollars and fifty cents", "$12.50"),
        ("three hundred and twenty dollars", "$320"),
        ("I'd like it, it doesn't fit", "i would like it it does not fit"),
        ("A B seven three nine K", "AB739K"),
        ("the fourteenth of May", "the 14th of May"),
        ("mm-hm", "Mm-hmm."),
        ("uh, where is um my order", "Where is my order?"),
        ("six thirty", "6:30"),
        ("anna dot smith at example dot com", "Anna.Smith@example.com"),
        ("one two three", "1-2-3"),
        ("double five", "55"),
        ("three point five", "3.5"),
        ("nineteen ninety nine", "1999"),
        ("a thousand and one", "1001"),
        ("two million three hundred thousand and five", "2,300,005"),
        ("Mister Brown’s colour", "Mr. Brown's color"),
        ("ill disposed", "ill-disposed"),
        ("OK", "okay"),
    ],
)
def test_two_spellings_of_the_same_words_are_equal(one: str, other: str) -> None:
    assert english_words(one) == english_words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("fifteen", "fifty"), ("oh I see", "0 I see"), ("four of clubs", "for of clubs"), ("yes", "yeah"), ("", "no")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert english_words(one) != english_words(other)


@settings(max_examples=200)
@given(st.integers(0, 10**9))
def test_any_number_in_words_is_the_number_in_figures(number: int) -> None:
    assert english_words(num2words(number)) == [str(number)]


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_has_words(text: str) -> None:
    assert all(word and not word.isspace() for word in english_words(text))


def test_errors_are_words_put_in_left_out_or_exchanged() -> None:
    assert word_errors("a b c".split(), "a b c".split()) == 0
    assert word_errors("a b c".split(), "a x c d".split()) == 2
    assert word_errors([], ["a"]) == 1 and word_errors(["a"], []) == 1
