"""What is written is said as people say it, and what is heard can be traced back to what was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.speech.tts.normalise import English, Spoken, normalise

ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
WRITTEN_TEXT = st.text(st.sampled_from("0123456789 .,:/-$£%&@#()+'\"xabAB\nkgpmin½*_[]"), max_size=60)
PLAIN_WORDS = st.lists(
    st.sampled_from("hello please order the large pizza with extra cheese today thanks".split()), max_size=12
)

SAID = {
    "money": {
        "$14.50": "fourteen dollars and fifty cents",
        "$1": "one dollar",
        "$0.99": "ninety-nine cents",
        "$1,250": "one thousand two hundred fifty dollars",
        "$22.05, please": "twenty-two dollars and five cents, please",
        "£2.50": "two pounds and fifty pence",
        "€30": "thirty euros",
        "30 €": "thirty euros",
        "-$5": "minus five dollars",
        "$5-$10": "five to ten dollars",
        "$2.5 million": "two point five million dollars",
        "14.50 USD": "fourteen dollars and fifty cents",
        "USD 5": "five dollars",
        "99¢": "ninety-nine cents",
        "$5/month": "five dollars per month",
        "price: $3.": "price: three dollars.",
    },
    "dates": {
        "2026-11-24": "November twenty-fourth, twenty twenty-six",
        "Nov 24, 2026": "November twenty-fourth, twenty twenty-six",
        "on the 24th of November": "on the twenty-fourth of November",
        "24 November.": "the twenty-fourth of November.",
        "11/24/2026": "November twenty-fourth, twenty twenty-six",
        "24.11.2026": "November twenty-fourth, twenty twenty-six",
        "Mon, Mar 3": "Monday, March third",
        "Mon-Fri": "Monday to Friday",
        "May I help?": "May I help?",
        "in 1984": "in nineteen eighty-four",
        "since 2007": "since two thousand seven",
        "the 1990s": "the nineteen nineties",
        "2010-2015": "twenty ten to twenty fifteen",
    },
    "times": {
        "14:30": "two thirty PM",
        "9am-5pm": "nine AM to five PM",
        "10–11 am": "ten to eleven AM",
        "9:00 a.m.": "nine AM.",
        "at 5:05pm": "at five oh five PM",
        "21:00": "nine PM",
        "9:00": "nine o'clock",
        "12:00": "noon",
        "00:00": "midnight",
        "2026-11-24T14:30:00Z": "November twenty-fourth, twenty twenty-six, two thirty PM",
    },
    "codes": {
        "+12125550142": "two one two, five five five, zero one four two",
        "+44 20 7946 0958": "plus four four, two zero, seven nine four six, zero nine five eight",
        "(646) 555-0177": "six four six, five five five, zero one seven seven",
        "555-0142": "five five five, zero one four two",
        "2125550142": "two one two, five five five, zero one four two",
        "4242 4242 4242 4242": "four two four two, four two four two, four two four two, four two four two",
        "41755": "four one seven, five five",
        "#41755": "number four one seven, five five",
        "#5": "number five",
        "order number 4175": "order number four one seven five",
        "4175 items": "four thousand one hundred seventy-five items",
        "007": "zero zero seven",
        "A1B-23": "A one B, two three",
        "COVID-19": "Covid nineteen",
        "Call 911": "Call nine one one",
        "12000 points": "twelve thousand points",
        "5 2 1 4 2": "five two one four two",
    },
    "addresses": {
        "sam.weiss@example.net": "sam dot weiss at example dot net",
        "j_doe+x@mail.co.uk": "J underscore doe plus X at mail dot co dot U K",
        "https://www.example.com/menu?x=1": "example dot com slash menu",
        "corner-shop.com.": "corner dash shop dot com.",
    },
    "numbers": {
        "15%": "fifteen percent",
        "2.5%": "two point five percent",
        "10,000": "ten thousand",
        "105": "one hundred five",
        "0.5": "zero point five",
        "12.0": "twelve point zero",
        "It is 19.5.": "It is nineteen point five.",
        "1/2": "one half",
        "1 1/2": "one and a half",
        "3/4 cup": "three quarters cup",
        "½": "one half",
        "24/7": "twenty-four seven",
        "5-10": "five to ten",
        "1st, 22nd": "first, twenty-second",
        "5kg": "five kilograms",
        "1 kg": "one kilogram",
        "250 ml": "two hundred fifty milliliters",
        "12 in": "twelve inches",
        "a 12 in pizza": "a twelve inch pizza",
        "12 in stock": "twelve in stock",
        "2x": "two times",
        "10x12": "ten by twelve",
        "-5°C": "minus five degrees Celsius",
        "1,2,3": "one, two, three",
        "٣ apples": "three apples",
    },
    "words": {
        "Main St.": "Main Street.",
        "St. Louis": "Saint Louis",
        "Dr. Smith": "Doctor Smith",
        "12 Oak Dr., Apt. 4": "twelve Oak Drive, apartment four",
        "No. 5": "number five",
        "No. I don't": "No. I don't",
        "Fish & chips": "Fish and chips",
        "and/or": "and or",
        "e.g. pizza": "for example pizza",
        "it's five — no, six": "it's five, no, six",
        "mm-hm": "um-hum",
        "**Bold** `text`": "Bold text",
        "# Title\n- one\n- two": "Title. one. two",
        "[menu](http://x.com/a)": "menu",
        "👍 Great!": "Great!",
        "(for two)": "for two",
        "“quoted”": "quoted",
        "T-shirt": "T-shirt",
    },
}


@pytest.mark.parametrize(("written", "said"), [pair for kind in SAID.values() for pair in kind.items()])
def test_it_is_said_as_people_say_it(written: str, said: str) -> None:
    assert normalise(written).text == said


def test_british_english_has_its_own_dates_and_its_and() -> None:
    said = normalise("3/4/2026, 105 people, 50p", English.GB).text
    assert said == "the third of April, twenty twenty-six, one hundred and five people, fifty pence"


def test_each_written_word_is_over_with_the_last_word_it_is_said_with() -> None:
    written = "Order 41755 is $14.50."
    spoken = normalise(written)
    words = spoken.text.split()
    said = {written[: piece.end]: " ".join(words[: piece.words]) for piece in spoken.pieces}
    assert said == {
        "Order": "Order",
        "Order 41755": "Order four one seven, five five",
        "Order 41755 is": "Order four one seven, five five is",
        written: "Order four one seven, five five is fourteen dollars and fifty cents.",
    }


def assert_maps(written: str, spoken: Spoken) -> None:
    ends = [piece.end for piece in spoken.pieces]
    words = [piece.words for piece in spoken.pieces]
    assert ends == sorted(set(ends)) and words == sorted(set(words))
    if spoken.text:
        assert ends[-1] == len(written) and words[-1] == len(spoken.text.split()) and words[0] >= 1
    else:
        assert spoken.pieces == ()


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT | WRITTEN_TEXT, st.sampled_from(English))
def test_no_text_raises_and_the_map_rises_and_covers_it(written: str, english: English) -> None:
    spoken = normalise(written, english)
    assert_maps(written, spoken)
    assert spoken.text == " ".join(spoken.text.split())


@settings(max_examples=200, deadline=None)
@given(WRITTEN_TEXT)
def test_what_is_said_has_no_figures_and_no_signs_but_those_that_make_pauses(written: str) -> None:
    said = normalise(written).text
    assert not any(sign.isdigit() or sign in "$£%&@#()/[]*_\n" for sign in said)


@settings(max_examples=100, deadline=None)
@given(PLAIN_WORDS)
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert normalise(text).text == text == normalise(normalise(text).text).text


@pytest.mark.parametrize(
    "sign", ["1", "a", ".", " ", "-", "1,", "1/", "A-", "a.", "1 ", "+1", "(", "*", "_", "[", "$1"]
)
def test_long_texts_of_any_one_sign_are_done_in_no_time_at_all(sign: str) -> None:
    """Patterns that try every way to read a run take minutes for these."""
    written = sign * (10_000 // len(sign))
    assert_maps(written, normalise(written))
