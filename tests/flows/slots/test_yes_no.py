import pytest

from tests.flows.slots.spoken_forms import FACTS
from tollfree.flows.slots.base import InvalidValue
from tollfree.flows.slots.yes_no import YesNoOptions, YesNoSlot

ANY = YesNoSlot(YesNoOptions())

YES = """right you are|fine by me
yes|Yes.|yeah|yep|yup|sure|sure thing|ok|okay|right|that's right|that is correct|correct|go ahead|uh-huh
uh huh|mm-hmm|please do|absolutely|definitely|of course|yes please|yes, that's correct, thank you|um, yeah, sure
sounds good|that works for me|I do|I would|it is|yes it is|you got it|by all means|why not|no problem|I think so
yeah I think so|I guess|I suppose so|perfect|exactly|affirmative|well, yes|no, I mean yes|please|oh yes definitely
yes yes yes|That's fine|yes I did|why yes of course|true|sure, go ahead|yes that would be great
yes those are the ones|yeah that's the order|that was the one"""
NO = """that's not what I ordered|no ta|I'm alright thanks
no|No.|nope|nah|not really|that's wrong|incorrect|don't|please don't|no thanks|no thank you|I don't think so
not yet|no, it isn't|no that's not right|not at all|never|uh-uh|uh no|no no no|I'd rather not|of course not
absolutely not|definitely not|negative|I don't|no I don't|no sorry|not now thanks|wrong|that's not correct|nope sorry
okay no|no, that's fine|no thanks I'm good|yeah no|probably not|it's not|no way|that won't be necessary|no need
I'm afraid not|not today|yes, I mean no|false|no ma'am"""
NEITHER = """maybe|perhaps|I don't know|I'm not sure|what?|no idea|I have no idea|yes and no|hmm|um|it depends|huh
four one seven|the blue one|next Tuesday||what do you mean|no one told me|can you repeat that|well|thank you|hello
not sure|I can't remember|yes wait|no, hold on|maybe yes|who is this|no clue"""


def lines(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


@pytest.mark.parametrize("said", lines(YES))
def test_a_yes_is_read(said: str) -> None:
    reading = ANY.read(said, FACTS)
    assert reading is not None
    assert reading.value is True


@pytest.mark.parametrize("said", lines(NO))
def test_a_no_is_read(said: str) -> None:
    reading = ANY.read(said, FACTS)
    assert reading is not None
    assert reading.value is False


@pytest.mark.parametrize("said", lines(NEITHER))
def test_neither_is_nothing(said: str) -> None:
    assert ANY.read(said, FACTS) is None
    assert ANY.find(said, FACTS) is None


@pytest.mark.parametrize(("said", "value"), [("yes, no wait, no", False), ("no wait yes", True)])
def test_what_is_said_after_a_repair_counts_but_is_less_sure(said: str, value: bool) -> None:
    reading = ANY.read(said, FACTS)
    assert reading is not None
    assert (reading.value, reading.confidence) == (value, 0.8)


@pytest.mark.parametrize(
    "said", ["no that's fine", "yeah no", "no, I mean yes", "probably not", "I guess", "maybe not"]
)
def test_a_mixed_or_hedged_answer_is_unsure(said: str) -> None:
    reading = ANY.read(said, FACTS)
    assert reading is None or reading.confidence < 0.8


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("yes I'd like to change the address", True),
        ("no, the other one with the handle", False),
        ("yeah, it came on Tuesday", True),
        ("no I want to talk about my invoice", False),
        ("no one told me about it", None),
        ("yes men are everywhere", None),
        ("the answer to that is complicated", None),
    ],
)
def test_a_yes_or_no_before_more_words_is_found(said: str, value: bool | None) -> None:
    reading = ANY.find(said, FACTS)
    assert (reading.value if reading is not None else None) == value


def test_keys_one_and_two_are_yes_and_no() -> None:
    assert [getattr(ANY.keys(keys, FACTS), "value", None) for keys in ("1", "2", "3", "11", "")] == [
        True,
        False,
        None,
        None,
        None,
    ]


def test_only_yes_and_no_are_held() -> None:
    assert ANY.check("Yes") is True
    assert ANY.canonical(False) == "no"
    for value in ("maybe", 1, None):
        with pytest.raises(InvalidValue):
            ANY.check(value)
