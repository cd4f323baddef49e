"""Whatever a model writes, only words that can be spoken are left, however the text was cut on its way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.language.llm.spoken import SpokenText, spoken

PARTS = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "[",
        "]",
        "(",
        ")",
        "](",
        "<",
        ">",
        "`",
        "```",
        "#",
        "- ",
        "\n",
        "\n\n",
        " ",
        ".",
        ",",
        ":",
        "!",
        "&",
    ]
    + [
        "<think>",
        "</think>",
        "&amp;",
        "https://",
        "www.",
        "laughs",
        "Agent:",
        "Caller:",
        "\\",
        "1. ",
        "|",
        "😀",
        "~",
        ":)",
    ]
    + ["Hello", "a", "5", "it's", "é", "$4.50", "you."]
)
TEXTS = st.lists(PARTS, max_size=30).map("".join)
MARKUP = set("*`#[]<>|~\\\n")


@given(TEXTS, st.lists(st.integers(1, 7), max_size=60))
def test_a_text_is_cleaned_alike_however_it_is_cut(text: str, cuts: list[int]) -> None:
    cleaning, told, place = SpokenText(), "", 0
    for length in cuts:
        told += cleaning.feed(text[place : place + length])
        place += length
        assert cleaning.text == told
    told += cleaning.feed(text[place:])
    told += cleaning.end()
    assert told == spoken(text)


@given(TEXTS)
def test_no_markup_is_left(text: str) -> None:
    assert not MARKUP & set(spoken(text))


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_it(text: str) -> None:
    assert not MARKUP & set(spoken(text))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Hello!** How *are* you?", "Hello! How are you?"),
        ("Sure *laughs*, okay.", "Sure, okay."),
        ("[pause] Well (sighs) yes.", "Well yes."),
        ("*(chuckles softly)* Fine.", "Fine."),
        ("It is (about 5 dollars) more.", "It is (about 5 dollars) more."),
        ("# Menu\n- Margherita\n- Pepperoni\n\nWhich one?", "Menu, Margherita, Pepperoni. Which one?"),
        ("1. Small\n2. Large", "Small, Large"),
        ("See [our site](https://shop.com/a_b) now.", "See our site now."),
        ("Go to https://shop.com/returns. Bye.", "Go to. Bye."),
        ("Hi 😀👋🏽 there!", "Hi there!"),
        ("Great :) thanks", "Great thanks"),
        ("<think>He is rude.\nAgent: no</think>Hello", "Hello"),
        ("Hi<|im_end|>", "Hi"),
        ("Agent: Hello.", "Hello."),
        ("**Agent:** Hello.", "Hello."),
        ("Hello.\nCaller: I want pizza.\nAgent: Sure.", "Hello."),
        ("AT&amp;T", "AT&T"),
        ("Write to first_last@example.com", "Write to first_last@example.com"),
        ("It is 5:30, or $4.50.", "It is 5:30, or $4.50."),
        ("one two\nthree", "one two three"),
        ("```python\nx = 1\n```Done.", "Done."),
    ],
)
def test_what_is_left_of(written: str, said: str) -> None:
    assert spoken(written) == said
