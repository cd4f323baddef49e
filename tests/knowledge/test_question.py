"""A question leans on the one before it only when it says too little by itself."""

import pytest

from tollfree.knowledge.base import Query
from tollfree.knowledge.index_words import words_of
from tollfree.knowledge.question import readings, says_too_little, searched

LEANING = [
    "and on Sundays?", "what about Sundays", "How about the other branch?", "on Sundays?", "how much is it",
    "how much is that?", "do they deliver", "for how long?", "why?", "how much?", "and for students", "is it free",
    "or by card?", "can I return them?", "uh and on sundays", "but why", "what is it", "",
]  # fmt: skip
STANDING = [
    "what are your opening hours", "how much does delivery cost", "is there a car park", "do you deliver on Sundays?",
    "can I pay by card", "opening hours", "where is the shop in Mill Street", "I want to return my toaster",
    "is it possible to get a refund without the receipt", "when do you close on Saturdays", "refunds",
    "who wrote the handbook about pears", "which cards do you take",
]  # fmt: skip


@pytest.mark.parametrize("text", LEANING)
def test_these_lean_on_what_was_asked_before(text: str) -> None:
    assert says_too_little(text)


@pytest.mark.parametrize("text", STANDING)
def test_these_stand_by_themselves(text: str) -> None:
    assert not says_too_little(text)
    assert readings(Query(text=text, context="do you have a swimming pool")) == ((text, 1.0),)


def test_a_leaning_question_is_read_alone_and_with_the_one_before_it_for_less() -> None:
    query = Query(text="and on Sundays?", context="When do you open?")
    (alone, whole), (together, part) = readings(query)
    assert (alone, together) == ("and on Sundays?", "When do you open? and on Sundays?") and part < whole == 1.0
    assert readings(Query(text="and on Sundays?")) == (("and on Sundays?", 1.0),)


def test_what_says_how_is_left_out_unless_there_is_nothing_else() -> None:
    assert searched(words_of("What are your opening hours?")) == ("open", "hour")
    assert searched(words_of("who is it")) == ("who", "is", "it")
    assert searched(words_of("café Café")) == ("cafe",)
