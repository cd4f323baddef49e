from dataclasses import replace

import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.phone import PhoneOptions, PhoneSlot

ANY = PhoneSlot(PhoneOptions())

SAID = table("""
2125550123 | +12125550123
212 555 0123 | +12125550123
212-555-0123 | +12125550123
(212) 555-0123 | +12125550123
212.555.0123 | +12125550123
1-212-555-0123 | +12125550123
+1 212 555 0123 | +12125550123
+12125550123 | +12125550123
212-555-0123 extension 12 | +12125550123
212-555-0123 ext. 12 | +12125550123
two one two five five five oh one two three | +12125550123
two one two, five five five, zero one two three | +12125550123
two one two triple five oh one two three | +12125550123
two twelve five fifty five oh one twenty three | +12125550123
six one seven double five five zero one ninety nine | +16175550199
nine one seven five five five twelve thirty four | +19175551234
area code two one two, five five five, oh one four seven | +12125550147
it's area code 415 and the number is 555 0132 | +14155550132
one eight hundred five five five one two one two | +18005551212
one eight hundred, five five five, twelve twelve | +18005551212
eight hundred five five five one two one two | +18005551212
eight six six, four four four, seven thousand | +18664447000
plus one two one two five five five oh one two three | +12125550123
plus forty four twenty seven nine four six oh nine five eight | +442079460958
plus four four two oh seven nine four six oh nine five eight | +442079460958
+44 20 7946 0958 | +442079460958
011 44 20 7946 0958 | +442079460958
five five five one two three four five six seven | +15551234567
my number is 212-555-0123 | +12125550123
call me at 212-555-0123 please | +12125550123
you can reach me on 212 555 0123 | +12125550123
call me back on two one two five five five oh one two three | +12125550123
the same number I'm calling from | +12125550147
uh it's two one two, um, five five five, oh one two three | +12125550123
212 555 0124, sorry, 212 555 0123 | +12125550123
212 555 0124, no, 0123 | +12125550123
the one I'm calling from | +12125550147
this number | +12125550147
it's the number I'm calling from please | +12125550147
four fifteen five five five twenty six seventy one | +14155552671
4 1 5 dash 5 5 5 dash 2 6 7 1 | +14155552671
1 (415) 555-2671 | +14155552671
415.555.2671 x12 | +14155552671
my cell is four one five triple five two six seven one | +14155552671
415-555-2671, thanks | +14155552671
four one five five five five two six seven one no sorry seven two | +14155552672
the number is area code four one five then five five five two six seven one | +14155552671
plus one four one five five five five two six seven one | +14155552671
one eight seven seven, five five five, oh one oh one | +18775550101
plus three three one four two six eight five three double zero | +33142685300
+33 1 42 68 53 00 | +33142685300
six four six, five five five, zero one, ninety nine | +16465550199
uh, three one oh, five five five, two three six eight | +13105552368
310 555 two three six eight | +13105552368
call me on three one oh five five five two three six eight | +13105552368
two one two, five five five, no sorry, five five six, one two one two | +12125561212
my mobile's two one two five five five one two one two | +12125551212
# nothing may be understood
415 555 26712 |
nine one one |
five five five zero one nine nine |
it's 310-555-2368 and that's my cell |
 |
I don't know |
five |
41755 |
five five five one two one two |
212555012 |
the blue one |
yes |
no |
jane at gmail dot com |
next tuesday at three |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_phone_numbers_are_read_as_callers_and_recognisers_give_them(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading else "") == value


@pytest.mark.parametrize("said", ["020 7946 0958", "oh two oh, seven nine four six, oh nine five eight"])
def test_a_number_without_country_code_belongs_to_the_region(said: str) -> None:
    for slot, facts in ((ANY, replace(FACTS, region="GB")), (PhoneSlot(PhoneOptions(region="GB")), FACTS)):
        reading = slot.read(said, facts)
        assert reading is not None and reading.value == "+442079460958"


def test_a_number_in_no_assigned_range_is_less_sure() -> None:
    reading = ANY.read("555 123 4567", FACTS)
    assert reading is not None and reading.confidence <= 0.7


def test_the_callers_own_number_is_not_guessed_when_it_is_hidden() -> None:
    assert ANY.read("this number", replace(FACTS, caller="")) is None


def test_a_region_that_does_not_exist_leaves_international_numbers() -> None:
    facts = replace(FACTS, region="nowhere")
    assert ANY.read("212 555 0123", facts) is None
    reading = ANY.read("+1 212 555 0123", facts)
    assert reading is not None and reading.value == "+12125550123"
    assert ANY.say("+12125550123", facts).startswith("plus one")


def test_numbers_are_said_in_national_groups() -> None:
    assert ANY.say("+12125550147", FACTS) == "two one two, five five five, zero one four seven"
    assert ANY.say("+442079460958", FACTS) == "plus four four, two zero, seven nine four six, zero nine five eight"


def test_a_missing_area_code_is_told() -> None:
    said = "I need all ten digits, with the area code, and heard seven."
    assert ANY.problem("five five five one two one two", FACTS) == said
    assert ANY.problem("212 555 0123", FACTS) == ""


def test_keys_give_a_number_of_the_region() -> None:
    reading = ANY.keys("2125550123", FACTS)
    assert reading is not None and reading.value == "+12125550123"
    assert ANY.keys("5550123", FACTS) is None


@pytest.mark.parametrize(
    "value", ["", "5550123", "2125550123", "+11234567890", "+10000000000", "call me", None, 12125550123, "+1" * 30]
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)  # type: ignore[arg-type]


def test_a_number_in_a_sentence_is_found() -> None:
    found = ANY.find("you can reach me on 212-555-0123 after five", FACTS)
    assert found is not None and found.value == "+12125550123"
    found = ANY.find("my phone is two one two five five five oh one two three and order 41755", FACTS, ("phone",))
    assert found is not None and found.value == "+12125550123"
    assert ANY.find("I want to return order 41755", FACTS) is None
