"""A passage's text is looked at in bounds, and never the same stretch of it over and over."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.calls import cited_answer
from tollfree.knowledge import rows, sentence_ends, sentences, speakable
from tollfree.knowledge.sentence_ends import parted, whole_sentences
from tollfree.knowledge.sentences import LONGEST, readable, sentences_of

MEGABYTE = 1_000_000


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", "\u2003", " \t", "\u200b ", "\ufeff"])
def test_a_megabyte_of_spaces_is_one(space: str) -> None:
    run = space * (LONGEST // 2 // len(space))
    assert readable(f"We open{run}at nine.") == readable(f"We open{space}at nine.")
    assert len(readable(space * MEGABYTE)) <= 1
    assert sentences_of(space * MEGABYTE) == ()


@given(text=st.text(alphabet="a. \t\u00a0\u2028\r\n\x00<b>[1](", max_size=200))
def test_what_patterns_see_has_no_run_of_spaces(text: str) -> None:
    assert "  " not in readable(text) and readable(readable(text)) == readable(text)


def test_what_is_left_when_markup_is_gone_has_none_either() -> None:
    assert [one.text for one in sentences_of(f"We open {'<b> ' * 3000}at nine.")] == ["We open at nine."]
    assert [one.text for one in sentences_of(f"We open {'[1] ' * 3000}at nine.")] == ["We open at nine."]


def test_no_more_than_a_bounded_part_of_a_text_is_looked_at() -> None:
    assert len(readable("a" * MEGABYTE)) == LONGEST
    assert sum(len(one.text) for one in sentences_of("We open at nine. " * MEGABYTE)) <= 2 * LONGEST


@pytest.mark.parametrize("module", [sentences, sentence_ends, speakable, rows, cited_answer])
def test_no_pattern_begins_with_a_run_that_it_would_try_from_each_place_of_it(module: object) -> None:
    """Such a pattern (`\\s*[(]`) takes the square of a run's length where the run leads to nothing."""
    patterns = [one for one in vars(module).values() if isinstance(one, re.Pattern)]
    assert patterns or module is rows
    quadratic = re.compile(r"(?:\(\?:|\()*(?:\\[sSwWdD]|\.|\[[^\]]*\])[*+](?![)|]|$|\(\?:[^()]*\)\?$)")
    assert [one.pattern for one in patterns if quadratic.match(one.pattern)] == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We close at 9 p.m. on Sundays. Then rest.", ["We close at 9 p.m. on Sundays.", "Then rest."]),
        ("We close at 9 p.m. Parking is free.", ["We close at 9 p.m.", "Parking is free."]),
        ("Until 9 p.m. Mondays to Fridays. Yes.", ["Until 9 p.m. Mondays to Fridays.", "Yes."]),
        ("Bus No. 5 stops here. No. It does not.", ["Bus No. 5 stops here.", "No.", "It does not."]),
        ("Ask Dr. Lee, e.g. Tuesdays.", ["Ask Dr. Lee, e.g. Tuesdays."]),
    ],
)
def test_sentences_end_at_full_stops_and_not_at_abbreviations(text: str, parts: list[str]) -> None:
    assert parted(text) == parts


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", ""),
        ("We open", ""),
        ("We open.", "We open."),
        ("We open.  And we", "We open."),
        ('"We open." And we', '"We open."'),
        ("We open at 9 a.m. on", ""),
        ("Bus No.", ""),
        ("It costs 4.", ""),
        ("It costs 4.90. Bye", "It costs 4.90."),
        ("Is it free? Bus No. 5", "Is it free?"),
    ],
)
def test_of_what_is_still_written_whole_sentences_are_taken(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole


@given(text=st.text(alphabet='aB .!?"9', max_size=60))
def test_whole_sentences_are_a_beginning(text: str) -> None:
    assert text.startswith(whole_sentences(text))
