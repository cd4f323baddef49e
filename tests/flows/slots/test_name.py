import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.name import NameOptions, NameSlot

ANY = NameSlot(NameOptions())

SAID = table("""
Jane Doe | Jane Doe
jane doe. | Jane Doe
JANE DOE | Jane Doe
Jane | Jane
it's Jane Doe | Jane Doe
um, my name is jane doe | Jane Doe
my name's Jane | Jane
yes it's Will Smith | Will Smith
this is Jane from Springfield | Jane
hi, this is John Smith calling | John Smith
John Smith speaking | John Smith
the name is Bond | Bond
it's under the name of Wilson please | Wilson
call me Al | Al
Mr. Smith | Smith
Doctor Jane Doe | Jane Doe
J-A-N-E | Jane
j a n e | Jane
J. A. N. E. | Jane
s as in sam m i t h | Smith
double l o y d | Lloyd
Jane spelled j a y n e | Jayne
Jane, that's J A Y N E | Jayne
Smith S M Y T H E | Smythe
Sarah with an h | Sarah
Sara with an h |
jane smith s m y t h | Jane Smyth
smith s m i t h | Smith
first name jane last name doe | Jane Doe
patrick o'brien | Patrick O'Brien
patrick o brien | Patrick O'Brien
ludwig van der berg | Ludwig van der Berg
maria de la cruz | Maria de la Cruz
Van Morrison | Van Morrison
ronald mcdonald | Ronald McDonald
DeShawn Jackson | DeShawn Jackson
jean-luc picard | Jean-Luc Picard
J D Salinger | J D Salinger
Jane A. Doe | Jane A Doe
José García | José García
John, no, Jane | Jane
John Smith, sorry, John Smythe | John Smythe
I don't want to say |
I'd rather not say |
what do you mean |
I'm calling about my order |
uh yes my name would be rafael barba | Rafael Barba
the surname's weasley | Weasley
I'm tired |
I'm driving right now |
the name's bond, james bond | James Bond
sarah with an h jones | Sarah Jones
mrs green | Green
wednesday addams | Wednesday Addams
sunday |
noon |
twenty percent |
this is urgent |
it's for pickup |
no |
yes |
okay great |
thank you |
four one seven |
jane@example.com |
uh |
what |
I want to return the order |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_a_name_is_read_and_sentences_are_not(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("my name is jane doe and I need help with my order", "Jane Doe"),
        ("hi this is Bob Jones, I have a question", "Bob Jones"),
        ("hello I'm calling about a refund", ""),
        ("I'm not happy and this is urgent", ""),
        ("okay great so where is my order", ""),
        ("it's broken and this is the third time", ""),
    ],
)
def test_a_name_is_found_where_it_is_introduced(said: str, value: str) -> None:
    reading = ANY.find(said, FACTS)
    assert (reading.value if reading is not None else "") == value


def test_a_name_is_held_with_its_capitals() -> None:
    assert ANY.check("  jane   o'brien ") == "Jane O'Brien"


@pytest.mark.parametrize("value", ["", "I don't know", "R2D2", "a b c d e f g", "x" * 200, None, 5])
def test_what_is_no_name_is_never_held(value: str | int | None) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)
