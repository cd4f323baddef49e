"""PPTX: a slide after the other, under its title, with its tables and notes."""

from collections.abc import Iterable, Iterator

import pptx
from langchain_core.documents import Document
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from typing_extensions import override

from tollfree.knowledge.ingest.block import block, table_lines
from tollfree.knowledge.ingest.loaders.base import FileLoader
from tollfree.knowledge.ingest.zip_check import check_zip


class PptxLoader(FileLoader):
    """Shapes are read from top to bottom, and from left to right."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        check_zip(self.file)
        opened = pptx.Presentation(str(self.file))
        title = (opened.core_properties.title or "").strip()
        title = "" if title.lower() == "powerpoint presentation" else title
        for number, slide in enumerate(opened.slides, start=1):
            yield from _slide(slide, f"slide {number}", title)


def _slide(slide: Slide, place: str, title: str) -> Iterator[Document]:
    heading = slide.shapes.title
    section = " ".join(heading.text_frame.text.split()) if heading is not None else ""
    text: list[str] = []
    tables: list[list[str]] = []
    for shape in _in_order(slide.shapes):
        if heading is not None and shape.shape_id == heading.shape_id:
            continue
        if isinstance(shape, GraphicFrame) and shape.has_table:
            rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
            tables += [lines] if (lines := table_lines(rows)) else []
        elif shape.has_text_frame:
            text += _paragraphs(shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None and notes.text.strip():
        text += ["", notes.text.strip()]
    if words := "\n".join(text).strip():
        yield block("prose", words, section=section, place=place, title=title)
    elif section and not tables:
        yield block("prose", section, place=place, title=title)
    for lines in tables:
        yield block("table", "\n".join(lines), section=section, place=place, title=title)


def _paragraphs(shape: BaseShape) -> list[str]:
    frame = getattr(shape, "text_frame", None)  # only shapes with text have one; the library's base class does not
    text = str(frame.text) if frame is not None else ""
    return [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]


def _in_order(shapes: Iterable[BaseShape]) -> list[BaseShape]:
    """All shapes, those of groups in their group's place."""
    ordered = sorted(shapes, key=lambda shape: (_at(shape.top), _at(shape.left)))
    return [
        inner for shape in ordered for inner in (_in_order(shape.shapes) if isinstance(shape, GroupShape) else (shape,))
    ]


def _at(length: int | None) -> int:
    return int(length) if length is not None else 0
