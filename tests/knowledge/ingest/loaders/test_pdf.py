"""PDF: reading order, columns, headings, tables, and pages without text."""

from pathlib import Path

import pytest
from langchain_core.documents import Document

from tests.knowledge.ingest import papers
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Faults
from tollfree.knowledge.ingest.loaders.pdf import PdfLoader

LEFT = (
    "The left column speaks of apples and of how they are grown in the north of the country, where winters are long "
    "and every farmer knows the names of forty sorts that nobody else remembers any more today."
)
RIGHT = (
    "The right column speaks of pears, which need more sun and therefore are found in the south, where they are dried "
    "in autumn and sold on markets until the spring comes and the trees begin to bloom again."
)


def read(tmp_path: Path, data: bytes, faults: Faults | None = None) -> list[Document]:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    return list(PdfLoader(path, faults or Faults("a.pdf")).lazy_load())


def test_a_page_of_prose_has_its_paragraphs_and_its_number(tmp_path: Path) -> None:
    page = [*papers.lines_of(LEFT), *papers.lines_of(RIGHT, top=640), (300, 30, 9, "Page 1 of 2")]
    found = read(tmp_path, papers.pdf([page, papers.lines_of(RIGHT)]))
    assert [(one.metadata["place"], one.page_content) for one in found] == [
        ("page 1", f"{LEFT}\n\n{RIGHT}"),
        ("page 2", RIGHT),
    ]


def test_columns_are_read_one_after_the_other_under_the_heading_across_them(tmp_path: Path) -> None:
    page = [
        (72, 720, 18, "Fruit of the country"),
        *papers.lines_of(LEFT, x=72, top=690, width=42),
        *papers.lines_of(RIGHT, x=320, top=690, width=42),
    ]
    [one] = read(tmp_path, papers.pdf([page]))
    assert one.metadata["section"] == "Fruit of the country"
    assert " ".join(one.page_content.split()) == f"{LEFT} {RIGHT}"


def test_aligned_words_are_read_as_lines_and_not_as_columns(tmp_path: Path) -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday")
    page = [(x, 700 - 14 * row, 10, text) for row, day in enumerate(days) for x, text in ((72, day), (300, "9 to 5"))]
    [one] = read(tmp_path, papers.pdf([page]))
    assert " ".join(one.page_content.split()) == " ".join(f"{day} 9 to 5" for day in days)


def test_headings_are_told_by_size_and_go_on_over_pages(tmp_path: Path) -> None:
    page = [(72, 720, 20, "Policy"), (72, 690, 14, "Returns"), *papers.lines_of(LEFT, top=660)]
    found = read(tmp_path, papers.pdf([page, papers.lines_of(RIGHT)]))
    assert [one.metadata["section"] for one in found] == ["Policy > Returns", "Policy > Returns"]


def test_a_ruled_table_is_rows_with_their_headings_and_goes_on_over_pages(tmp_path: Path) -> None:
    def cells(rows: list[tuple[str, str]], top: float) -> list[papers.Text]:
        return [
            (x, top - 20 * n - 14, 10, text)
            for n, row in enumerate(rows)
            for x, text in zip((75, 205), row, strict=True)
        ]

    first, second = [("Item", "Price"), ("Milk", "1.50"), ("Bread", "3.00")], [("Cheese", "7.20"), ("Eggs", "2.10")]
    ruled = [
        papers.table_lines((72, 200, 330), [640 - 20 * n for n in range(4)]),
        papers.table_lines((72, 200, 330), [700 - 20 * n for n in range(3)]),
    ]
    pages = [[*papers.lines_of(LEFT), *cells(first, 640)], cells(second, 700)]
    found = read(tmp_path, papers.pdf(pages, lines=ruled))
    assert [one.page_content for one in found] == [
        LEFT,
        "Item: Milk; Price: 1.50\nItem: Bread; Price: 3.00",
        "Item: Cheese; Price: 7.20\nItem: Eggs; Price: 2.10",
    ]


def test_a_divided_word_is_put_together(tmp_path: Path) -> None:
    page = [(72, 700, 10, "The delivery is made by the com-"), (72, 688, 10, "pany itself and by nobody else.")]
    [one] = read(tmp_path, papers.pdf([page]))
    assert one.page_content == "The delivery is made by the company itself and by nobody else."


def test_pages_that_were_scanned_are_named(tmp_path: Path) -> None:
    faults = Faults("a.pdf")
    read(tmp_path, papers.pdf([papers.lines_of(LEFT), [], []], pictures=[1]), faults)
    [fault] = faults.found
    assert (fault.code, fault.serious) == ("scanned", False) and fault.message.endswith("without text: 2.")
    with pytest.raises(BadDocument) as caught:
        read(tmp_path, papers.pdf([[], []], pictures=[0, 1]))
    assert caught.value.code == "scanned" and "OCR" in caught.value.remedy


@pytest.mark.parametrize("cut", [30, 400])
def test_a_damaged_file_is_told(tmp_path: Path, cut: int) -> None:
    with pytest.raises(BadDocument) as caught:
        read(tmp_path, b"%PDF-1.4\n" + b"\x00\xff" * cut)
    assert caught.value.code == "damaged"


def test_an_encrypted_file_is_told_and_one_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    plain = papers.pdf([papers.lines_of(LEFT)])
    with pytest.raises(BadDocument) as caught:
        read(tmp_path, papers.encrypted(plain, "secret"))
    assert caught.value.code == "encrypted"
    assert read(tmp_path, papers.encrypted(plain, ""))[0].page_content == LEFT
