import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.wiring.uploads import LONGEST, safe_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("handbook.pdf", "handbook.pdf"),
        ("../../x", "x"),
        ("C:\\Users\\ada\\prices.xlsx", "prices.xlsx"),
        ("..", "document"),
        ("", "document"),
        (".env", "env"),
        ("~$open.docx", "$open.docx"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("a\r\nb.txt", "a b.txt"),
        ("<script>.html", "_script_.html"),
        ("Öffnungszeiten 2026.txt", "Öffnungszeiten 2026.txt"),
        ("cafe\u0301.txt", "café.txt"),
        ("x." + "y" * 40, "x." + "y" * 40),
    ],
)
def test_a_name_is_made_safe(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(max_size=400))
def test_whatever_is_sent_is_one_visible_name_that_stays_the_same(sent: str) -> None:
    name = safe_name(sent)
    assert name and "/" not in name and "\\" not in name and name not in (".", "..")
    assert not name.startswith((".", "~")) and len(name.encode()) <= LONGEST + 1
    assert not any(unicodedata.category(one)[0] == "C" for one in name)
    assert safe_name(name) == name
