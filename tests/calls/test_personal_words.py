"""Words that tell a personal value are hidden wherever they were said, and others are not."""

from typing import Any

import pytest

from tests.flows.driven import CODE, LIBRARY, ask, flow_of
from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.personal_words import Hush, shown
from tollfree.calls.said import text_of, turns_of
from tollfree.calls.spoken_figures import with_figures
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.words import words_of
from tollfree.flows.compile import compile_or_raise

FLOW = compile_or_raise(flow_of({"code": ask(slots={"code": {**CODE, "personal": True}})}), LIBRARY)


def log(*records: tuple[Any, str, dict[str, Any]]) -> list[LogEntry]:
    return [
        LogEntry(seq, LogRecord(at="", kind=kind, type=type, data=data))
        for seq, (kind, type, data) in enumerate(records)
    ]


def read(value: Any, heard: str = "") -> tuple[Any, str, dict[str, Any]]:
    """The slot was understood so."""
    reading = {"slot": "code", "value": value, "heard": heard or str(value)}
    return "event", "answered", {"effect": "e1", "answer": {"slots": [reading]}}


@pytest.mark.parametrize(
    ("value", "heard", "text", "hides"),
    [
        ("41755", "four one seven double five", "It is four one seven double five.", True),
        ("41755", "four one seven double five", "Order 4 1 7 5 5 is on its way", True),
        ("41755", "", "That is four one seven, and then five five?", True),
        ("41755", "", "It comes on the fifth of May", False),
        ("1984-03-02", "", "The second of March nineteen eighty-four.", True),
        ("Zoë Smith", "zoe smith", "Thank you, Zoé!", True),
        ("Zoë Smith", "zoe smith", "Thank you, and goodbye.", False),
        ({"street": "Elm Road", "number": 12}, "", "To Elm Road, then?", True),
        (True, "yes", "Yes, that is right.", False),
    ],
)
def test_a_text_is_hidden_when_it_tells_the_value(value: Any, heard: str, text: str, hides: bool) -> None:
    hush = Hush(Veil(FLOW))
    hush.learn(log(read(value, heard))[0])
    assert hush.hides(text) is hides


def test_what_was_said_to_the_question_is_hidden_though_it_was_not_understood() -> None:
    asked = {"id": "e1", "question": {"awaited": ["code"]}, "said": {"text": "four one something"}}
    entries = log(("event", "caller_spoke", {"text": "Four one, something."}), ("effect", "understand", asked))
    assert [turn.text for turn in turns_of(shown(entries, Veil(FLOW)))] == [HIDDEN]


def test_words_said_before_the_value_was_known_are_hidden_too_and_nodes_and_kinds_are_not() -> None:
    entries = log(
        ("event", "caller_spoke", {"text": "I am at Elm Road"}),
        ("token", "exit", {"node": "road", "exit": "given", "slots": {"code": "Elm Road"}, "evidence": "road"}),
        ("event", "spoken", {"heard": "Elm Road it is.", "complete": True, "effect": "road"}),
        ("event", "spoken", {"heard": "Goodbye.", "complete": True, "effect": "e9"}),
    )
    after = shown(entries, Veil(FLOW))
    assert [turn.text for turn in turns_of(after)] == [HIDDEN, HIDDEN, "Goodbye."]
    assert after[1].record.data["node"] == "road" and after[1].record.data["slots"] == {"code": HIDDEN}


def test_the_callers_number_is_hidden_in_any_flow() -> None:
    flow = compile_or_raise(flow_of({"code": ask()}), LIBRARY)
    entries = log(
        ("event", "call_started", {"facts": {"caller": "+12025550143", "language": "en"}}),
        ("event", "spoken", {"heard": "You call from 202 555 0143.", "complete": True, "effect": "e"}),
        ("event", "caller_spoke", {"text": "One two three"}),
    )
    after = shown(entries, Veil(flow))
    assert after[0].record.data["facts"] == {"caller": HIDDEN, "language": "en"}
    assert [turn.text for turn in turns_of(after)] == [HIDDEN, "One two three"]


def test_of_a_call_whose_flow_cannot_be_read_nothing_that_was_said_is_shown() -> None:
    entries = log(("event", "caller_spoke", {"text": "Hello"}), ("event", "spoken", {"heard": "Hi", "effect": "e"}))
    assert [turn.text for turn in turns_of(shown(entries, None))] == [HIDDEN, HIDDEN]
    text = text_of(entries, None)
    assert (text.words, text.shown) == ({"hello", "hi"}, frozenset())


def test_a_call_is_found_by_its_words_and_by_others_only_where_they_tell_nothing() -> None:
    entries = log(
        ("event", "caller_spoke", {"text": "It's 417, please"}),
        read("417"),
        ("event", "spoken", {"heard": "Your café opens at nine", "effect": "e", "complete": True}),
    )
    text = text_of(entries, FLOW)
    assert text.words == {"it", "s", "417", "please", "your", "cafe", "opens", "at", "nine"}
    assert text.shown == {"your", "cafe", "opens", "at", "nine"}


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        ("double five", "55"),
        ("eighty four", "84"),
        ("eighty", "80"),
        ("twenty twenty five", "20 25"),
        ("nineteen ninety nine", "19 99"),
        ("oh one", "0 1"),
        ("sixty cats", "60 cats"),
        ("triple oh seven", "000 7"),
    ],
)
def test_figures_that_are_spoken(said: str, figures: str) -> None:
    assert " ".join(with_figures(words_of(said))) == figures
