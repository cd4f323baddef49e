"""A value of one type, said where another is awaited, is not taken for that other one, whole or inside a sentence."""

import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.evaluation import understood
from tollfree.flows.slots.registry import make

ANOTHER = table("""
digits | next tuesday at three pm
digits | half past three
digits | I called you three times
digits | I've been waiting for twenty minutes
digits | march third twenty twenty six
digits | $22.50
digits | twenty percent
digits | 12/3/2026
digits | my son is ten years old
digits | no one
code | march third twenty twenty six
code | 12/3/2026
code | no one
number | next tuesday at three pm
number | half past three
number | do you have anything under twenty dollars
number | no one
quantity | at five thirty pm
quantity | half past three
quantity | three and a half
quantity | minus two
quantity | I've been waiting for twenty minutes
quantity | do you have anything under twenty dollars
quantity | size ten
quantity | no one
time | a b one two three
time | three to four
""")


@pytest.mark.parametrize(("type_name", "said"), ANOTHER)
def test_what_means_another_value_is_not_understood(type_name: str, said: str) -> None:
    assert understood(make(type_name, {}), said, FACTS) == ""


@pytest.mark.parametrize(
    ("type_name", "said", "cue", "value"),
    [
        ("number", "I've been waiting for twenty minutes", "minutes", 20),
        ("quantity", "we'd like to stay three nights if we can", "nights", 3),
        ("number", "it's minus five outside I think", "it's", -5),
    ],
)
def test_a_measure_that_a_cue_asks_for_is_understood(type_name: str, said: str, cue: str, value: int) -> None:
    reading = make(type_name, {}).find(said, FACTS, (cue,))
    assert reading is not None and reading.value == value
