import pytest
from pydantic import ValidationError

from tests.flows.slots.spoken_forms import FACTS
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.text import TextOptions, TextSlot

ANY = TextSlot(TextOptions())


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("it arrived broken", "it arrived broken"),
        ("um, it arrived broken, uh", "it arrived broken,"),
        ("  two\n lines\t here ", "two lines here"),
        ("uh", ""),
        ("", ""),
        ("...", ""),
        ("naïve café 三", "naïve café 三"),
        ("bell\x07 rings", "bell rings"),
    ],
)
def test_text_is_kept_as_said_without_the_hesitations_around_it(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading is not None else "") == value


def test_text_of_the_wrong_length_is_not_held_and_the_caller_is_told() -> None:
    slot = TextSlot(TextOptions(min_length=5, max_length=10))
    assert slot.read("four", FACTS) is None
    assert slot.problem("four", FACTS) == "I need a little more than that."
    assert slot.problem("far too many words", FACTS) == "That is too long for me. Please say it in fewer words."
    with pytest.raises(InvalidValue):
        slot.check("far too many words")


def test_text_is_never_found_inside_other_words() -> None:
    assert ANY.find("my message is hello", FACTS, ("message",)) is None


def test_lengths_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError):
        TextOptions(min_length=10, max_length=5)
