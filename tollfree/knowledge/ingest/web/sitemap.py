"""The pages that a sitemap lists. It is XML of a stranger, so it is read as it comes, within limits of its own."""

import zlib
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.web.links import MAX_URL_CHARACTERS

MAX_BYTES = 64 << 20
"""Of a sitemap, unpacked (the protocol says 50 MB)."""
MAX_ELEMENTS = 1_000_000
"""Of a sitemap: the protocol's 50,000 pages, each with translations and pictures; read in about a second."""
MAX_DEPTH = 16
"""Elements within elements; the protocol's own stand three deep."""

_ENTRY_DEPTH = 3
"""Where an address stands: `urlset > url > loc`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Addresses as they are written, in order."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """That it leads to."""


def read_sitemap(body: bytes) -> Sitemap:
    """What a sitemap lists, gzipped or not. Raises `BadDocument`: of what is damaged, what declares entities of its
    own in whatever encoding, and what is larger than any real one."""
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.take
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    try:
        parser.Parse(_unpacked(body), True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: of an encoding that is none
        raise BadDocument("damaged", f"The sitemap is not XML: {error}.", "Crawl the site instead.") from error
    found = tuple(reading.found)
    return Sitemap(sitemaps=found) if reading.root == "sitemapindex" else Sitemap(pages=found)


@dataclass(slots=True)
class _Reading:
    """Takes what the parser comes by."""

    root: str = ""
    found: list[str] = field(default_factory=list[str])
    _elements: int = 0
    _depth: int = 0
    _address: list[str] | None = None
    """The parts of the address that is being read."""

    def begin(self, name: str, attributes: object) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise BadDocument(
                "too_large",
                f"The sitemap has more than {MAX_ELEMENTS:,} elements, or more than {MAX_DEPTH} within each other.",
                "Crawl the site instead.",
            )
        local = name.rpartition(":")[2]
        if self._depth == 1:
            self.root = local
        if self._depth == _ENTRY_DEPTH and local == "loc":
            self._address = []

    def end(self, name: str) -> None:
        if self._depth == _ENTRY_DEPTH and self._address is not None:
            address = "".join(self._address).strip()
            self._address = None
            if 0 < len(address) <= MAX_URL_CHARACTERS:
                self.found.append(address)
        self._depth -= 1

    def take(self, text: str) -> None:
        if self._address is not None:
            self._address.append(text[: MAX_URL_CHARACTERS + 1])


def _refuse_declaration(*declared: object) -> NoReturn:
    raise BadDocument("bomb", "The sitemap declares a document type of its own, so it was not read.")


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise BadDocument("damaged", "The sitemap's compression is damaged.") from error
    if len(unpacked) > MAX_BYTES:
        raise BadDocument("bomb", f"The sitemap unfolds to more than {MAX_BYTES >> 20} MB.")
    return unpacked
