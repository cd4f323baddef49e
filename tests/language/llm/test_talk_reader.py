"""The line of a talk is read while it is written; its exit is in the closed set or is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.language.llm.talk_reader import TalkReader


def read(*pieces: str) -> tuple[str, TalkReader]:
    reader = TalkReader(("settled",), ("name",))
    words = "".join(reader.feed(piece) for piece in pieces)
    return words + reader.end(), reader


@given(st.text(max_size=60), st.sampled_from(["settled", "none", "gave_up"]), st.booleans(), st.integers(1, 5))
def test_words_come_as_they_were_meant_however_they_are_cut(say: str, exit: str, ascii: bool, size: int) -> None:
    written = json.dumps({"say": say, "exit": exit, "slots": {"name": "Ann", "other": "x"}}, ensure_ascii=ascii)
    words, reader = read(*(written[at : at + size] for at in range(0, len(written), size)))
    lone = any("\ud800" <= character <= "\udfff" for character in say)
    assert lone or words == say
    assert reader.exit == ("settled" if exit == "settled" else None)
    assert reader.slots == {"name": "Ann"}


def test_the_words_are_there_before_the_rest_of_the_answer() -> None:
    reader = TalkReader(("settled",), ())
    assert reader.feed('{"say": "Good morn') == "Good morn"
    assert reader.feed('ing."') == "ing."
    assert reader.complete and reader.exit is None


@pytest.mark.parametrize(
    ("written", "words", "exit"),
    [
        ("Good morning.", "Good morning.", None),
        ('Good morning.\n{"exit": "settled"}', "Good morning.\n", "settled"),
        ('```json\n{"say": "Hi.", "exit": "settled"}\n```', "Hi.", "settled"),
        ('{"say": "Hi.", "exit": "elsewhere"}', "Hi.", None),
        ('{"say": "Hi.", "exit": ["settled"]}', "Hi.", None),
        ('{"say": "Hi.", "exit": "settl', "Hi.", None),
        ('{"say": "", "exit": "settled"}', "", "settled"),
        ("{}", "", None),
        ("", "", None),
    ],
)
def test_what_comes_of(written: str, words: str, exit: str | None) -> None:
    said, reader = read(*written)
    assert (said, reader.exit) == (words, exit)
