"""What a project's knowledge comes from: sources, as they were added, and the documents found in each."""

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

import httpx

from tollfree.knowledge.ingest.errors import BadSource
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.folder import special

DEFAULT_DEPTH = 3
"""Links followed from a crawl's first page."""
SITEMAP_PAGES = 500
"""Of a sitemap, unless another limit is given."""
MAX_PAGES = 10_000
MAX_DEPTH = 20

_SPAN = re.compile(r"(\d+)\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SourceKind(StrEnum):
    """How a source's documents are found."""

    FILE = "file"
    FOLDER = "folder"
    """Every file within, whatever is nested."""
    PAGE = "page"
    SITEMAP = "sitemap"
    """Every page that it lists."""
    SITE = "site"
    """A crawl from its first page: the same host only."""

    @property
    def web(self) -> bool:
        """Whether it is fetched."""
        return self in (SourceKind.PAGE, SourceKind.SITEMAP, SourceKind.SITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """As it was added."""

    id: str
    """An absolute path, or a URL."""
    kind: SourceKind
    tags: tuple[str, ...] = ()
    """Every passage of it carries these."""
    pages: int = 1
    """At most so many, of a sitemap or a site."""
    depth: int = 0
    """Links followed from a site's first page."""
    refresh_every_s: int | None = None
    """Seconds after which it is read again, by the server or `refresh --due`; None: by command only."""
    added_at: str = ""
    checked_at: str = ""
    """When it was last gone through to its end, ISO 8601; empty: never."""
    faults: tuple[Fault, ...] = ()
    """Of the source as a whole, when it was last gone through; those of documents are theirs."""

    def is_due(self, now: datetime) -> bool:
        """Whether its time to be read again has come: never, when it has no interval."""
        if self.refresh_every_s is None:
            return False
        if not self.checked_at:
            return True
        return now - datetime.fromisoformat(self.checked_at) >= timedelta(seconds=self.refresh_every_s)

    @classmethod
    def of(
        cls,
        where: str,
        *,
        tags: tuple[str, ...] = (),
        crawl: int | None = None,
        depth: int | None = None,
        refresh_every: str = "",
    ) -> Self:
        """What a person asks to add. `crawl`: pages at most, which makes a URL a site (or limits a sitemap);
        `refresh_every`: `30m`, `12h`, `1d`, `2w`. Raises `BadSource`."""
        every = seconds_of(refresh_every) if refresh_every else None
        tags = tuple(sorted({tag.strip() for tag in tags if tag.strip()}))
        if crawl is not None and not 1 <= crawl <= MAX_PAGES:
            raise BadSource(f"A crawl is of 1 to {MAX_PAGES} pages, not {crawl}.")
        if depth is not None and not 0 <= depth <= MAX_DEPTH:
            raise BadSource(f"A crawl follows 0 to {MAX_DEPTH} links, not {depth}.")
        if "://" in where:
            kind, pages = _web_kind(url := normal_url(where), crawl)
            links = (DEFAULT_DEPTH if depth is None else depth) if kind is SourceKind.SITE else 0
            return cls(id=url, kind=kind, tags=tags, pages=pages, depth=links, refresh_every_s=every)
        if crawl is not None or depth is not None:
            raise BadSource(f"{where} is no URL, so there is nothing to crawl; a folder is read whole.")
        path = Path(os.path.abspath(os.path.expanduser(where)))
        if not os.path.lexists(path):
            raise BadSource(f"There is no {path}. Check the path; a web page begins with https://.")
        try:
            called = special(path)
        except OSError as error:
            raise BadSource(f"{path} cannot be opened: {error.strerror or error}. Check its permissions.") from error
        if called:
            raise BadSource(f"{path} is {called}, not a file or a folder. Save what it holds to a file, and add that.")
        kind = SourceKind.FOLDER if path.is_dir() else SourceKind.FILE
        return cls(id=str(path), kind=kind, tags=tags, refresh_every_s=every)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A document that was found in a source, as it was last read."""

    id: str
    source: str
    state: str
    """`in`: its passages are in the index. `failed`: they are those of an earlier reading, or none."""
    kind: str = ""
    title: str = ""
    hash: str = ""
    """SHA-256 of its bytes and of how it was read; empty: it is read again in any case."""
    etag: str = ""
    modified: str = ""
    """The HTTP header Last-Modified, as it came."""
    links: tuple[str, ...] = ()
    """Of a page: where a crawl goes on."""
    fetched_at: str = ""
    passages: int = 0
    faults: tuple[Fault, ...] = ()


def seconds_of(span: str) -> int:
    """`30m`, `12h`, `1d`, `2w`. Raises `BadSource`."""
    found = _SPAN.fullmatch(span.strip().lower())
    if found is None or int(found[1]) < 1:
        raise BadSource(f"{span!r} is no span of time. Write it as 30m, 12h, 1d or 2w.")
    return int(timedelta(**{_UNITS[found[2]]: int(found[1])}).total_seconds())


def normal_url(text: str) -> str:
    """A URL in the form it is remembered by: without fragment, host in lower case. Raises `BadSource`."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise BadSource(f"{text} is not a URL: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise BadSource(f"{text} is not a web page: a URL begins with https:// or http:// and names a host.")
    return str(url.copy_with(fragment=None, path=url.path or "/"))


def _web_kind(url: str, crawl: int | None) -> tuple[SourceKind, int]:
    path = httpx.URL(url).path.lower()
    if path.endswith((".xml", ".xml.gz")) and "sitemap" in path:
        return SourceKind.SITEMAP, SITEMAP_PAGES if crawl is None else crawl
    return (SourceKind.PAGE, 1) if crawl is None else (SourceKind.SITE, crawl)
