"""What words look finished, and how long is waited for more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Patience
from tollfree.speech.turns.end_of_turn import TextEndOfTurn
from tollfree.speech.turns.endings import saying_numbers
from tollfree.speech.turns.patience import silence_to_wait
from tollfree.speech.turns.settings import ListeningSettings

JUDGE = TextEndOfTurn()
SETTINGS = ListeningSettings()
PEOPLE_REST_MS = 800.0
"""So long do people pause inside what they say, and are not to be cut short."""


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "Nope.",
        "That's all, thank you.",
        "Where is my order?",
        "What for?",
    ],
)
def test_words_that_close_or_ask_are_answered_quickly(text: str) -> None:
    assert JUDGE.finished(text, punctuates=True) >= 0.75


@pytest.mark.parametrize("text", ["I'd like to cancel my order.", "Go forward 10 meters.", "Building department"])
def test_a_bare_full_stop_is_answered_quickly_only_where_the_flow_makes_sense_of_the_words(text: str) -> None:
    finished = JUDGE.finished(text, punctuates=True)
    times = SETTINGS.times(Patience.NORMAL)
    for plan in (None, Completeness.OPEN):
        assert silence_to_wait(SETTINGS, Patience.NORMAL, text, finished, plan) >= PEOPLE_REST_MS
    assert silence_to_wait(SETTINGS, Patience.NORMAL, text, finished, Completeness.LIKELY) == times.finished_ms


@pytest.mark.parametrize(
    "text",
    [
        "And so my fellow Americans.",
        "I'd like to order a",
        "My number is",
        "My number is.",
        "My order number.",
        "I want to",
        "Um",
        "And then...",
        "Eight of spades, four of clubs.",
        "Unless to be rather cold-hearted.",
        "He was not an ill,",
        "I'm calling about the",
        "tomorrow at half",
        "No, sorry.",
        "",
    ],
)
def test_broken_off_words_are_waited_for_even_when_a_full_stop_was_written(text: str) -> None:
    assert JUDGE.finished(text, punctuates=True) < 0.5


def test_a_recogniser_without_punctuation_is_not_blamed_for_its_absence() -> None:
    text = "this is the fixed transcript of the caller"
    assert JUDGE.finished(text, punctuates=False) > 0.7
    assert JUDGE.finished(text, punctuates=True) < 0.75
    assert JUDGE.finished("this is the fixed transcript of the", punctuates=False) < 0.2


@pytest.mark.parametrize(
    "text", ["one two", "4 7 2", "472-", "1, 2,", "my number is four", "it's 5", "A B C", "A-B-1", "one"]
)
def test_digits_and_letters_are_being_said(text: str) -> None:
    assert saying_numbers(text)


@pytest.mark.parametrize(
    "text", ["two large pizzas", "I need two", "go forward 10", "I", "a", "", "table for four", "no"]
)
def test_other_words_are_no_string_of_digits(text: str) -> None:
    assert not saying_numbers(text)


@given(st.text(max_size=80), st.booleans(), st.sampled_from(Patience), st.sampled_from([None, *Completeness]))
def test_any_text_has_a_bounded_wait_and_a_certain_plan_the_shortest(
    text: str, punctuates: bool, patience: Patience, completeness: Completeness | None
) -> None:
    finished = JUDGE.finished(text, punctuates=punctuates)
    assert 0 <= finished <= 1
    wait = silence_to_wait(SETTINGS, patience, text, finished, completeness)
    times = SETTINGS.times(patience)
    assert times.certain_ms <= wait <= max(times.unfinished_ms, times.numbers_ms)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(Patience))
def test_the_more_finished_the_sooner(one: float, other: float, patience: Patience) -> None:
    less, more = sorted((one, other))
    words = "some words"
    assert silence_to_wait(SETTINGS, patience, words, more, None) <= silence_to_wait(
        SETTINGS, patience, words, less, None
    )


@pytest.mark.parametrize("patience", [Patience.DIGITS, Patience.SPELLING])
def test_nothing_but_certainty_shortens_the_wait_for_digits_that_were_asked_for(patience: Patience) -> None:
    waits = [
        silence_to_wait(SETTINGS, patience, "4 7 2", 0.99, plan)
        for plan in (None, Completeness.OPEN, Completeness.LIKELY)
    ]
    assert waits == [SETTINGS.times(patience).numbers_ms] * 3
    assert silence_to_wait(SETTINGS, patience, "4 7 2", 0.99, Completeness.CERTAIN) < 300


def test_settings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        ListeningSettings(onset_probability=0.1)
    with pytest.raises(ValueError, match="lacks"):
        ListeningSettings(patience={Patience.SHORT: SETTINGS.times(Patience.SHORT)})
