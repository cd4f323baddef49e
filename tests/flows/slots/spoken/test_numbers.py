from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.flows.slots.spoken.aloud import grouped_in_words, number_in_words, whole_in_words
from tollfree.flows.slots.spoken.digits import digit_readings, digit_string
from tollfree.flows.slots.spoken.numbers import amount, cardinal_from, cardinals_from, ordinal_from, plain
from tollfree.flows.slots.spoken.words import tokens

SOME = settings(max_examples=150, deadline=None)


@SOME
@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_whole_number_in_words_is_that_number(value: int) -> None:
    assert amount(tokens(whole_in_words(value))) == value


@SOME
@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_decimal_number_in_words_is_that_number(value: Decimal) -> None:
    assert amount(tokens(number_in_words(value))) == value


@SOME
@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_figures_in_groups_are_those_figures(figures: str) -> None:
    assert digit_string(tokens(grouped_in_words(figures))) == figures


@SOME
@given(st.integers(1, 999_999))
def test_a_number_in_words_has_its_figures_as_the_likeliest_string(value: int) -> None:
    assert digit_string(tokens(whole_in_words(value))) == str(value)


@SOME
@given(st.lists(st.integers(10, 99), min_size=1, max_size=8))
def test_pairs_are_read_as_pairs(pairs: list[int]) -> None:
    said = " ".join(whole_in_words(pair) for pair in pairs)
    assert len("".join(map(str, pairs))) in digit_readings(tokens(said))
    assert "".join(map(str, pairs)) in {path.text for path in digit_readings(tokens(said))[2 * len(pairs)]}


def test_every_number_that_begins_here_is_found() -> None:
    assert cardinals_from(tokens("four hundred and five"), 0) == [(1, 4), (2, 400), (4, 405)]
    assert cardinal_from(tokens("twenty two fifty"), 0) == (2, 22)
    assert cardinal_from(tokens("blue"), 0) is None


@pytest.mark.parametrize(
    ("said", "end", "value"), [("twenty second", 2, 22), ("22nd of", 1, 22), ("third", 1, 3), ("thirtieth", 1, 30)]
)
def test_ordinals_are_read(said: str, end: int, value: int) -> None:
    assert ordinal_from(tokens(said), 0) == (end, value)
    assert ordinal_from(tokens("four"), 0) is None


@pytest.mark.parametrize(("value", "text"), [("3.50", "3.5"), ("100", "100"), ("-0", "0"), ("1E+3", "1000")])
def test_a_plain_number_has_no_trailing_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_a_length_asked_for_is_among_the_readings() -> None:
    found = digit_readings(tokens("twenty two fifty"))
    assert found[4][0].text == "2250"
    assert found[5][0].text == "20250"
