import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.email import EmailOptions, EmailSlot
from tollfree.protocol.expectation import Patience

ANY = EmailSlot(EmailOptions())

SAID = table("""
jane dot doe at gmail dot com | jane.doe@gmail.com
jane.doe@gmail.com | jane.doe@gmail.com
Jane.Doe@Gmail.com. | jane.doe@gmail.com
jane.doe at gmail.com | jane.doe@gmail.com
Jane Doe at Gmail dot com | janedoe@gmail.com
my email is jane at example dot com | jane@example.com
my e-mail address is bob123@example.com. | bob123@example.com
it's jane at example dot com | jane@example.com
you can reach me at jane dot doe at gmail dot com | jane.doe@gmail.com
please send it to sarah dot jones at company dot com thank you | sarah.jones@company.com
uh it's um jane dot doe at gmail dot com thanks | jane.doe@gmail.com
jane at sign gmail dot com | jane@gmail.com
j a n e at gmail dot com | jane@gmail.com
J-A-N-E at gmail dot com | jane@gmail.com
m i k e at example dot com | mike@example.com
mike at example dot com | mike@example.com
j as in juliet a n e at gmail dot com | jane@gmail.com
b for bravo o b at gmail dot com | bob@gmail.com
m double t at gmail dot com | mtt@gmail.com
double u three at gmail dot com | w3@gmail.com
j a n e underscore 99 at example dot co dot uk | jane_99@example.co.uk
jane underscore doe ninety nine at hotmail dot com | jane_doe99@hotmail.com
jane dash doe at my company dot org | jane-doe@mycompany.org
jane hyphen doe at example dot org | jane-doe@example.org
jane plus news at gmail dot com | jane+news@gmail.com
double seven jane at gmail dot com | 77jane@gmail.com
oh seven at gmail dot com | 07@gmail.com
jane nineteen eighty four at outlook dot com | jane1984@outlook.com
jane two thousand and one at gmail dot com | jane2001@gmail.com
sam one two three at yahoo dot com | sam123@yahoo.com
sam2000 at gmail.com | sam2000@gmail.com
janedoe all one word at yahoo dot com | janedoe@yahoo.com
jane dot doe all lowercase at yahoo dot com | jane.doe@yahoo.com
jane at g mail dot com | jane@gmail.com
jane at hot mail dot com | jane@hotmail.com
jane at out look dot com | jane@outlook.com
jane at gmail com | jane@gmail.com
jane at example dotcom | jane@example.com
bob at a o l dot com | bob@aol.com
jane at mail dot example dot com | jane@mail.example.com
jane at example dot co uk | jane@example.co.uk
jane at example dot c o dot u k | jane@example.co.uk
info at my dash shop dot io | info@my-shop.io
no dot reply at example dot com | no.reply@example.com
e dot smith at gmail dot com | e.smith@gmail.com
john at gmail dot com that's j o h n | john@gmail.com
jon at gmail dot com that's j o h n | john@gmail.com
the letter j dot smith at gmail dot com | j.smith@gmail.com
contact at acme dot io | contact@acme.io
john at the rate gmail dot com | john@gmail.com
it is jane d o e at gmail dot com | janedoe@gmail.com
jane at gmail dot com, no, at hotmail dot com | jane@hotmail.com
jane at gmail dot com, sorry, john at gmail dot com | john@gmail.com
jane at gmail |
jane doe |
jane dot doe |
at gmail dot com |
I don't have one |
call me at five |
I live at 5 main street |
jane at at gmail |
kevin double o seven at gmail dot com | kevin007@gmail.com
b double o k at gmail dot com | book@gmail.com
kevin at gmail, no, kevin at yahoo dot com | kevin@yahoo.com
carl with a c at gmail dot com | carl@gmail.com
jon without an h smith at gmail dot com | jonsmith@gmail.com
my email's r green seven at yahoo dot com | rgreen7@yahoo.com
it's my last name at gmail dot com |
I don't know |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_a_spoken_address_is_read(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading is not None else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("my email is jane at example dot com and I want a refund", "jane@example.com"),
        ("can you send the invoice to jane.doe@example.com instead of bob", "jane.doe@example.com"),
        ("either a@example.com or b@example.com", ""),
        ("I am at home right now", ""),
        ("look at the dot on the map", ""),
    ],
)
def test_a_mentioned_address_is_found(said: str, value: str) -> None:
    reading = ANY.find(said, FACTS)
    assert (reading.value if reading is not None else "") == value


def test_words_run_together_are_less_sure() -> None:
    reading = ANY.read("Jane Doe at Gmail dot com", FACTS)
    assert reading is not None
    assert reading.confidence == 0.8


def test_an_address_is_spelled_back_with_known_domains_as_words() -> None:
    assert ANY.say("Jane_9@gmail.com", FACTS) == "j, a, n, e, underscore, nine at gmail dot com"


def test_an_address_is_waited_for_and_what_is_missing_is_named() -> None:
    assert ANY.expectation().patience is Patience.SPELLING
    assert ANY.problem("jane dot doe", FACTS) == "I need the whole address, with the at and the dot."
    assert ANY.problem("jane at gmail", FACTS) == "I need the part after the at too, such as gmail dot com."


@pytest.mark.parametrize(
    "value", ["jane", "jane@gmail", "a b@c.com", "jané@example.com", "@x.com", None, 5, "a@b.c" * 90]
)
def test_what_is_no_address_is_never_held(value: str | int | None) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)
