import pytest

from tollfree.flows.slots.spoken.fillers import strip_fillers
from tollfree.flows.slots.spoken.repairs import after_false_start, attempts
from tollfree.flows.slots.spoken.words import tokens, words


def _left(text: str) -> str:
    return " ".join(words(strip_fillers(tokens(text))))


def _meant(text: str) -> str:
    return " ".join(words(after_false_start(tokens(text))))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("uh, it's um four please", "four"),
        ("my order number is 41755, thanks", "41755"),
        ("the confirmation code for my order is 7", "7"),
        ("okay so I think it's nine I guess", "nine"),
        ("I'd like two", "two"),
        ("account: 12", "12"),
        ("well, you know, five", "five"),
        ("one second", ""),
        ("please", ""),
        ("the blue one", "the blue one"),
        ("I don't know", "i don't know"),
    ],
)
def test_what_surrounds_a_value_is_stripped(said: str, left: str) -> None:
    assert _left(said) == left


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("four one, no, four two seven", "four two seven"),
        ("four, sorry, five", "five"),
        ("four, I mean five", "five"),
        ("four. Scratch that. Five", "five"),
        ("four, wait, no, five", "five"),
        ("make that five", "five"),
        ("four actually five", "five"),
        ("no, fifteen", "fifteen"),
        ("fifteen, not fifty", "fifteen"),
        ("not fifty, fifteen", "fifteen"),
        ("not fifty but fifteen", "fifteen"),
        ("fifteen, sorry", "fifteen"),
        ("no", ""),
    ],
)
def test_the_last_try_is_meant(said: str, meant: str) -> None:
    assert _meant(said) == meant


def test_every_try_is_kept_in_order() -> None:
    held = attempts(tokens("four, no, five, no, six"))
    assert [words(piece) for piece in held] == [("four",), ("five",), ("six",)]


def test_a_slot_type_may_add_phrases_of_its_own() -> None:
    held = tokens("a party of four of us")
    assert words(after_false_start(held, ("a party of",), ("of us",))) == ("four",)
