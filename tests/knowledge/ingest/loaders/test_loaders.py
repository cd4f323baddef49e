"""Each kind of document: its words in reading order, under their headings, with where they stand."""

import tracemalloc
from pathlib import Path

import pytest
from langchain_core.documents import Document

from tests.knowledge.ingest import papers
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Faults
from tollfree.knowledge.ingest.kind import kind_of
from tollfree.knowledge.ingest.loaders.registry import loader_of


def blocks(path: Path, faults: Faults | None = None) -> list[Document]:
    faults = faults or Faults(str(path))
    return list(loader_of(kind_of(path, path.name, faults), path, faults).lazy_load())


def told(path: Path) -> list[tuple[str, str, str]]:
    """Section, place and text."""
    return [(one.metadata["section"], one.metadata["place"], one.page_content) for one in blocks(path)]


def written(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_a_handbook_in_word_has_headings_lists_and_tables(tmp_path: Path) -> None:
    found = told(papers.handbook(tmp_path / "a.docx"))
    assert found == [
        ("Staff handbook > Returns", "", "Goods may be returned within thirty days."),
        ("Staff handbook > Returns > Cold food", "", "It is not taken back.\n\n- ice cream\n- frozen pizza"),
        ("Staff handbook > Shifts", "", "Day: Monday; Opens: nine\nDay: Sunday; Opens: eleven"),
    ]


def test_slides_have_titles_notes_and_tables(tmp_path: Path) -> None:
    found = told(papers.slides(tmp_path / "a.pptx"))
    assert found == [
        ("Delivery", "slide 1", "Within two days\nFree above forty dollars\n\nSay that weekends do not count."),
        ("Prices", "slide 2", "Size: small; Price: 3.00"),
    ]


def test_a_row_of_a_sheet_carries_headings_and_sheet_and_is_told_as_it_is_shown(tmp_path: Path) -> None:
    faults = Faults("a.xlsx")
    found = blocks(papers.price_list(tmp_path / "a.xlsx"), faults)
    assert [(one.metadata["section"], one.metadata["place"], one.page_content) for one in found] == [
        ("Prices > Price list of the summer", "row 4 of Prices", "Item: Milk; Price: $1.50; Tax: 7 %"),
        ("Prices > Price list of the summer", "row 5 of Prices", "Item: Bread; Price: $3.00; Tax: 19 %"),
        ("Stores", "row 2 of Stores", "City: Berlin; Open: yes"),
    ]
    [fault] = faults.found
    assert fault.code == "hidden_sheets" and "Secrets" in fault.message


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_row_of_csv_carries_its_headings_whatever_divides_its_cells(tmp_path: Path, mark: str) -> None:
    rows = [["Store", "City"], ["A", "Berlin"], ["", ""], ["B", '"Bad\nHomburg"'], ["C", "Rome"]]
    path = written(tmp_path / "a.csv", "\n".join(mark.join(row) for row in rows) + "\n")
    assert told(path) == [
        ("", "row 2", "Store: A; City: Berlin"),
        ("", "row 4", "Store: B; City: Bad Homburg"),
        ("", "row 5", "Store: C; City: Rome"),
    ]


def test_markdown_has_sections_and_tables_and_loses_its_marks(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Manual\n---\nBegin *here*.\n\n# Returns\n\nYou **may** [return](http://a.b) `it`.\n\n"
        "Cold food\n---------\n\n- never\n\n| Size | Price |\n|---|---|\n| small | 3 |\n\n```\n# no heading\n```\n"
    )
    assert told(written(tmp_path / "a.md", text)) == [
        ("", "", "Begin here."),
        ("Returns", "", "You may return it."),
        ("Returns > Cold food", "", "- never"),
        ("Returns > Cold food", "", "Size: small; Price: 3"),
        ("Returns > Cold food", "", "# no heading"),
    ]
    assert blocks(tmp_path / "a.md")[0].metadata["title"] == "Manual"


PAGE = (
    "<html><head><title>Our hours</title><script>alert(1)</script></head><body><nav>Home About</nav>"
    "<h1>Opening hours</h1><p>We are open from nine to five on every weekday of the year.</p>"
    "<h2>Holidays</h2><p>We are <b>closed</b> on public holidays, and on the day of the village fair.</p>"
    "<ul><li>Christmas</li><li>Easter</li></ul>"
    "<table><tr><th>Day</th><th>Open</th></tr><tr><td>Monday</td><td>9 to 5</td></tr></table></body></html>"
)


def test_a_page_has_its_main_text_under_its_headings(tmp_path: Path) -> None:
    found = blocks(written(tmp_path / "a.html", PAGE))
    text = "\n".join(one.page_content for one in found)
    assert "open from nine to five" in text and "Day: Monday; Open: 9 to 5" in text
    assert "alert" not in text and "Home About" not in text
    [holidays] = [one for one in found if "village fair" in one.page_content]
    assert holidays.metadata["section"] == "Opening hours > Holidays"
    assert {one.metadata["title"] for one in found} == {"Our hours"}


def test_a_long_page_loses_what_is_around_its_main_text(tmp_path: Path) -> None:
    story = "The market opens when the bell of the old church rings, and people come from three valleys to trade. "
    article = f"<article><h1>The market</h1><p>{story * 12}</p><h2>Its end</h2><p>{story.lower() * 10}</p></article>"
    around = "<div class='sidebar'>" + "<a href='/x'>Read this too</a> " * 20 + "</div>"
    page = f"<html><head><title>Market</title></head><body>{around}{article}<footer>All rights</footer></body></html>"
    found = blocks(written(tmp_path / "a.html", page))
    text = " ".join(one.page_content for one in found)
    assert text.count("The market opens") == 12 and "Read this too" not in text and "All rights" not in text
    assert found[-1].metadata["section"] == "The market > Its end"


def test_records_of_json_are_told_by_their_fields(tmp_path: Path) -> None:
    value = (
        '{"shop": "Corner", "stores": [{"city": "Rome", "open": true, "hours": {"mon": "9-5"}}], "no": {"a": ["b", 1]}}'
    )
    assert told(written(tmp_path / "a.json", value)) == [
        ("", "", "shop: Corner"),
        ("stores", "record 1 of stores", "city: Rome; open: yes; hours mon: 9-5"),
        ("no", "", "a: b, 1"),
    ]
    assert told(written(tmp_path / "a.jsonl", '{"a": 1}\n\n{"a": 2}\n{"a": 3}\n')) == [
        ("", "record 1", "a: 1"),
        ("", "record 2", "a: 2"),
        ("", "record 3", "a: 3"),
    ]


@pytest.mark.parametrize("value", ['{"a": 1', "[" * 100_000, '{"a": ' + "9" * 10_000 + "}"])
def test_json_that_is_none_is_told(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadDocument) as caught:
        list(loader_of(*_as_json(written(tmp_path / "a.json", value))).lazy_load())
    assert caught.value.code == "damaged"


def _as_json(path: Path):  # type: ignore[no-untyped-def]
    from tollfree.knowledge.ingest.kind import Kind

    return Kind.JSON, path, Faults(str(path))


def test_text_of_mixed_encodings_is_read_line_by_line_and_noted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "Grüße aus Köln\n".encode() + "Café zu\n".encode("cp1252") + b"plain\n")
    faults = Faults("a.txt")
    assert blocks(path, faults)[0].page_content == "Grüße aus Köln\nCafé zu\nplain"
    assert [fault.code for fault in faults.found] == ["mixed_encodings"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_text_of_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Wir öffnen täglich um neun, auch für Gäste von außerhalb der Stadt.\n" * 8
    [one] = blocks(written(tmp_path / "a.txt", text.encode(encoding)))
    assert one.page_content.strip() == text.strip()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.csv", f"Berlin,open until nine,{'x' * 400}\n"),
        ("a.txt", f"A line of the text, {'x' * 400}.\n"),
        ("a.jsonl", f'{{"a": "{"x" * 400}"}}\n'),
    ],
)
def test_a_large_file_is_never_held_whole(tmp_path: Path, name: str, line: str) -> None:
    path = tmp_path / name
    with path.open("w") as file:
        file.writelines(line for _ in range(8_000))
    loader = loader_of(kind_of(path, name, Faults(name)), path, Faults(name))
    next(blocks := iter(loader.lazy_load()))
    tracemalloc.start()
    try:
        count = sum(1 for _ in blocks)
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 4 and count > 50
    finally:
        tracemalloc.stop()


def test_a_columns_heading_without_end_is_told_whole_once_and_repeated_short(tmp_path: Path) -> None:
    heading = " ".join(f"word{n}" for n in range(1_000))
    first, *rows = told(written(tmp_path / "a.csv", f"Name,{heading}\n" + "Rome,yes\n" * 3))
    assert first == ("", "row 1", f"Name; {heading}")
    assert [len(text) < 400 and text.startswith("Name: Rome; word0 word1") for _, _, text in rows] == [True] * 3
