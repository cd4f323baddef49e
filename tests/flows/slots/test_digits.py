import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.digits import DigitsOptions, DigitsSlot
from tollfree.protocol.expectation import Patience

ANY = DigitsSlot(DigitsOptions())
FIVE = DigitsSlot(DigitsOptions(length=5))

SAID = table("""
four one seven five five | 41755
four one seven double five | 41755
Four, one, seven, five, five. | 41755
four-one-seven-five-five | 41755
4 1 7 5 5 | 41755
4-1-7-5-5 | 41755
4-1-7 5 5 | 41755
4, 1, 7, 5, 5 | 41755
41 755 | 41755
41,755 | 41755
417-55 | 41755
#41755 | 41755
41755. | 41755
10001 90210 | 1000190210
33 for 692 | 334692
for one seven five five | 41755
four one seven double 5 | 41755
one zero zero zero one | 10001
oh five | 05
oh oh seven | 007
double oh seven | 007
zero one two | 012
nought four two | 042
o four two | 042
triple six | 666
triple five one | 5551
treble two nine | 2229
three fives | 555
two zeros seven | 007
nineteen ninety nine | 1999
nineteen ninety-nine | 1999
nineteen oh five | 1905
twenty twenty six | 2026
twenty two fifty | 2250
forty one seven fifty five | 41755
forty-one seven fifty-five | 41755
four one seven fifty five | 41755
thirty three four hundred ninety two | 33492
four hundred | 400
four hundred and five | 405
seven thousand | 7000
twelve hundred | 1200
one eight hundred | 1800
one eight hundred five five five | 1800555
forty one thousand seven hundred and fifty five | 41755
one hundred twenty three thousand four hundred fifty six | 123456
ten twenty thirty | 102030
five | 5
niner fife | 95
it's four one seven five five | 41755
uh, it's four one seven, um, five five | 41755
that's 41755 please | 41755
my order number is 41755 | 41755
yeah the number is four one seven five five, thanks | 41755
order number four one seven five five | 41755
order 41755 please | 41755
I think it's 41755 | 41755
it would be 41755 | 41755
okay so that's four one seven double five | 41755
the confirmation number is 4 1 7 5 5 | 41755
let me see, four one seven five five | 41755
account no. 41755 | 41755
four one, no, four two seven | 427
four one, no four two seven | 427
four one seven, sorry, four two seven | 427
four one, I mean four two seven | 427
41756, no wait, 41755 | 41755
41756, scratch that, 41755 | 41755
41756, actually 41755 | 41755
41756, make that 41755 | 41755
four one — four one seven five five | 41755
four one... four one seven five five | 41755
41755, not 41756 | 41755
four one seven five five, that's four one seven five five | 41755
٤١٧٥٥ | 41755
４１７５５ | 41755
my zip is nine oh two one oh | 90210
the last four are 1 2 3 4 | 1234
seven seventy seven | 777
thirteen thirty seven | 1337
twelve oh seven | 1207
ten four | 104
four, uh no, five | 5
zip code 90210 | 90210
four hundred seventeen, fifty-five | 41755
double seven triple zero | 77000
sixty-five thousand five hundred thirty-six | 65536
Four One Seven Five Five! | 41755
the pin is 0042 | 0042
oh one two three four | 01234
zero one two three four | 01234
a hundred and one | 101
my order is number 41755 | 41755
its 41755 | 41755
sure, 41755 | 41755
it was 41755 I believe | 41755
4 1 double 7 5 | 41775
six eight eight two nine, sorry, two eight | 28
eleven twenty two thirty three | 112233
order id 9 9 8 7 | 9987
oh four one seven, no wait, four one seven five | 4175
one hundred | 100
three thousand five hundred | 3500
nine eleven | 911
twenty-four seven | 247
the order number? it's 41755 | 41755
yes it's four one seven | 417
too 4 ate one | 2481
to to nine won | 2291
last four digits 8819 | 8819
last four digits of my card are 8 8 1 9 | 8819
the first three are four one seven | 417
it begins with five five and then it's nine two one | 55921
# nothing may be understood
minus five |
one two buckle my shoe |
1 800 flowers |
it is four one seven, I think, five five |
12:30 |
4l755 |
none |
never mind |
I want to talk to a person |
forty two or forty three |
 |
oh |
I don't know |
the blue one |
I don't have it |
no |
yes |
hold on |
one second |
what do you mean |
four or five |
twenty two dollars |
a couple |
next tuesday |
I have two kids |
free |
for |
too |
half past three |
jane at gmail dot com |
AB417 |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_digits_are_read_as_callers_and_recognisers_give_them(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    table("""
twenty two hundred five | 22005
two hundred five five | 20055
fifty two one eighteen | 52118
41 41755 | 41755
41755 41755 | 41755
four one seven double five, no, double six | 41766
four one seven five, no, six five | 41765
to 41755 | 41755
four one seven |
four one seven, no, four two |
four one seven five five six |
"""),
)
def test_a_known_length_decides_between_readings(said: str, value: str) -> None:
    reading = FIVE.read(said, FACTS)
    assert (reading.value if reading else "") == value


@pytest.mark.parametrize(
    ("surer", "less_sure"),
    [
        ("four one seven", "for one seven"),
        ("four one seven", "four one, no, four one seven"),
        ("41755", "41 41755"),
        ("41755", "four one seven double six, no, double five"),
    ],
)
def test_guesses_are_less_sure_than_clear_digits(surer: str, less_sure: str) -> None:
    slot = FIVE if "755" in surer else ANY
    clear, guess = slot.read(surer, FACTS), slot.read(less_sure, FACTS)
    assert clear is not None and guess is not None
    assert clear.value == guess.value
    assert clear.confidence == 1.0
    assert guess.confidence <= 0.8


@pytest.mark.parametrize(
    ("said", "value"),
    table("""
I want to return order 41755 please | 41755
sorry, it was order 52118 | 52118
order four one, no, four two seven five five I think it was | 42755
41755 is my order and I'd like to send it back | 41755
my account is 12345 and my order is 41755 | 41755
order 41755 from 2 days ago | 41755
my account is 12345, order number is 41755 | 41755
where's my order, it's four one seven five five | 41755
for 2 of the items in order 41755 | 41755
where is order number four one seven double five | 41755
order 41755, sorry, order 41756 | 41756
it's not order 41755 it's order 41756 | 41756
I paid 22 dollars for order 41755 on november 3rd | 41755
I have order 41755 and order 41756 |
I want two pizzas |
the blue one |
"""),
)
def test_a_value_inside_a_sentence_is_found_by_its_cue(said: str, value: str) -> None:
    reading = FIVE.find(said, FACTS, ("order", "order number"))
    assert (reading.value if reading else "") == value


def test_a_count_behind_a_cue_is_no_digits_when_any_number_of_them_will_do() -> None:
    assert ANY.find("I'd like to order two pizzas", FACTS, ("order",)) is None
    found = ANY.find("it's about order 12 please", FACTS, ("order",))
    assert found is not None and found.value == "12"


def test_a_value_that_no_cue_announces_is_only_a_guess() -> None:
    found = FIVE.find("I want to send back 41755 please", FACTS)
    assert found is not None and found.confidence <= 0.6
    assert FIVE.find("is it 41755 or 41756", FACTS) is None


def test_a_reading_knows_the_words_it_came_from() -> None:
    said = "uh it's 41 755 please"
    reading = FIVE.read(said, FACTS)
    assert reading is not None
    assert said[reading.start : reading.end] == "41 755"


def test_what_was_missing_is_said() -> None:
    assert FIVE.problem("four one seven five", FACTS) == "I need five digits and heard four."
    ranged = DigitsSlot(DigitsOptions(min_length=4, max_length=6))
    assert ranged.problem("four one seven", FACTS) == "I need between four and six digits and heard three."
    assert FIVE.problem("I don't know", FACTS) == ""
    assert FIVE.problem("41755", FACTS) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("417", "four one seven"),
        ("4175", "four one seven five"),
        ("41755", "four one seven, five five"),
        ("417556", "four one seven, five five six"),
        ("4175567", "four one seven, five five six seven"),
        ("0012345678", "zero zero one, two three four, five six seven eight"),
    ],
)
def test_digits_are_grouped_for_the_ear(value: str, said: str) -> None:
    assert ANY.say(value, FACTS) == said


def test_keys_give_digits_of_the_right_length() -> None:
    reading = FIVE.keys("41755", FACTS)
    assert reading is not None and reading.value == "41755"
    assert FIVE.keys("4175", FACTS) is None
    assert FIVE.keys("41*55", FACTS) is None


@pytest.mark.parametrize("value", ["4175", "417556", "4175a", "", None, 3.5, True, ["4"]])
def test_a_value_of_the_wrong_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="five digits"):
        FIVE.check(value)  # type: ignore[arg-type]


def test_digits_are_listened_to_patiently_and_may_be_typed() -> None:
    expectation = FIVE.expectation()
    assert expectation.patience is Patience.DIGITS
    assert expectation.keypad is not None and expectation.keypad.max_length == 5


def test_options_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="min_length 6 is more than max_length 4"):
        DigitsOptions(min_length=6, max_length=4)
