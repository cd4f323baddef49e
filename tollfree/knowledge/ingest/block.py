"""What loaders yield: LangChain documents of three shapes, each with where it stands.

prose   running text of one section; the splitter may cut it between sentences
table   rows of a table, a line each, every row with its columns' headings; cut between rows
row     one row of a sheet, which is a passage by itself
"""

from collections.abc import Sequence
from typing import Literal

from langchain_core.documents import Document

Shape = Literal["prose", "table", "row"]


def block(shape: Shape, text: str, *, section: str = "", place: str = "", title: str = "") -> Document:
    """A piece of a document, as it was read.

    `section`: the headings above it, outermost first, joined by ` > `. `place`: `page 3`, `row 12 of Prices`.
    `title`: what the document calls itself; empty: nothing.
    """
    metadata = {"shape": shape, "section": section, "place": place, "title": title}
    return Document(page_content=text, metadata=metadata)


MAX_COLUMN_CHARACTERS = 300
"""Of a column's heading, which every row repeats."""


def row_line(headings: Sequence[str], cells: Sequence[str]) -> str:
    """A row as a sentence of its columns: `Size: small; Price: 12.50`. Empty cells are left out."""
    parts: list[str] = []
    for number, cell in enumerate(cells):
        value = " ".join(cell.split())
        heading = " ".join(headings[number].split()) if number < len(headings) else ""
        heading = heading[:MAX_COLUMN_CHARACTERS]
        if value:
            parts.append(f"{heading}: {value}" if heading and heading != value else value)
    return "; ".join(parts)


def long_headings(headings: Sequence[str]) -> str:
    """The row of headings as a text by itself, where one is too long to be repeated whole; else empty."""
    return row_line((), headings) if any(len(one) > MAX_COLUMN_CHARACTERS for one in headings) else ""


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """A whole table, its first row the headings, a line for each other row; a table of one row is that row."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return []
    if len(filled) == 1:
        return [line] if (line := row_line((), filled[0])) else []
    lines = [long_headings(filled[0]), *(row_line(filled[0], row) for row in filled[1:])]
    return [line for line in lines if line]


class Headings:
    """The headings above the place where a reader is."""

    def __init__(self) -> None:
        self._above: list[tuple[float, str]] = []

    def enter(self, level: float, text: str) -> None:
        """A heading; a lower level is further out."""
        while self._above and self._above[-1][0] >= level:
            self._above.pop()
        self._above.append((level, " ".join(text.split())))

    def __str__(self) -> str:
        return " > ".join(text for _, text in self._above if text)
