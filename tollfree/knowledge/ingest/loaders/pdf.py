"""PDF: text in reading order, columns one after the other, tables as rows; scanned pages are told."""

import logging
from collections.abc import Iterator, Sequence
from statistics import median
from typing import cast

import pdfplumber
from langchain_core.documents import Document
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException
from typing_extensions import override

from tollfree.knowledge.ingest.block import Headings, block, row_line
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.loaders.base import FileLoader
from tollfree.knowledge.ingest.loaders.pdf_layout import Box, Line, in_reading_order, paragraphs

MAX_PAGES = 20_000
"""A longer file is not a document that somebody wrote."""
RULED_FROM = 4
"""Drawn lines and rectangles of a page from which a table is looked for; looking is slow."""
HEADING_RATIO = 1.12
"""How much larger than the body a heading is set."""
MARGIN = 0.07
"""Of a page's height, at the top and at the bottom, where page numbers stand."""

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every oddity of a file that it can live with


class PdfLoader(FileLoader):
    """A block for each section of a page. Headings are told by their size."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        try:
            opened = pdfplumber.open(self.file)
        except PdfminerException as error:
            raise _cannot_open(error) from error
        with opened as pdf:
            title = _title(cast("dict[str, object]", pdf.metadata))  # pyright: ignore[reportUnknownMemberType]
            if len(pdf.pages) > MAX_PAGES:
                raise BadDocument("too_large", f"It has {len(pdf.pages)} pages.", "Split it.")
            reading = _Reading(title)
            scanned: list[int] = []
            damaged: list[int] = []
            for page in pdf.pages:
                try:
                    found = list(reading.page(page))
                    if not found and page.images:
                        scanned.append(page.page_number)
                except Exception:  # noqa: BLE001 - the library raises anything of a damaged page; the others are read
                    damaged.append(page.page_number)
                    found = []
                yield from found
                page.close()
            self._tell_damaged(damaged, len(pdf.pages))
            self._tell_scanned(scanned, len(pdf.pages))

    def _tell_damaged(self, damaged: Sequence[int], pages: int) -> None:
        if damaged and len(damaged) == pages:
            raise BadDocument("damaged", "It is damaged: no page of it can be read.", "Save or fetch it again.")
        if damaged:
            message = f"Of {pages} pages these are damaged and were left out: {_listed(damaged)}."
            self.faults.warn("damaged_pages", message, "Save or fetch it again.")

    def _tell_scanned(self, scanned: Sequence[int], pages: int) -> None:
        remedy = "Run text recognition (OCR) over it, save it as a searchable PDF, and add that."
        if scanned and len(scanned) == pages:
            raise BadDocument("scanned", "Its pages are pictures without text: it was scanned.", remedy)
        if scanned:
            message = f"Of {pages} pages these are pictures without text: {_listed(scanned)}."
            self.faults.warn("scanned", message, remedy)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _cannot_open(error: PdfminerException) -> BadDocument:
    if any(isinstance(cause, PDFPasswordIncorrect) for cause in (error.__cause__, *error.args)):
        return BadDocument(
            "encrypted", "It is protected by a password.", "Save a copy without the password and add that."
        )
    return BadDocument("damaged", "It is damaged: no page of it can be read.", "Save or fetch it again.")


def _title(metadata: dict[str, object]) -> str:
    """As its properties have it, unless it is a file's name or nobody ever wrote it."""
    title = metadata.get("Title")
    text = " ".join(title.split()) if isinstance(title, str) else ""
    odd = not text or text.lower().startswith(("untitled", "microsoft word", "powerpoint")) or "." in text[-5:]
    return "" if odd else text


class _Reading:
    """What is known from page to page: the headings, and how large the body is set."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._headings = Headings()
        self._body = 0.0
        self._columns: tuple[str, ...] = ()

    def page(self, page: Page) -> Iterator[Document]:
        """The blocks of one page."""
        place = f"page {page.page_number}"
        tables = _tables(page)
        boxes = [box for box in _words(page) if not any(table.holds(box) for table in tables)]
        if boxes:
            self._body = median([box.size for box in boxes for _ in range(len(box.text))])
        text: list[Line] = []
        for part in in_reading_order([*boxes, *tables], page.width):
            for line in part:
                if line.table:
                    yield from self._prose(text, place)
                    text = []
                    if rows := self._table(line.table, page):
                        yield block(
                            "table", "\n".join(rows), section=str(self._headings), place=place, title=self._title
                        )
                elif self._is_heading(line):
                    yield from self._prose(text, place)
                    text = []
                    self._headings.enter(-line.size, line.text)
                elif not _is_page_number(line, page):
                    text.append(line)
        yield from self._prose(text, place)

    def _prose(self, lines: Sequence[Line], place: str) -> Iterator[Document]:
        if text := "\n\n".join(paragraphs(lines)).strip():
            yield block("prose", text, section=str(self._headings), place=place, title=self._title)

    def _is_heading(self, line: Line) -> bool:
        is_short = len(line.text) <= 120 and any(letter.isalpha() for letter in line.text)
        return is_short and line.size >= HEADING_RATIO * self._body

    def _table(self, rows: Sequence[Sequence[str]], page: Page) -> list[str]:
        """Its rows with their headings; those of the table it goes on from, where it has none of its own."""
        first, *rest = rows
        goes_on = bool(self._columns) and len(first) == len(self._columns) and any(_is_number(cell) for cell in first)
        if goes_on or tuple(first) == self._columns:
            rest = rest if tuple(first) == self._columns else list(rows)
        else:
            self._columns = tuple(first)
        if not rest:
            return [row_line((), first)]
        return [line for row in rest if (line := row_line(self._columns, row))]


def _words(page: Page) -> list[Box]:
    found = page.extract_words(x_tolerance_ratio=0.15, y_tolerance=2, keep_blank_chars=False, extra_attrs=["size"])
    return [
        Box(x0=word["x0"], x1=word["x1"], top=word["top"], bottom=word["bottom"], size=word["size"], text=word["text"])
        for word in found
        if word["upright"]
    ]


def _tables(page: Page) -> list[Box]:
    """The tables that are ruled: those that are not read as lines of text, cell after cell."""
    if len(page.lines) + len(page.rects) + len(page.curves) < RULED_FROM:
        return []
    found: list[Box] = []
    for table in page.find_tables():
        rows = [tuple(" ".join((cell or "").split()) for cell in row) for row in table.extract()]
        rows = [row for row in rows if any(row)]
        if len(rows) >= 2 and max(map(len, rows)) >= 2:
            x0, top, x1, bottom = table.bbox
            found.append(Box(x0=x0, x1=x1, top=top, bottom=bottom, size=0.0, text="", table=tuple(rows)))
    return found


def _is_page_number(line: Line, page: Page) -> bool:
    at_edge = line.top < MARGIN * page.height or line.bottom > (1 - MARGIN) * page.height
    words = line.text.lower().replace("page", "").replace("of", "").replace("/", "").replace("-", "").split()
    return at_edge and all(word.strip(".|").isdigit() for word in words)


def _is_number(cell: str) -> bool:
    return any(letter.isdigit() for letter in cell) and sum(letter.isalpha() for letter in cell) <= 3
