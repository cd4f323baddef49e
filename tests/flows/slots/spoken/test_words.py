import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.flows.slots.spoken.words import MOST_TOKENS, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Twenty-two, please!", ["twenty", "two", "please"]),
        ("it’s AB417", ["it's", "ab", "417"]),
        ("$1,250.50 at 3:30 p.m.", ["$", "1,250.50", "at", "3", ":", "30", "pm"]),
        ("the 22nd of March", ["the", "22nd", "of", "march"]),
        ("3½", ["3", "1", "/", "2"]),
        ("٤١٧", ["417"]),
        ("ＦＯＵＲ", ["four"]),
        ("José", ["josé"]),
        ("jane@x.com", ["jane", "@", "x", "com"]),
        ("", []),
    ],
)
def test_a_text_becomes_words_figures_and_signs(text: str, expected: list[str]) -> None:
    assert list(words(tokens(text))) == expected


def test_a_token_knows_what_stood_before_it() -> None:
    four, seven, five = tokens("4-7, five")
    assert (four.before, seven.before, five.before) == ("", "-", ", ")
    assert five.breaks and not seven.breaks


def test_marks_of_any_length_belong_to_their_letter() -> None:
    text = "e" + "\u0301" * 50 + "x y"
    held = tokens(text)
    assert held[-1].word == "y" and held[-1].start == len(text) - 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_every_token_lies_in_the_text_in_order(text: str) -> None:
    last = 0
    for token in tokens(text):
        assert last <= token.end <= len(text)
        assert token.start < token.end
        assert token.word
        last = token.start


def test_a_text_without_end_has_a_bounded_number_of_tokens() -> None:
    assert len(tokens("one " * 10_000)) == MOST_TOKENS
