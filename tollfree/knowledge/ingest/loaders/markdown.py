"""Markdown: sections under their headings, tables as rows, without its marks."""

import re
from collections.abc import Iterator

from langchain_core.documents import Document
from typing_extensions import override

from tollfree.knowledge.ingest.block import Headings, block, table_lines
from tollfree.knowledge.ingest.decoding import decoded_lines
from tollfree.knowledge.ingest.loaders.base import FileLoader

BLOCK_CHARACTERS = 20_000
"""A section that is longer is yielded in parts, at empty lines."""

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"(=+|-+)\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\](\([^)]*\)|\[[^\]]*\])")
_AUTOLINK = re.compile(r"<(https?://[^>]+)>")
_STRONG = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"(`+)(.+?)\1")
_COMMENT = re.compile(r"<!--.*?-->")


class MarkdownLoader(FileLoader):
    """Headings are ATX (`#`) or underlined; what stands before the first one belongs to the document."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        return _Reading(self).blocks()


class _Reading:
    def __init__(self, loader: MarkdownLoader) -> None:
        self._lines = decoded_lines(loader.file, loader.faults)
        self._headings = Headings()
        self._title = ""
        self._text: list[str] = []
        self._table: list[str] = []
        self._size = 0

    def blocks(self) -> Iterator[Document]:
        fence = ""
        for number, raw in enumerate(self._lines):
            line = raw.rstrip()
            if number == 0 and line == "---":
                line = self._front_matter()
            if fenced := _FENCE.match(line):
                yield from self._flush_table()
                fence = "" if fence and fenced[1] == fence else fence or fenced[1]
                continue
            if fence:
                self._keep(line)
            elif found := _HEADING.match(line):
                yield from self._flush()
                self._enter(len(found[1]), plain(found[2]))
            elif _UNDERLINE.match(line) and self._text and self._text[-1].strip() and not self._table:
                text = self._text.pop()
                yield from self._flush()
                self._enter(1 if line[0] == "=" else 2, text)
            elif line.lstrip().startswith("|") or (self._table and "|" in line):
                self._table.append(line)
            else:
                yield from self._flush_table()
                self._keep(plain(line))
                if self._size > BLOCK_CHARACTERS and not line:
                    yield from self._flush()
        yield from self._flush()

    def _front_matter(self) -> str:
        """Pass over it, but for a title; the line after it."""
        for raw in self._lines:
            if raw.strip() in ("---", "..."):
                break
            name, _, value = raw.partition(":")
            if name.strip() == "title":
                self._title = value.strip().strip("\"'")
        return next(self._lines, "").rstrip()

    def _enter(self, level: int, text: str) -> None:
        self._title = self._title or (text if level == 1 else "")
        self._headings.enter(level, text)

    def _keep(self, line: str) -> None:
        self._text.append(line)
        self._size += len(line)

    def _flush(self) -> Iterator[Document]:
        yield from self._flush_table()
        yield from self._flush_text()

    def _flush_text(self) -> Iterator[Document]:
        text = "\n".join(self._text).strip("\n")
        self._text, self._size = [], 0
        if text:
            yield block("prose", text, section=str(self._headings), title=self._title)

    def _flush_table(self) -> Iterator[Document]:
        if not self._table:
            return
        lines, self._table = self._table, []
        rows = [cells(line) for line in lines if not _RULE.match(line)]
        if text := "\n".join(table_lines(rows)):
            yield from self._flush_text()
            yield block("table", text, section=str(self._headings), title=self._title)


def cells(line: str) -> list[str]:
    """The cells of a table's row."""
    return [plain(cell.replace("\\|", "|").strip()) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def plain(line: str) -> str:
    """A line without emphasis, links' targets and comments; the words stay."""
    line = _COMMENT.sub("", _CODE.sub(r"\2", line))
    line = _AUTOLINK.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(r"\1", line)))
    return _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", line))
