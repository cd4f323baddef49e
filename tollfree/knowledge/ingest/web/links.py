"""Where a page leads."""

from dataclasses import dataclass
from itertools import islice

import httpx

from tollfree.knowledge.ingest.loaders.html import parsed

MAX_LINKS = 5_000
"""Of a page that are kept."""
MAX_ANCHORS = 20_000
"""Of a page that are looked at: the same link many times, and links to other hosts, among them."""
MAX_URL_CHARACTERS = 2_000
"""A longer address is made by a machine, for machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a page leads."""

    urls: tuple[str, ...] = ()
    """In order, each once, without fragments."""
    all: bool = True
    """Whether there are no more than these."""


def links_in(body: bytes, base: str) -> Links:
    """The pages of the same host that a page links to."""
    tree = parsed(body.decode("utf-8", "replace"))
    if tree is None:
        return Links()
    home = httpx.URL(base)
    for element in islice(tree.iter("base"), 1):
        home = _joined(home, element.get("href", "")) or home
    found: dict[str, None] = {}
    anchors = tree.iter("a", "area")
    for element in islice(anchors, MAX_ANCHORS):
        follow = "nofollow" not in element.get("rel", "").lower()
        url = _joined(home, element.get("href", "")) if follow else None
        if url is not None and same_host(str(url), base) and len(str(url)) <= MAX_URL_CHARACTERS:
            found[str(url)] = None
        if len(found) >= MAX_LINKS:
            break
    return Links(urls=tuple(found), all=next(anchors, None) is None)


def same_host(one: str, other: str) -> bool:
    """Whether two URLs are of the same host and port; http and https are one."""
    first, second = httpx.URL(one), httpx.URL(other)
    return (first.host, first.port) == (second.host, second.port)


def _joined(home: httpx.URL, reference: str) -> httpx.URL | None:
    try:
        url = home.join(reference.strip())
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    if not reference.strip() or url.scheme not in ("http", "https") or not url.host:
        return None
    return url.copy_with(fragment=None)
