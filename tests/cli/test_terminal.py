"""What strangers wrote is shown, and never obeyed."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tollfree.cli.terminal import escaped, printable, printable_lines

ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from("\x1b\x9b\x07\r\n\t\u202e\u2066\u2028\udc80"))


@given(ANY_TEXT)
def test_nothing_that_a_terminal_obeys_is_left_of_any_text(text: str) -> None:
    for line in (printable(text), *printable_lines(text)):
        assert not [one for one in line if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]
        assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        line.encode()
    assert len(printable(text)) == len(text)


@given(ANY_TEXT)
def test_json_means_the_same_and_can_be_shown(text: str) -> None:
    shown = escaped(json.dumps({"text": text, "more": [text]}, ensure_ascii=False, indent=2))
    assert json.loads(shown) == {"text": text, "more": [text]}
    assert all(printable(line) == line for line in shown.split("\n"))


def test_ordinary_text_is_left_alone() -> None:
    for text in ("Grüße, 12 °C: $3.50", "שלום\u200f عليكم", "नमस्ते\u200d", "👩\u200d🍳"):
        assert printable(text) == text == json.loads(escaped(json.dumps(text, ensure_ascii=False)))
    assert printable("a\tb\x1b[31mred\x9b0m") == "a b\ufffd[31mred\ufffd0m"
