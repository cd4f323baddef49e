"""Plain text: paragraphs, as they stand."""

from collections.abc import Iterator

from langchain_core.documents import Document
from typing_extensions import override

from tollfree.knowledge.ingest.block import block
from tollfree.knowledge.ingest.decoding import decoded_lines
from tollfree.knowledge.ingest.loaders.base import FileLoader

BLOCK_CHARACTERS = 20_000
"""A block ends at the first empty line after so many, or at any line after twice as many."""


class TextLoader(FileLoader):
    """Yields some pages' worth of text at a time."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        lines: list[str] = []
        size = 0
        for line in decoded_lines(self.file, self.faults):
            lines.append(line.rstrip())
            size += len(line)
            if size > BLOCK_CHARACTERS and (not lines[-1] or size > 2 * BLOCK_CHARACTERS):
                yield block("prose", "\n".join(lines))
                lines, size = [], 0
        yield block("prose", "\n".join(lines))
