from dataclasses import replace
from decimal import Decimal

import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.money import MoneyOptions, MoneySlot

ANY = MoneySlot(MoneyOptions())

SAID = table("""
$22.50 | 22.50
22.50 | 22.50
$22.5 | 22.50
$.50 | 0.50
$1,200 | 1200.00
$1,200.75 | 1200.75
$20 | 20.00
$20 dollars | 20.00
US$20 | 20.00
20 USD | 20.00
20 US dollars | 20.00
EUR 20 | 20.00
€9.99 | 9.99
£5 | 5.00
50p | 0.50
50¢ | 0.50
22 50 | 22.50
2250 | 2250.00
$22 and 50 cents | 22.50
$2 million | 2000000.00
5k | 5000.00
twenty two fifty | 22.50
twenty-two fifty | 22.50
twenty two dollars and fifty cents | 22.50
twenty two dollars fifty cents | 22.50
twenty two dollars fifty | 22.50
twenty two dollars and a half | 22.50
twenty two and a half dollars | 22.50
twenty two point five | 22.50
twenty two point five zero | 22.50
nineteen ninety nine | 19.99
nineteen ninety-nine | 19.99
four ninety five | 4.95
nine ninety nine | 9.99
ninety nine ninety nine | 99.99
one hundred twenty five fifty | 125.50
three hundred forty nine ninety nine | 349.99
one twenty five fifty | 125.50
five oh five | 5.05
thirteen oh one | 13.01
twenty | 20.00
eight | 8.00
forty two | 42.00
a hundred | 100.00
a hundred and five | 105.00
twelve hundred | 1200.00
a thousand | 1000.00
two grand | 2000.00
five bucks | 5.00
a buck fifty | 1.50
a dollar | 1.00
a dollar fifty | 1.50
one dollar | 1.00
half a dollar | 0.50
a couple of dollars | 2.00
a couple hundred dollars | 200.00
hundred bucks | 100.00
a fiver | 5.00
fifty cents | 0.50
ninety nine cents | 0.99
one cent | 0.01
fifty pence | 0.50
five pounds twenty | 5.20
five pounds and twenty pence | 5.20
six hundred and fifty pounds | 650.00
twenty quid | 20.00
ten euros and five cents | 10.05
four ninety five dollars | 495.00
one thousand two hundred dollars | 1200.00
one hundred and twenty three dollars and four cents | 123.04
three dollars and five | 3.05
fifteen hundred dollars | 1500.00
one million dollars | 1000000.00
zero dollars | 0.00
it was nineteen dollars and ninety nine cents | 19.99
it's about twenty bucks | 20.00
I paid twenty two fifty | 22.50
um, twenty dollars please | 20.00
the total was $22.50 | 22.50
twenty two dollars, no, twenty three dollars | 23.00
twenty dollars each | 20.00
dollar fifty | 1.50
a grand | 1000.00
a quarter | 0.25
a penny | 0.01
five fifty five | 5.55
one forty nine ninety five | 149.95
six ninety-nine | 6.99
thirty five oh nine | 35.09
two grand five hundred | 2500.00
$22 50 | 22.50
22,50 € | 22.50
$0.99 | 0.99
one point five million dollars | 1500000.00
twenty dollars and no cents | 20.00
ten and a half | 10.50
hundred and twenty | 120.00
five-fifty | 5.50
a hundred and fifty bucks | 150.00
twelve dollars and five cents | 12.05
eighty-nine ninety-five | 89.95
ninety five cents | 0.95
three hundred | 300.00
seven fifty | 7.50
thirty bucks, no, forty bucks | 40.00
$1234.56 | 1234.56
forty two dollars and seventeen cents | 42.17
seventeen | 17.00
one ninety nine | 1.99
it's $45.00 | 45.00
forty five even | 45.00
fifty | 50.00
fifty fifty | 50.50
one thousand and fifty dollars | 1050.00
a couple bucks | 2.00
five hundred and nineteen dollars and ninety nine cents | 519.99
three k | 3000.00
twenty one hundred | 2100.00
a couple of hundred quid | 200.00
# nothing may be understood
fifteen percent |
under twenty dollars |
$15 or $20 |
nothing |
 |
I don't know |
the blue one |
minus five |
-5 |
-$5 |
$ |
dollars |
a lot of money |
two or three dollars |
1.005 |
yes |
no |
free |
next tuesday |
two pizzas |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_amounts_are_read_as_callers_and_recognisers_give_them(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading else "") == value


@pytest.mark.parametrize("said", ["twenty two fifty", "one twenty", "four one seven"])
def test_amounts_that_may_be_another_are_less_sure(said: str) -> None:
    reading = ANY.read(said, FACTS)
    assert reading is not None and reading.confidence <= 0.7


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        ("22.50", "USD", "twenty-two dollars and fifty cents"),
        ("22.00", "USD", "twenty-two dollars"),
        ("1.01", "USD", "one dollar and one cent"),
        ("0.50", "USD", "fifty cents"),
        ("22.50", "GBP", "twenty-two pounds and fifty pence"),
        ("22.50", "EUR", "twenty-two euros and fifty cents"),
        ("22.50", "JPY", "twenty-two point five yen"),
    ],
)
def test_amounts_are_said_in_the_projects_currency(value: str, currency: str, said: str) -> None:
    facts = replace(FACTS, currency=currency)
    assert ANY.say(value, facts) == said
    reading = ANY.read(said, facts)
    assert reading is not None and reading.value == value


@pytest.mark.parametrize(
    ("currency", "said", "foreign"),
    [
        ("USD", "twenty euros", True),
        ("USD", "£20", True),
        ("USD", "twenty dollars", False),
        ("USD", "twenty", False),
        ("GBP", "twenty quid", False),
        ("GBP", "$20", True),
        ("CAD", "twenty bucks", False),
        ("XTS", "twenty euros", False),
    ],
)
def test_an_amount_of_another_currency_than_the_projects_is_hardly_believed(
    currency: str, said: str, foreign: bool
) -> None:
    reading = ANY.read(said, replace(FACTS, currency=currency))
    assert reading is not None and (reading.confidence < 0.5) is foreign


def test_a_star_is_the_point_on_a_keypad() -> None:
    for keys, value in (("22*50", "22.50"), ("22", "22.00"), ("22*5", "22.50")):
        reading = ANY.keys(keys, FACTS)
        assert reading is not None and reading.value == value
    assert ANY.keys("22*505", FACTS) is None


def test_bounds_are_kept_and_told() -> None:
    slot = MoneySlot(MoneyOptions(min=Decimal(5), max=Decimal(100)))
    assert slot.read("two hundred dollars", FACTS) is None
    assert slot.problem("two hundred dollars", FACTS) == "It can be at most one hundred."
    with pytest.raises(InvalidValue, match="at least five"):
        slot.check("2.00")


@pytest.mark.parametrize("value", ["", "-1", "1.005", "a", None, True, "1e20"])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)  # type: ignore[arg-type]


def test_an_amount_in_a_sentence_is_found_by_its_currency_or_cue() -> None:
    found = ANY.find("can I get a refund of twenty dollars please", FACTS)
    assert found is not None and found.value == "20.00"
    found = ANY.find("I paid twenty two fifty for it", FACTS, ("paid",))
    assert found is not None and found.value == "22.50"
    assert ANY.find("I want two pizzas", FACTS) is None
