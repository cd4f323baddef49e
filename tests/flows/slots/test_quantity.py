import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.quantity import QuantityOptions, QuantitySlot

ANY = QuantitySlot(QuantityOptions())

SAID = table("""
one | 1
Two. | 2
2 | 2
twelve | 12
twenty-five | 25
a hundred | 100
a hundred and fifty | 150
1,000 | 1000
2.0 | 2
a couple | 2
a couple of them | 2
just a couple please | 2
a pair | 2
a few | 3
half a dozen | 6
half dozen | 6
a dozen | 12
two dozen | 24
a dozen and a half | 18
just one | 1
just the one | 1
only one | 1
one please | 1
one thanks | 1
a | 1
another one | 1
another | 1
one more | 1
two more | 2
another two | 2
a single one | 1
one of them | 1
two of those please | 2
three of each | 3
2x | 2
x2 | 2
two times | 2
4 pieces | 4
three items | 3
I'll take three | 3
I'd like two | 2
can I get four please | 4
give me five | 5
make it three | 3
make that three | 3
let's do two | 2
for two | 2
two, no, three | 3
two, sorry, make that four | 4
um, like, six I guess | 6
to | 2
too | 2
for | 4
two people | 2
all three | 3
table for four | 4
a party of six | 6
there's four of us | 4
I only need one | 1
can you make it four | 4
just two of those | 2
two packs | 2
no just one | 1
a half dozen | 6
couple | 2
a couple more | 2
let me get a dozen | 12
ten of them | 10
maybe three | 3
three or so | 3
quantity two | 2
i want 2 | 2
one, no two | 2
ummm two | 2
I need about fifty | 50
one dozen | 12
dozen | 12
three dozen | 36
five hundred | 500
# nothing may be understood
I'd like to get three please |
all of them |
lots |
 |
none |
zero |
minus two |
-2 |
three and a half |
two or three |
two large pizzas |
the blue one |
I don't know |
yes |
no |
no thanks |
one second |
first |
how many can I get |
a lot |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_quantities_are_read_as_callers_and_recognisers_give_them(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (ANY.canonical(reading.value) if reading else "") == value


def test_none_is_an_answer_where_zero_is_allowed() -> None:
    slot = QuantitySlot(QuantityOptions(min=0, max=6))
    for said in ("none", "zero", "0", "none of them"):
        reading = slot.read(said, FACTS)
        assert reading is not None and reading.value == 0


def test_a_few_is_hardly_three() -> None:
    reading = ANY.read("a few", FACTS)
    assert reading is not None and reading.confidence < 0.5


def test_bounds_are_kept_and_told() -> None:
    slot = QuantitySlot(QuantityOptions(max=6))
    assert slot.read("seven", FACTS) is None
    assert slot.problem("seven", FACTS) == "It can be at most six."
    assert slot.problem("none", FACTS) == "It must be at least one."
    assert slot.problem("two and a half", FACTS) == "I need a whole number."
    with pytest.raises(InvalidValue):
        slot.check(7)


def test_keys_give_a_whole_number() -> None:
    reading = ANY.keys("12", FACTS)
    assert reading is not None and reading.value == 12
    assert ANY.keys("1*5", FACTS) is None


def test_a_count_in_a_sentence_is_found() -> None:
    reading = ANY.find("I need four mugs and it's order 41755", FACTS, ("mugs",))
    assert reading is not None and reading.value == 4
    reading = ANY.find("put two in the bag", FACTS)
    assert reading is not None and reading.value == 2
    assert ANY.find("the blue one please", FACTS) is None
