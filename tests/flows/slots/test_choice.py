import pytest
from pydantic import ValidationError

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.choice import ChoiceOptions, ChoiceSlot
from tollfree.protocol.expectation import Patience

COLOURS = ChoiceSlot(
    ChoiceOptions.model_validate({"choices": {"red": ["crimson"], "blue": [], "dark green": ["olive"]}})
)
REASONS = ChoiceSlot(
    ChoiceOptions.model_validate(
        {
            "choices": {
                "damaged": ["broken", "it broke", "arrived broken", "cracked"],
                "wrong item": ["not what I ordered", "incorrect item"],
                "changed my mind": ["don't want it any more", "don't like it"],
            }
        }
    )
)
TWO = ChoiceSlot(ChoiceOptions.model_validate({"choices": ["pickup", "delivery"]}))

SAID = table("""
red | red
Red. | red
the red one | red
the red one please | red
I'd like the blue one | blue
I'll go with blue | blue
crimson | red
um, dark green | dark green
green | dark green
darkgreen | dark green
dark greens | dark green
blu | blue
drak green | dark green
the first one | red
the second | blue
second one please | blue
number three | dark green
option two | blue
the last one | dark green
the middle one | blue
not the red one, the blue one | blue
the blue one, not the red one | blue
I don't want the red one, I want the blue one | blue
blue instead of red | blue
red, no, blue | blue
no, the blue one | blue
red or blue |
red and blue |
neither |
the fourth one |
three |
purple |
yes |
I don't know |
the colour of the sea |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_a_choice_is_read(said: str, value: str) -> None:
    reading = COLOURS.read(said, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("it was broken when it arrived", "damaged"),
        ("you sent the wrong item to me", "wrong item"),
        ("well I just changed my mind about it", "changed my mind"),
        ("it is cracked and also the wrong item", ""),
        ("hello there", ""),
    ],
)
def test_a_choice_is_found_in_a_sentence(said: str, value: str) -> None:
    reading = REASONS.read(said, FACTS) or REASONS.find(said, FACTS)
    assert (reading.value if reading is not None else "") == value


def test_a_cue_tells_which_of_two_is_meant() -> None:
    said = "the wall is red and the door should be blue"
    assert COLOURS.find(said, FACTS) is None
    reading = COLOURS.find(said, FACTS, ("door",))
    assert reading is not None
    assert reading.value == "blue"


def test_refusing_one_of_two_leaves_the_other_unsurely() -> None:
    for said in ("not delivery", "anything but delivery", "I don't want delivery"):
        reading = TWO.read(said, FACTS)
        assert reading is not None
        assert reading.value == "pickup"
        assert reading.confidence < 0.8


def test_a_misheard_choice_is_less_sure_than_a_clear_one() -> None:
    clear, misheard = TWO.read("delivery", FACTS), TWO.read("delivary", FACTS)
    assert clear is not None
    assert misheard is not None
    assert clear.confidence == 1.0
    assert misheard.confidence < 0.8


def test_a_key_is_a_place_in_the_list() -> None:
    reading = COLOURS.keys("2", FACTS)
    assert reading is not None
    assert reading.value == "blue"
    assert COLOURS.keys("4", FACTS) is None


def test_choices_are_listened_to_with_short_patience_and_their_words() -> None:
    expectation = COLOURS.expectation()
    assert expectation.patience is Patience.SHORT
    assert expectation.vocabulary == ("red", "crimson", "blue", "dark green", "olive")


@pytest.mark.parametrize("choices", [[], ["Red", "red"], ["..."], {}, 5])
def test_choices_that_cannot_be_told_apart_are_refused(choices: object) -> None:
    with pytest.raises(ValidationError):
        ChoiceOptions.model_validate({"choices": choices})


def test_only_listed_choices_are_held() -> None:
    assert COLOURS.check("Dark Green") == "dark green"
    with pytest.raises(InvalidValue):
        COLOURS.check("purple")


@pytest.mark.parametrize("said", ["delivery please", "the delivery one", "uh, delivery", "delivery to my house"])
def test_a_choice_may_be_named_like_what_announces_other_values(said: str) -> None:
    reading = TWO.read(said, FACTS) or TWO.find(said, FACTS)
    assert reading is not None and reading.value == "delivery"
