"""HTML, of a file or of the web: the main text as trafilatura finds it, under its headings."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, cast

import trafilatura
from langchain_core.documents import Document
from lxml import etree  # pyright: ignore[reportMissingTypeStubs, reportAttributeAccessIssue, reportUnknownVariableType]
from lxml import html as lxml_html  # pyright: ignore[reportMissingTypeStubs] - typed by what is used of it, below
from typing_extensions import override

from tollfree.knowledge.ingest.block import Headings, block, table_lines
from tollfree.knowledge.ingest.decoding import decoded_lines
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.loaders.base import FileLoader

MAX_CHARACTERS = 20_000_000
"""Of a page: its tree is held in memory."""
SHORT = 300
"""Words that a page shows, below which trafilatura takes headings and tables for its frame."""
ENOUGH = 0.3
"""Of the words a page shows: a main text with fewer has missed something."""

_NothingInIt = cast(type[Exception], etree.ParserError)  # pyright: ignore[reportUnknownMemberType]
_ASIDE = (
    "head",
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "footer",
    "form",
    "svg",
    "iframe",
    "button",
    "select",
)
_BREAKS = frozenset("p div section article main li dt dd tr blockquote pre figcaption address body header".split())


class _Element(Protocol):
    """What is used of an element of lxml's trees."""

    @property
    def tag(self) -> object: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    def get(self, name: str, default: str) -> str: ...
    def itertext(self) -> Iterator[str]: ...
    def iter(self, *tags: str) -> Iterator["_Element"]: ...
    def __iter__(self) -> Iterator["_Element"]: ...
    def drop_tree(self) -> None: ...
    def find(self, path: str) -> "_Element | None": ...
    def xpath(self, path: str) -> Sequence["_Element"]: ...


class HtmlLoader(FileLoader):
    """Of a short page, or where trafilatura finds no main text, all that it shows is read but its frame and menus."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        source = "".join(decoded_lines(self.file, self.faults))
        if len(source) > MAX_CHARACTERS:
            raise BadDocument("too_large", f"It is a page of more than {MAX_CHARACTERS // 1_000_000} MB.", "Split it.")
        tree = parsed(source)
        if tree is None:
            return
        title = title_of(tree)
        _drop_frame(tree)
        shown = _words(tree)
        main = _main_text(source, self.url) if shown > SHORT else None
        yield from _Reading(title).blocks(main if main is not None and _words(main) >= ENOUGH * shown else tree)


def _drop_frame(tree: _Element) -> None:
    """Take out what is no text, and lists that are links and little else: menus."""
    for element in tree.xpath("//" + " | //".join(_ASIDE)):
        element.drop_tree()
    for element in tree.xpath("//ul | //ol"):
        links = sum(_words(link) for link in element.iter("a"))
        if links > 2 and links >= 0.8 * _words(element):
            element.drop_tree()


def _words(element: _Element) -> int:
    return sum(len(text.split()) for text in element.itertext())


def parsed(source: str) -> _Element | None:
    """A page as a tree; None when there is nothing in it."""
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False)
    if not source.strip():
        return None
    read = cast("Callable[..., _Element | None]", lxml_html.document_fromstring)  # pyright: ignore[reportUnknownMemberType]
    try:
        return read(source.encode("utf-8", "replace"), parser=parser)
    except _NothingInIt:  # comments and nothing else
        return None


def title_of(tree: _Element) -> str:
    """What the page calls itself."""
    title = tree.find(".//title")
    return " ".join("".join(title.itertext()).split()) if title is not None else ""


def _main_text(source: str, url: str) -> _Element | None:
    found = trafilatura.bare_extraction(
        source,
        url=url or None,
        output_format="xml",  # which keeps its headings
        include_formatting=True,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
    )
    return cast("_Element | None", getattr(found, "body", None))


class _Reading:
    """Walks a tree of HTML, or of trafilatura's XML, whose elements are fewer and named otherwise."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._headings = Headings()
        self._text: list[str] = []

    def blocks(self, tree: _Element) -> Iterator[Document]:
        yield from self._walk(tree)
        yield from self._flush()

    def _walk(self, element: _Element) -> Iterator[Document]:
        tag = element.tag
        if not isinstance(tag, str) or tag == "title":
            return
        level = _level(element)
        if level:
            yield from self._flush()
            self._headings.enter(level, "".join(element.itertext()))
        elif tag == "table":
            yield from self._flush()
            rows = [_cells(row) for row in element.iter("tr", "row")]
            if lines := table_lines([row for row in rows if row]):
                yield block("table", "\n".join(lines), section=str(self._headings), title=self._title)
        else:
            breaks = tag in _BREAKS or tag in ("item", "list", "quote", "code")
            if breaks:
                self._text.append("\n- " if tag in ("li", "item") else "\n\n" if tag in ("p", "list") else "\n")
            elif tag in ("br", "lb"):
                self._text.append("\n")
            self._say(element.text)
            for child in element:
                yield from self._walk(child)
                self._say(child.tail)
            if breaks:
                self._text.append("\n")

    def _say(self, text: str | None) -> None:
        if text:
            lead = " " if text[0].isspace() else ""
            trail = " " if text[-1].isspace() else ""
            self._text.append(lead + " ".join(text.split()) + trail)

    def _flush(self) -> Iterator[Document]:
        lines = [" ".join(line.split()) for line in "".join(self._text).split("\n")]
        self._text = []
        kept = [line for at, line in enumerate(lines) if (line and line != "-") or (at and lines[at - 1])]
        if text := "\n".join(kept).strip():
            yield block("prose", text, section=str(self._headings), title=self._title)


def _level(element: _Element) -> int:
    """Of a heading, 1 to 6; else 0. Trafilatura's are `head` with `rend`."""
    name = element.get("rend", "h2") if element.tag == "head" else str(element.tag)
    return int(name[1]) if len(name) == 2 and name[0] == "h" and name[1] in "123456" else 0


def _cells(row: _Element) -> list[str]:
    return [" ".join("".join(cell.itertext()).split()) for cell in row if cell.tag in ("td", "th", "cell")]
