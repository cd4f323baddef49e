"""Texts are cut where nobody hears it, and nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.speech.tts.base import LONGEST_CLAUSE
from tollfree.speech.tts.clauses import EARLY, FIRST_LONGEST, LONGEST, clauses, sentences

ANY_TEXT = st.text(st.characters(codec=None), max_size=400)
PIECES = [
    "Thanks for calling. ",
    "We're open from 9 a.m. to 5 p.m., ",
    "and on Nov 24, 2026 too! ",
    "$14.50, please. ",
    "Dr. Weiss ",
    "sam.weiss@example.net ",
    "or 212 555 0142, ",
    "is that right? ",
    "No. 5 ",
    "St. ",
    "\n",
    "e.g. ",
    "3.50 ",
    "because it's late ",
    "…",
]
PROSE = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
LONG = (
    "I have a large pepperoni pizza with extra cheese, two cans of Sprite, and a garden salad with ranch dressing on "
    "the side, which comes to forty-one dollars and fifty cents because delivery is free today."
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT | PROSE, st.booleans())
def test_joined_the_clauses_are_the_text_and_each_can_be_rendered(text: str, early: bool) -> None:
    found = clauses(text, early=early)
    assert squeezed("".join(found)) == squeezed(text)
    assert all(piece == piece.strip() and 0 < len(piece) <= LONGEST_CLAUSE for piece in found)
    assert squeezed("".join(sentences(text))) == squeezed(text)


@settings(max_examples=100, deadline=None)
@given(PROSE)
def test_a_sentence_is_cut_out_of_any_text_alike(text: str) -> None:
    for sentence in sentences(text):
        assert sentences(sentence) == [sentence]


@pytest.mark.parametrize(
    "whole",
    [
        "It is $14.50 for No. 5 at 3.30 p.m. today.",
        "Dr. Weiss of 12 Main St. is in.",
        "Write to sam.weiss@example.net or see example.com.",
        "Bring e.g. milk, etc. to J. R. Smith.",
        "Version 1.2 of the U.S. plan.",
    ],
)
def test_no_sentence_ends_inside_a_number_an_abbreviation_or_an_address(whole: str) -> None:
    assert sentences(whole) == [whole]


def test_sentences_end_where_people_stop() -> None:
    assert sentences("No. I don't. Yes! Really? Okay… Fine.\nNext") == [
        "No.",
        "I don't.",
        "Yes!",
        "Really?",
        "Okay…",
        "Fine.",
        "Next",
    ]


def test_the_first_clause_is_short_so_that_sound_comes_early_and_later_ones_are_longer() -> None:
    found = clauses(LONG)
    assert EARLY <= len(found[0]) <= FIRST_LONGEST
    assert max(map(len, found[1:])) > len(found[0])
    assert len(clauses(LONG, early=False)[0]) > len(found[0])


def test_once_something_is_playing_sentences_stay_whole() -> None:
    long = LONG[:150].rstrip() + "."
    assert clauses(f"Thanks for calling the corner shop. {long}")[1:] == [long]


def test_figures_are_never_torn_apart() -> None:
    figures = "on November 24, 2026, and the code is 4, 17, 55, 12, 90, 31 or perhaps it is 212 555 0142 I think so"
    for piece in clauses(figures):
        assert not (piece.endswith(("24,", "4,", "17,", "55,", "12,", "90,", "212", "555")))


def test_what_cannot_be_cut_well_is_cut_before_it_is_too_long() -> None:
    assert [len(piece) for piece in clauses("a" * 1200)] == [500, 500, 200]
    assert all(len(piece) <= LONGEST for piece in clauses("word " * 100))
