"""Splitting: nothing lost, nothing doubled, rows whole, sizes kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.ingest.shelf import words
from tollfree.knowledge.ingest.block import block
from tollfree.knowledge.ingest.splitting import LEAST_TOKENS, MAX_CHARACTERS, MAX_HEADING_CHARACTERS, Splitter, pieces

word = st.from_regex(r"[a-zA-Zé0-9]{1,9}[.,;!?]?", fullmatch=True)
prose = st.lists(st.lists(word, min_size=1, max_size=60).map(" ".join), max_size=12).map("\n\n".join)
rows = st.lists(st.lists(word, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=40)


def split(shape: str, text: str, target: int = 80, section: str = "") -> list[str]:
    blocks = [block(shape, text, section=section)]  # type: ignore[arg-type]
    return [one.page_content for one in Splitter(words, target).split(blocks, "Title")]


@settings(max_examples=60, deadline=None)
@given(prose)
def test_no_word_of_prose_is_lost_or_doubled(text: str) -> None:
    assert " ".join(split("prose", text)).split() == text.split()


@settings(max_examples=60, deadline=None)
@given(prose)
def test_no_passage_is_longer_than_the_embedder_reads(text: str) -> None:
    assert all(words(part) <= 80 for part in split("prose", text))


@settings(max_examples=60, deadline=None)
@given(rows)
def test_a_table_is_cut_between_rows_only(lines: list[str]) -> None:
    parts = split("table", "\n".join(lines))
    assert [line for part in parts for line in part.split("\n")] == lines
    assert all(words(part) <= 80 for part in parts)


@given(st.text(max_size=400))
def test_any_text_at_all_is_split(text: str) -> None:
    assert "".join("".join(split("prose", text)).split()) == "".join(text.split())


def test_a_row_is_a_passage() -> None:
    assert split("row", "word " * 300) == ["word " * 300]


def test_letters_without_a_space_are_cut_by_length() -> None:
    parts = Splitter(len, 100).split([block("prose", "x" * 1000)], "")
    assert max(len(part.page_content) for part in parts) <= 100


def unknown(text: str) -> int:
    """As the embedder counts: a long word is one that it does not know, and one token."""
    return sum(1 if len(word) > 100 else len(word) for word in text.split())


@pytest.mark.parametrize("shape", ["prose", "table", "row"])
@pytest.mark.parametrize(
    "text", ["x" * 3_000_000, " ".join(["y" * 101] * 5_000), "; ".join(f"column {n}: {n}" for n in range(50_000))]
)
def test_no_passage_is_longer_than_so_many_characters_and_nothing_is_lost(shape: str, text: str) -> None:
    blocks = [block(shape, text)]  # type: ignore[arg-type]
    parts = [one.page_content for one in Splitter(unknown, 200).split(blocks, "Title")]
    assert max(map(len, parts)) <= MAX_CHARACTERS
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_heading_without_end_is_a_text_by_itself_once() -> None:
    title, section = "Title " * 10_000, "Section " * 10_000
    blocks = [
        block("prose", "One.", title=title, section=section),
        block("prose", "Two.", title=title, section=section),
    ]
    parts = list(Splitter(words, 80).split(blocks, ""))
    assert " ".join(one.page_content for one in parts).split() == [*title.split(), *section.split(), "One.", "Two."]
    for one in parts:
        assert max(len(one.metadata["title"]), len(one.metadata["section"])) <= MAX_HEADING_CHARACTERS
        assert words(one.page_content) <= 80


@given(st.text(max_size=60), st.integers(1, 20))
def test_pieces_are_the_text_and_none_is_too_long(text: str, most: int) -> None:
    parts = list(pieces(text, most))
    assert "".join(parts) == text and all(len(part) <= most for part in parts)


def test_headings_count_and_leave_room_for_the_text() -> None:
    text = " ".join(f"word{number}." for number in range(300))
    assert max(map(words, split("prose", text, section="a b c d e f g h i j"))) <= 70
    assert max(map(words, split("prose", text, section="long " * 200))) <= LEAST_TOKENS


def test_a_heading_that_is_the_title_is_not_said_twice() -> None:
    [one] = Splitter(words).split([block("prose", "text", section="The title! > Part", title="The Title")], "file")
    assert (one.metadata["title"], one.metadata["section"]) == ("The Title", "Part")


def test_sentences_stay_whole_where_they_can() -> None:
    text = " ".join(f"This is sentence number {number} of the text." for number in range(40))
    assert all(part.endswith(".") and part.startswith("This") for part in split("prose", text))
