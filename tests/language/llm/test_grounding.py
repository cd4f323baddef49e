"""Values that nothing supports are found, in whatever way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words  # type: ignore[import-untyped]

from tollfree.language.llm.figures import in_figures
from tollfree.language.llm.grounding import Grounds

TEXT = (
    "Returns within 30 days. Margherita 12.50. Open 9am to 5 pm on Sundays from 2026-05-03. "
    "Call +12125550100 or see www.shop.com/returns, ask for plan B12. Delivery costs $4."
)
VALUES = {"order": {"number": "41755", "total": 14.5, "items": ["a", "b", "c"], "at": "2026-11-24"}, "none": None}


def grounds() -> Grounds:
    return Grounds((TEXT,), VALUES, today="2026-04-01")


@pytest.mark.parametrize(
    "words",
    [
        "thirty days",
        "twelve dollars and fifty cents",
        "$12.50",
        "twelve fifty",
        "four dollars",
        "from nine to five",
        "at five p.m.",
        "the 3rd of May",
        "May third, twenty twenty six",
        "order four one seven, five five",
        "the one ending in one seven five five, no: 4 1 7 5 5",
        "five five five, oh one double oh",
        "(212) 555-0100",
        "three items",
        "$14.50",
        "November twenty-fourth",
        "on Tuesday the twenty fourth of November",
        "shop dot com slash returns",
        "plan B-12",
        "The first one, one moment, please.",
        "How can I help you today?",
    ],
)
def test_what_stands_there_may_be_said(words: str) -> None:
    known = grounds()
    known.add("ending in 1755")
    assert known.unsupported(words) == ""


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("thirty hours", "30 hours"),
        ("it costs $30", "$30"),
        ("nine dollars", "9 dollars"),
        ("5 percent off", "5 percent"),
        ("May third, 2027", "may 3th, 2027"),
        ("on Monday", "monday"),
        ("tomorrow", "tomorrow"),
        ("at noon", "noon"),
        ("half past six", "half past 6"),
        ("seven items", "7"),
        ("order 41756", "41756"),
        ("write to joe@shop.com", "joe@shop.com"),
        ("joe at shop dot com", "joe at shop dot com"),
        ("see example.com", "example.com"),
        ("call 212-555-0199", "212-555-0199"),
        ("€4", "€4"),
        ("plan B13", "b13"),
        ("five million", "5000000"),
    ],
)
def test_what_does_not_is_found(words: str, value: str) -> None:
    assert grounds().unsupported(f"Well, {words}.") == value


@given(st.integers(2, 999_999))
def test_a_number_is_the_same_in_words_and_in_figures(number: int) -> None:
    assert in_figures(num2words(number).replace(",", "")) == str(number)


@given(st.integers(2, 9999), st.integers(2, 9999))
def test_another_number_is_never_supported(known: int, said: int) -> None:
    assert (Grounds((f"There are {known}.",)).unsupported(f"{num2words(said).replace(',', '')} of them") == "") == (
        known == said
    )


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert Grounds((text,), today="2026-04-01").unsupported(text) == ""
