"""CSV: a row is a passage, with its columns' headings. Streamed: memory holds a row."""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from langchain_core.documents import Document
from typing_extensions import override

from tollfree.knowledge.ingest.block import block, long_headings, row_line
from tollfree.knowledge.ingest.decoding import decoded_lines
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.loaders.base import FileLoader

MAX_CELL_CHARACTERS = 1 << 20
"""A longer cell is a quotation mark that never closes."""
SAMPLE_LINES = 50


class CsvLoader(FileLoader):
    """The first row with something in it is the headings."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        csv.field_size_limit(MAX_CELL_CHARACTERS)
        lines = decoded_lines(self.file, self.faults)
        sample = list(islice(lines, SAMPLE_LINES))
        rows = csv.reader(chain(sample, lines), delimiter=delimiter_of(sample))
        headings: list[str] | None = None
        found = False
        try:
            for number, row in enumerate(rows, start=1):
                if not any(cell.strip() for cell in row):
                    continue
                if headings is None:
                    headings = row
                    if text := long_headings(row):
                        found = True
                        yield block("row", text, place=f"row {number}")
                    continue
                if text := row_line(headings, row):
                    found = True
                    yield block("row", text, place=f"row {number}")
        except csv.Error as error:
            raise BadDocument(
                "damaged",
                f"It cannot be read on from line {rows.line_num}: {error}.",
                "Look for a quotation mark there that is not closed.",
            ) from error
        if headings is not None and not found:
            yield block("row", row_line((), headings), place="row 1")


def delimiter_of(lines: list[str]) -> str:
    """The mark that stands equally often in most lines; a comma when none does."""
    best, most = ",", 0.0
    for mark in (",", ";", "\t", "|"):
        counts = Counter(line.count(mark) for line in lines if line.strip())
        if not counts:
            continue
        count, times = counts.most_common(1)[0]
        agreement = times / counts.total() * (1 + min(count, 20) / 100) if count else 0.0
        if agreement > most:
            best, most = mark, agreement
    return best
