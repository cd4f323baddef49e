"""Signs that a decoder went wrong, and what people really say twice."""

import pytest

from tollfree.speech.stt.stock_phrases import is_stock, is_weak
from tollfree.speech.stt.suspicion import loops


@pytest.mark.parametrize(
    "text",
    [
        "ten of clubs ten of clubs",
        "Ten of clubs. Ten of clubs.",
        "order number order number",
        "go go go go",
        "I want it back I want it back now",
    ],
)
def test_a_text_that_says_itself_twice_loops(text: str) -> None:
    assert loops(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "five five",
        "no no",
        "no no no",
        "5 5 5 5",
        "ask not what your country can do for you ask what you can do for your country",
        "one two three one two",
        "two of those and two of these",
    ],
)
def test_what_people_repeat_is_no_loop(text: str) -> None:
    assert not loops(text)


@pytest.mark.parametrize("text", ["Thanks for watching!", "thank you for watching. Thank you for watching.", "(Music)"])
def test_lines_of_films_are_stock(text: str) -> None:
    assert is_stock(text)


@pytest.mark.parametrize("text", ["", "thank you", "I was watching the thing", "the music is too loud", "the end date"])
def test_what_callers_say_is_not_stock(text: str) -> None:
    assert not is_stock(text)


def test_thanks_alone_are_weak_and_in_a_sentence_they_are_not() -> None:
    assert is_weak("Thank you.") and not is_weak("thank you that's all")
