"""Where a page leads, and the pages that a sitemap lists."""

import gzip
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.loaders.html import parsed

MAX_LINKS = 5_000
"""Of a page."""
MAX_URL_CHARACTERS = 2_000
"""A longer address is made by a machine, for machines."""
MAX_SITEMAP_BYTES = 64 << 20
"""Of a sitemap, unpacked (the protocol says 50 MB)."""


def links_in(body: bytes, base: str) -> tuple[str, ...]:
    """The pages of the same host that a page links to, in order, each once, without fragments."""
    tree = parsed(body.decode("utf-8", "replace"))
    if tree is None:
        return ()
    home = httpx.URL(base)
    for element in tree.iter("base"):
        home = _joined(home, element.get("href", "")) or home
    found: dict[str, None] = {}
    for element in tree.iter("a", "area"):
        follow = "nofollow" not in element.get("rel", "").lower()
        url = _joined(home, element.get("href", "")) if follow else None
        if url is not None and same_host(str(url), base) and len(str(url)) <= MAX_URL_CHARACTERS:
            found[str(url)] = None
        if len(found) >= MAX_LINKS:
            break
    return tuple(found)


def same_host(one: str, other: str) -> bool:
    """Whether two URLs are of the same host and port; http and https are one."""
    first, second = httpx.URL(one), httpx.URL(other)
    return (first.host, first.port) == (second.host, second.port)


def listed_in(body: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pages, and the further sitemaps, of a sitemap. Raises `BadDocument`."""
    text = _unpacked(body)
    if b"<!DOCTYPE" in text[:65_536] or b"<!ENTITY" in text[:65_536]:
        raise BadDocument("bomb", "The sitemap declares entities of its own, so it was not read.")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # the last: of an encoding that is none
        raise BadDocument("damaged", f"The sitemap is not XML: {error}.", "Crawl the site instead.") from error
    urls = tuple(_locations(root))
    return ((), urls) if root.tag.endswith("sitemapindex") else (urls, ())


def _locations(root: ElementTree.Element) -> Iterator[str]:
    for entry in root:
        for part in entry:
            if part.tag.rpartition("}")[2] == "loc" and part.text:
                yield part.text.strip()


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, MAX_SITEMAP_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BadDocument("damaged", "The sitemap's compression is damaged.") from error
    if len(unpacked) > MAX_SITEMAP_BYTES:
        raise BadDocument("bomb", f"The sitemap unfolds to more than {MAX_SITEMAP_BYTES >> 20} MB.")
    return unpacked


def _joined(home: httpx.URL, reference: str) -> httpx.URL | None:
    try:
        url = home.join(reference.strip())
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    if not reference.strip() or url.scheme not in ("http", "https") or not url.host:
        return None
    return url.copy_with(fragment=None)
