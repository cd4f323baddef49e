"""DOCX: sections under their headings, lists and tables in their place."""

import re
from collections.abc import Iterator

import docx
from docx.document import Document as DocxFile
from docx.table import Table, _Cell  # pyright: ignore[reportPrivateUsage] - a cell has no public name
from docx.text.paragraph import Paragraph
from langchain_core.documents import Document
from typing_extensions import override

from tollfree.knowledge.ingest.block import Headings, block, table_lines
from tollfree.knowledge.ingest.loaders.base import FileLoader
from tollfree.knowledge.ingest.zip_check import check_zip

BLOCK_CHARACTERS = 20_000
"""A section that is longer is yielded in parts."""

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[\u2022\u00b7\u25aa\u25cf*-]\s")


class DocxLoader(FileLoader):
    """Word's own styles say what is a heading and what a list."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        check_zip(self.file)
        opened = docx.Document(str(self.file))
        headings, title = Headings(), _title(opened)
        text: list[str] = []
        size = 0
        for part in opened.iter_inner_content():
            if isinstance(part, Table):
                yield from _prose(text, headings, title)
                text, size = [], 0
                if lines := table_lines(_rows(part)):
                    yield block("table", "\n".join(lines), section=str(headings), title=title)
                continue
            line = part.text.strip()
            style = _style(part)
            level = _HEADING.match(style)
            if line and (level or style == "title"):
                yield from _prose(text, headings, title)
                text, size = [], 0
                title = title or (line if style == "title" else "")
                headings.enter(int(level[1]) if level else 0, line)
            elif line:
                is_item = _is_item(part, style)
                text.append(line if not is_item or _BULLET.match(line) else f"- {line}")
                text += [] if is_item else [""]
                size += len(line)
            if size > BLOCK_CHARACTERS:
                yield from _prose(text, headings, title)
                text, size = [], 0
        yield from _prose(text, headings, title)


def _prose(text: list[str], headings: Headings, title: str) -> Iterator[Document]:
    if words := "\n".join(text).strip():
        yield block("prose", words, section=str(headings), title=title)


def _title(opened: DocxFile) -> str:
    """As its properties have it, unless nobody ever wrote it."""
    title = (opened.core_properties.title or "").strip()
    return "" if title.lower() in ("", "word document", "untitled", "document") else title


def _style(paragraph: Paragraph) -> str:
    return str(paragraph.style.name or "").lower() if paragraph.style is not None else ""


def _is_item(paragraph: Paragraph, style: str) -> bool:
    return style.startswith("list") or bool(paragraph.paragraph_format.element.xpath("./w:pPr/w:numPr"))


def _rows(table: Table) -> list[list[str]]:
    """Its cells' texts; a cell that spans several is there once."""
    rows: list[list[str]] = []
    for row in table.rows:
        seen: list[object] = []
        texts: list[str] = []
        for cell in row.cells:
            spanned = any(element is cell._tc for element in seen)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            seen.append(cell._tc)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            texts.append("" if spanned else _cell_text(cell))
        rows.append(texts)
    return rows


def _cell_text(cell: _Cell) -> str:
    parts: list[str] = []
    for inner in cell.iter_inner_content():
        parts += [inner.text] if isinstance(inner, Paragraph) else table_lines(_rows(inner))
    return " ".join(part for part in parts if part.strip())
