import pytest

from tests.flows.slots.spoken_forms import FACTS, table
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.code import CodeOptions, CodeSlot
from tollfree.protocol.expectation import Patience

ANY = CodeSlot(CodeOptions())
PLATE = CodeSlot(CodeOptions(pattern="[A-Z]{2}[0-9]{3}"))

SAID = table("""
A B four one seven | AB417
a b four one seven | AB417
A, B, 4, 1, 7. | AB417
ab417 | AB417
AB417 | AB417
AB41-7 | AB417
AB 417 | AB417
AB-417 | AB417
A-B-4-1-7 | AB417
A.B.4.1.7 | AB417
ab 417 | AB417
ab-417-zx | AB417ZX
A1B2C3 | A1B2C3
a one b two c three | A1B2C3
41755 | 41755
four one seven double five | 41755
b as in bravo | B
b as in bravo four one seven | B417
b for bravo four one seven | B417
b like boy seven | B7
M as in Mary, N as in Nancy, 3 | MN3
S as in sugar, two | S2
p as in papa, t as in tango, nine nine | PT99
x as in x-ray five | X5
alpha bravo four one seven | AB417
Alpha Bravo Charlie | ABC
bravo bravo eight | BB8
b bravo eight | B8
x-ray kilo niner | XK9
whiskey tango foxtrot one | WTF1
adam boy charles one two three | ABC123
capital b four | B4
capital A lower case b four | AB4
the letter b and the number four | B4
double t five | TT5
double bravo five | BB5
triple a nine | AAA9
double u five five | W55
double-u 5 5 | W55
W 55 | W55
bee see four | BC4
cee dee five | CD5
zed zee nine | ZZ9
tee vee nine | TV9
kay el em nine | KLM9
ess cue are two | SQR2
A B dash four one seven | AB417
A B hyphen four | AB4
A B slash | 
J O E | JOE
A O 4 | A04
a b oh four | AB04
G H twenty two | GH22
forty two b | 42B
it's A B four one seven | AB417
my code is A B 4 1 7 please | AB417
the booking reference is X Y Z one two three | XYZ123
uh, a, b, um, four one seven | AB417
A B 4 1 6, no, A B 4 1 7 | AB417
KP77, sorry, KB77 | KB77
it's alpha bravo dash four one seven, thanks | AB417
are two dee two | R2D2
see three pee oh | C3PO
a as in apple one | A1
capital A capital B 4 1 7 | AB417
A. B. 4. 1. 7. | AB417
n like nancy five | N5
QX7 R2D | QX7R2D
golf four | G4
double o seven | 007
b for bravo, zero | B0
delta echo niner niner zero | DE990
d as in david e as in edward 9 9 0 | DE990
d e nine nine oh | DE990
f as in frank, s as in sam, m as in mary, n as in nancy | FSMN
pee queue are seven seven | PQR77
P Q R 77 | PQR77
it's x, y, z, one hundred | XYZ100
v for victor double one | V11
A B 4 1 7, that's it | AB417
confirmation code bravo kilo two two | BK22
T5 G9 | T5G9
tango five golf nine | T5G9
tea five gee nine | T5G9
the code is abc one two three | ABC123
sierra, tango, four, one, one | ST411
a one | A1
k nine | K9
ten four | 104
m n o p | MNOP
K L M, no, K L N | KLN
AB 12 CD | AB12CD
A as in Alpha, B as in Bravo, dash, 1, 2, 3 | AB123
m4k9 | M4K9
M 4 K | M4K
a slash 9 9 | A99
# nothing may be understood
hotel california |
john |
john paul |
my name is john |
mary had a little lamb |
you tell me |
Why do you need it |
be right back |
 |
I don't know |
the blue one |
hello |
HELLO |
yes |
no |
I |
a |
see you |
why are you asking |
are you there |
tea for two |
I don't have one |
what is that |
can you repeat the question |
""")


@pytest.mark.parametrize(("said", "value"), SAID)
def test_codes_are_read_as_callers_and_recognisers_give_them(said: str, value: str) -> None:
    reading = ANY.read(said, FACTS)
    assert (reading.value if reading else "") == value


@pytest.mark.parametrize(
    ("said", "value"),
    table("""
A B four one seven | AB417
O B four one oh | OB410
ab 417 | AB417
A B C four one |
A B four one |
hello |
"""),
)
def test_a_pattern_decides_between_readings(said: str, value: str) -> None:
    reading = PLATE.read(said, FACTS)
    assert (reading.value if reading else "") == value


def test_a_code_in_a_sentence_is_found_by_its_cue() -> None:
    cues = ("reference", "booking")
    found = ANY.find("my booking reference is AB417 and I want to cancel", FACTS, cues)
    assert found is not None and found.value == "AB417"
    found = ANY.find("hi I want to cancel booking X K 4 2 9", FACTS, cues)
    assert found is not None and found.value == "XK429"
    assert ANY.find("what are you doing", FACTS, cues) is None
    assert ANY.find("can I see a menu", FACTS) is None


def test_only_confusable_letters_are_spelled_out() -> None:
    assert ANY.say("AB41755", FACTS) == "A, b as in bravo, four one seven, five five"
    assert ANY.say("O0", FACTS) == "o as in oscar, zero"


@pytest.mark.parametrize("value", ["", "A B!", "É4", None, 1.5, True])
def test_what_is_no_code_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue):
        ANY.check(value)  # type: ignore[arg-type]


def test_a_code_against_the_pattern_is_refused() -> None:
    assert PLATE.check("ab-417") == "AB417"
    with pytest.raises(InvalidValue, match="one of our codes"):
        PLATE.check("A417")
    assert PLATE.problem("A four one seven", FACTS) == "That does not look like one of our codes."


def test_the_length_that_was_missing_is_said() -> None:
    six = CodeSlot(CodeOptions(length=6))
    assert six.problem("A B four", FACTS) == "I need a code of six letters and digits and heard three."


def test_codes_are_listened_to_with_the_longest_patience() -> None:
    assert ANY.expectation().patience is Patience.SPELLING


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        CodeOptions(pattern="[A-Z")
