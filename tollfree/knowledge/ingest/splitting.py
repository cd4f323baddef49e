"""Blocks to passages: sizes in the embedder's tokens, headings counted with their text, rows never cut."""

import re
from collections.abc import Callable, Iterable, Iterator

from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

TARGET_TOKENS = 200
"""Of a passage with its headings: a few sentences, which a question about one of them still finds."""
LEAST_TOKENS = 48
"""Left to the text however long its headings are."""
ROW_TOKENS = 8
"""Times the target: a longer row holds a text in a cell, and is divided like prose."""

_SEPARATORS = [r"\n\s*\n", r"(?<=[.!?])\s+(?=[\"'(\[]?[A-ZÀ-Þ0-9])|(?<=[。！？])", r"\n", r"(?<=[;:,])\s+", r"\s+"]
"""Paragraphs, sentences, lines, clauses, words."""

Tokens = Callable[[str], int]
"""How many tokens the embedder makes of a text."""


class Splitter:
    """Cuts the blocks of one document."""

    def __init__(self, tokens: Tokens, target: int = TARGET_TOKENS) -> None:
        """`target`: no more than the embedder reads of a text."""
        self._tokens = tokens
        self._target = target

    def split(self, blocks: Iterable[Document], title: str) -> Iterator[Document]:
        """The passages of the blocks, in order. Every word of a block is in exactly one of its passages.

        `title`: the document's, where a block names none; it is embedded with each passage, and so counted."""
        heading, room = "", self._target
        for block in blocks:
            metadata = dict(block.metadata)
            metadata["title"] = metadata["title"] or title
            metadata["section"] = _without_title(metadata["section"], metadata["title"])
            before, heading = heading, f"{metadata['title']} > {metadata['section']}"
            if heading != before:  # of a sheet's rows it is always the same
                room = max(LEAST_TOKENS, self._target - self._tokens(heading))
            for text in self._texts(block, room):
                if text.strip():
                    yield Document(page_content=text, metadata=metadata)

    def _texts(self, block: Document, room: int) -> Iterator[str]:
        shape, text = block.metadata["shape"], block.page_content
        if shape == "prose":
            yield from self._prose(text, room)
        elif shape == "table":
            yield from self._rows(text.split("\n"), room)
        elif len(text) > ROW_TOKENS * room and self._tokens(text) > ROW_TOKENS * room:
            yield from self._prose(text, room)
        else:
            yield text

    def _rows(self, rows: Iterable[str], room: int) -> Iterator[str]:
        """As many rows together as there is room for."""
        kept: list[str] = []
        size = 0
        for row in rows:
            tokens = self._tokens(row)
            if kept and size + tokens > room:
                yield "\n".join(kept)
                kept, size = [], 0
            kept.append(row)
            size += tokens
        if kept:
            yield "\n".join(kept)

    def _prose(self, text: str, room: int) -> Iterator[str]:
        if len(text) <= room or self._tokens(text) <= room:  # no token is shorter than a letter
            yield text.strip()
            return
        splitter = RecursiveCharacterTextSplitter(
            separators=_SEPARATORS,
            is_separator_regex=True,
            keep_separator="end",
            chunk_size=room,
            chunk_overlap=0,
            length_function=self._tokens,
        )
        for piece in splitter.split_text(text):
            yield from self._unbroken(piece, room)

    def _unbroken(self, piece: str, room: int) -> Iterator[str]:
        """What has no place to cut (letters without a space between them) is cut by length."""
        tokens = self._tokens(piece) if len(piece) > room else 0
        if tokens <= room * 1.25:
            yield piece
            return
        step = max(1, int(len(piece) * room / tokens))
        for start in range(0, len(piece), step):
            yield piece[start : start + step]


def _without_title(section: str, title: str) -> str:
    """The headings without the outermost, where that is the title again."""
    first, _, rest = section.partition(" > ")
    return rest if re.sub(r"\W+", "", first).lower() == re.sub(r"\W+", "", title).lower() else section
