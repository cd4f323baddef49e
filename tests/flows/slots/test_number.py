import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.number import NumberOptions, NumberSlot

ANY = NumberSlot(NumberOptions())

SAID = table("""
zero | 0
two | 2
Twenty-five. | 25
twenty five | 25
105 | 105
a hundred and five | 105
one hundred five | 105
one hundred and five | 105
hundred | 100
six hundred sixty six | 666
twelve hundred | 1200
a thousand | 1000
one thousand and one | 1001
ten thousand five hundred | 10500
two hundred thousand | 200000
one million two hundred thousand and six | 1200006
a million | 1000000
two and a half million | 2500000
half a million | 500000
2.5 million | 2500000
5k | 5000
five grand | 5000
1,250 | 1250
1,250.50 | 1250.5
3.5 | 3.5
3.50 | 3.5
0.50 | 0.5
.5 | 0.5
point five | 0.5
zero point five | 0.5
three point one four | 3.14
3 point 5 | 3.5
five point oh five | 5.05
twenty one point five | 21.5
forty two point zero | 42
three and a half | 3.5
one and three quarters | 1.75
two and a quarter | 2.25
3 1/2 | 3.5
3½ | 3.5
1/2 | 0.5
half | 0.5
a half | 0.5
three quarters | 0.75
minus four | -4
negative four | -4
minus three point five | -3.5
-4 | -4
-4.5 | -4.5
−4 | -4
a couple | 2
a dozen | 12
two dozen | 24
half a dozen | 6
one oh five | 105
four one seven | 417
nineteen ninety nine | 1999
twenty twenty six | 2026
it's about twenty | 20
I think it's four | 4
number four | 4
um, seven please | 7
fifteen, no, fifty | 50
fifteen, not fifty | 15
not fifty, fifteen | 15
I said fifteen | 15
nought point five | 0.5
three fourths | 0.75
ten percent | 10
10% | 10
one point five million | 1500000
negative zero point five | -0.5
two thousand and twenty six | 2026
a hundred thousand | 100000
one oh one | 101
about three and a half | 3.5
sixteen | 16
minus twenty two point five | -22.5
eleven hundred | 1100
five million three hundred thousand | 5300000
zero point zero five | 0.05
one hundred and five point two | 105.2
99.9 | 99.9
it's 7. | 7
0.001 | 0.001
a quarter of a million | 250000
half of a thousand | 500
a couple of hundred | 200
# nothing may be understood
thirty three and a third |
seven or eight |
none |
lots |
 |
I don't know |
the blue one |
two or three |
yes |
no |
a |
first |
next tuesday |
one second |
1, 2, 3 |
two large pizzas |
at jane dot com |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_numbers_are_read_as_callers_and_recognisers_give_them(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (ANY.canonical(reading.value) if reading else "") == value


def test_bounds_are_kept_and_told() -> None:
    slot = NumberSlot(NumberOptions(min=1, max=10, integer=True))
    assert slot.read("eleven", FACTS) is None
    assert slot.problem("eleven", FACTS) == "It can be at most ten."
    assert slot.problem("zero", FACTS) == "It must be at least one."
    assert slot.problem("three and a half", FACTS) == "I need a whole number."
    with pytest.raises(InvalidValue):
        slot.check(11)


def test_whole_numbers_are_held_as_integers() -> None:
    assert isinstance(ANY.check("4.0"), int)
    assert isinstance(ANY.check("4.5"), float)


@pytest.mark.parametrize("value", ["", "four", None, True, "nan", "inf", float("inf"), 10**15, "1e400", [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)  # type: ignore[arg-type]


def test_a_star_is_the_point_on_a_keypad() -> None:
    reading = ANY.keys("3*5", FACTS)
    assert reading is not None and reading.value == 3.5
    assert ANY.keys("3*", FACTS) is None


def test_numbers_figure_by_figure_are_less_sure() -> None:
    reading = ANY.read("four one seven", FACTS)
    assert reading is not None and reading.confidence < 0.8


def test_a_number_in_a_sentence_is_found() -> None:
    reading = ANY.find("we will be twelve people I guess", FACTS, ("people",))
    assert reading is not None and reading.value == 12
    reading = ANY.find("we'll be about 12 people at 7", FACTS, ("people",))
    assert reading is not None and reading.value == 12
    assert ANY.find("the blue one please", FACTS) is None
