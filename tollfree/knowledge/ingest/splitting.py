"""Blocks to passages: sizes in the embedder's tokens, headings counted with their text, rows cut only if very long."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

TARGET_TOKENS = 200
"""Of a passage with its headings: a few sentences, which a question about one of them still finds."""
LEAST_TOKENS = 48
"""Left to the text however long its headings are."""
ROW_TOKENS = 8
"""Times the target: a longer row holds a text in a cell, and is divided like prose."""
MAX_CHARACTERS = 10_000
"""Of a passage, however few tokens the embedder makes of them: of a word that it does not know it makes one."""
MAX_HEADING_CHARACTERS = 400
"""Of a title, and of the headings above a passage, which every passage carries; a longer one is a text by itself."""
MAX_TOGETHER = 100_000
"""Characters of a text that are divided at once."""

_SEPARATORS = [r"\n\s*\n", r"(?<=[.!?])\s+(?=[\"'(\[]?[A-ZÀ-Þ0-9])|(?<=[。！？])", r"\n", r"(?<=[;:,])\s+", r"\s+"]
"""Paragraphs, sentences, lines, clauses, words."""
_SPACE = re.compile(r"\s")

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
        above, room = ("", ""), self._target
        for block in blocks:
            before, above = above, _above(block, title)
            metadata = {
                **block.metadata,
                "title": _shortened(above[0]),
                "section": _shortened(above[1]),
                "place": _shortened(block.metadata["place"]),
            }
            texts: list[Iterator[str]] = []
            if above != before:  # of a sheet's rows it is always the same
                room = max(LEAST_TOKENS, self._target - self._tokens(f"{metadata['title']} > {metadata['section']}"))
                longer = [now for now, was in zip(above, before, strict=True) if now != was and now != _shortened(now)]
                texts = [self._prose(text, room) for text in longer]
            for text in chain(*texts, self._texts(block, room)):
                if text.strip():
                    yield Document(page_content=text, metadata=metadata)

    def _texts(self, block: Document, room: int) -> Iterator[str]:
        shape, text = block.metadata["shape"], block.page_content
        if shape == "prose":
            yield from self._prose(text, room)
        elif shape == "table":
            yield from self._rows(text.split("\n"), room)
        else:
            yield from self._row(text, room)

    def _row(self, text: str, room: int) -> Iterator[str]:
        most = ROW_TOKENS * room
        if len(text) > MAX_CHARACTERS or (len(text) > most and self._tokens(text) > most):
            yield from self._prose(text, room)
        else:
            yield text

    def _rows(self, rows: Iterable[str], room: int) -> Iterator[str]:
        """As many rows together as there is room for, each whole unless it is longer than a passage may be."""
        kept: list[str] = []
        size = length = 0
        for row in (part for whole in rows for part in pieces(whole, MAX_CHARACTERS)):
            tokens = self._tokens(row)
            if kept and (size + tokens > room or length + len(row) > MAX_CHARACTERS):
                yield "\n".join(kept)
                kept, size, length = [], 0, 0
            kept.append(row)
            size += tokens
            length += len(row) + 1
        if kept:
            yield "\n".join(kept)

    def _prose(self, text: str, room: int) -> Iterator[str]:
        for part in pieces(text, MAX_TOGETHER):
            yield from self._divided(part, room)

    def _divided(self, text: str, room: int) -> Iterator[str]:
        if len(text) <= room or (len(text) <= MAX_CHARACTERS and self._tokens(text) <= room):
            yield text.strip()  # no token is shorter than a letter
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
            yield from pieces(piece, MAX_CHARACTERS)
            return
        step = min(MAX_CHARACTERS, max(1, int(len(piece) * room / tokens)))
        for start in range(0, len(piece), step):
            yield piece[start : start + step]


def pieces(text: str, most: int) -> Iterator[str]:
    """The text in pieces of so many characters at most, cut at its last space where there is one in the second half.
    Every character is in exactly one of them."""
    start = 0
    while len(text) - start > most:
        end = start + most
        spaces = [found.end() for found in _SPACE.finditer(text, end - most // 2, end)]
        end = spaces[-1] if spaces else end
        yield text[start:end]
        start = end
    yield text[start:]


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_HEADING_CHARACTERS else f"{text[: MAX_HEADING_CHARACTERS - 1].rstrip()}…"


def _above(block: Document, title: str) -> tuple[str, str]:
    """The title and the headings above a block."""
    title = block.metadata["title"] or title
    return title, _without_title(block.metadata["section"], title)


def _without_title(section: str, title: str) -> str:
    """The headings without the outermost, where that is the title again."""
    first, _, rest = section.partition(" > ")
    return rest if re.sub(r"\W+", "", first).lower() == re.sub(r"\W+", "", title).lower() else section
