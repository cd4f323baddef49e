"""What may be said of passages is known before anybody asks."""

import pytest

from tests.knowledge.conftest import passage
from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.speakable import section_of, speakable
from tollfree.knowledge.spoken_lines import spoken_lines
from tollfree.speech.tts.clauses import sentences

PARKING = (
    "# Parking\n\nOn Sundays parking is free. There are two spaces for disabled drivers; see section 4.2. "
    "Bring: \n- a card\n- a coin"
)
MILK = "Item: Oat milk; Price: $2.40; Vegetarian: yes"
STORE = "Store: Main Street; Address: 12 Main Street; Phone: 555 0100; Sunday: closed"


@pytest.mark.parametrize("text", [PARKING, MILK, STORE])
@pytest.mark.parametrize(
    "question",
    [
        "Is parking free on Sundays?",
        "Where are you?",
        "What does the oat milk cost?",
        "What is it?",
        "Your phone number?",
    ],
)
def test_whatever_is_asked_each_sentence_of_the_answer_is_among_them(text: str, question: str) -> None:
    stored = passage("p1", text)
    lines = {one for line in spoken_lines([stored]) for one in sentences(line)}
    answer = speakable(question, text, section=section_of(stored.place or stored.section))
    said = [one for part in (answer.text, *answer.more) for one in sentences(part)]
    assert said and set(said) <= lines


def test_each_line_is_there_once_and_sentences_come_before_rows() -> None:
    lines = spoken_lines([passage("p1", MILK), passage("p2", "We bake at five."), passage("p3", "We bake at five.")])
    assert lines[0] == "We bake at five." and len(lines) == len(set(lines)) > 1
    assert any("$2.40" in line for line in lines[1:])


def test_of_nothing_there_is_nothing_to_say() -> None:
    assert spoken_lines([]) == () == spoken_lines([StoredPassage(id="p", source="s", text=" \n ")])
