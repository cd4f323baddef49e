"""Thoughts never come out, wherever the chunks are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.language.llm.thoughts import BareEnd, Thoughts

CUTS = st.lists(st.integers(1, 7), min_size=1, max_size=60)
ALPHABET = st.text(st.sampled_from(list("ab <>/think")), max_size=30)


def heard(text: str, cuts: list[int]) -> str:
    thoughts, said, at = Thoughts(), "", 0
    for cut in cuts:
        said += thoughts.said(text[at : at + cut])
        at += cut
    return said + thoughts.said(text[at:]) + thoughts.rest()


@given(before=ALPHABET, thought=ALPHABET, after=ALPHABET, cuts=CUTS)
def test_only_what_is_outside_the_marks_is_said(before: str, thought: str, after: str, cuts: list[int]) -> None:
    for part in (before, thought, after):
        if "think>" in part:
            return
    assert heard(f"{before}<think>{thought}</think>{after}", cuts) == before + after


@given(text=ALPHABET, cuts=CUTS)
def test_what_has_no_marks_comes_out_as_it_went_in(text: str, cuts: list[int]) -> None:
    if "think>" not in text:
        assert heard(text, cuts) == text


@given(cuts=CUTS)
def test_thoughts_that_do_not_end_are_not_said(cuts: list[int]) -> None:
    assert heard("Hello. <think>The caller wants", cuts) == "Hello. "


@given(cuts=CUTS)
def test_an_end_without_a_beginning_is_told(cuts: list[int]) -> None:
    with pytest.raises(BareEnd):
        heard("The caller wants</think>Hello.", cuts)
