"""The pages of a source: one, those of a sitemap, or those that a crawl of one site comes by."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from tollfree.knowledge.ingest.errors import BadDocument, BadSource
from tollfree.knowledge.ingest.fault import Fault
from tollfree.knowledge.ingest.source import KnownDocument, Source, SourceKind, normal_url
from tollfree.knowledge.ingest.web.fetch import AGENT, Fetcher, Page
from tollfree.knowledge.ingest.web.links import MAX_LINKS, Links, links_in, same_host
from tollfree.knowledge.ingest.web.robots import NOTHING, Robots, read_robots
from tollfree.knowledge.ingest.web.sitemap import read_sitemap
from tollfree.protocol.clock import Clock

MAX_SITEMAPS = 50
"""That one sitemap may lead to."""
CRAWL_S = 3600.0
"""Seconds that one source may take, however slowly its pages come."""
KNOWN_PER_PAGE = 4
"""Addresses that are remembered for each page of the limit, and `KNOWN_AT_LEAST`: some are closed, dead or doubles."""
KNOWN_AT_LEAST = 100

_GONE = ("http_404", "http_410")
_ELSEWHERE = ("moved", "robots")
"""A redirect that was not followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """A page, or why there is none."""

    url: str
    page: Page | None = None
    links: tuple[str, ...] = ()
    error: BadDocument | None = None

    @property
    def gone(self) -> bool:
        """Whether the server says that there is no such page (any more)."""
        return self.error is not None and self.error.code in _GONE

    @property
    def elsewhere(self) -> bool:
        """Whether it redirects to where no link of its site may lead."""
        return self.error is not None and self.error.code in _ELSEWHERE


class PagesOf:
    """Goes through one source. `faults` has what concerns it as a whole; `complete` says whether nothing was missed
    that might still be there."""

    def __init__(
        self, source: Source, known: Mapping[str, KnownDocument], recipe: str, fetcher: Fetcher, clock: Clock
    ) -> None:
        """`known`: its documents; one that was read by the same `recipe` is only asked for when it has changed."""
        self._source = source
        self._known = known
        self._recipe = recipe
        self._fetcher = fetcher
        self._clock = clock
        self._bodies: set[bytes] = set()
        self._robots = Robots()
        self._closed = 0
        self._dead = 0
        self._left_out = False
        """Whether addresses were found that are not remembered."""
        self._most_known = KNOWN_PER_PAGE * source.pages + KNOWN_AT_LEAST
        self._fetches = 2 * source.pages + 10
        self.faults: list[Fault] = []
        self.complete = True

    async def found(self) -> AsyncGenerator[FoundPage]:
        """Every page once, as it is fetched."""
        source = self._source
        if source.kind is SourceKind.PAGE:
            yield await self._fetch(source.id)
            return
        self._robots = await self._rules()
        first = await self._listed() if source.kind is SourceKind.SITEMAP else [source.id]
        began = self._clock.elapsed_ms()
        waiting, seen = deque((url, 0) for url in first), set(first)
        kept = fetched = 0
        while waiting and kept < source.pages and fetched < self._fetches:
            if self._clock.elapsed_ms() - began > CRAWL_S * 1000:
                self._tell("limit", f"It took more than {CRAWL_S / 60:.0f} minutes, and was broken off.")
                self.complete = False
                break
            url, depth = waiting.popleft()
            if not self._robots.allows(url):
                self._closed += 1
                continue
            if fetched and self._robots.delay_s:
                await self._clock.sleep(self._robots.delay_s)
            fetched += 1
            found = await self._fetch(url)
            if found.url != url and found.url in seen or self._is_none_of_ours(found):
                continue
            seen.add(found.url)
            kept += found.error is None
            yield found
            if depth < source.depth:
                waiting.extend((link, depth + 1) for link in self._new(found.links, seen))
        self._tell_limits(len(waiting))

    def _new(self, links: Iterable[str], seen: set[str]) -> Iterator[str]:
        """Those that are not known yet, as far as there is room to remember them."""
        for link in links:
            if link in seen:
                continue
            if len(seen) >= self._most_known:
                self._left_out = True
                return
            seen.add(link)
            yield link

    def _tell_limits(self, waiting: int) -> None:
        pages = self._source.pages
        if waiting:
            known = f"{'more than ' if self._left_out else ''}{waiting} more known"
            self._tell(
                "limit",
                f"The limit of {pages} pages was reached with {known}.",
                "Add it again with a higher --crawl if they matter.",
            )
        elif self._left_out:
            self._tell(
                "limit",
                f"It has more links than are remembered for a limit of {pages} pages; the others were left out.",
                "Add it again with a higher --crawl, or add its parts, if they matter.",
            )
        self.complete &= not waiting and not self._left_out
        if self._closed:
            self._tell("robots", f"{self._closed} of its pages are closed to programs by the site's robots.txt.")
        if self._dead:
            self._tell("dead_links", f"{self._dead} links within the site lead to pages that are not there.")

    async def _fetch(self, url: str) -> FoundPage:
        known = self._known.get(url)
        fresh = known is not None and known.hash.startswith(f"{self._recipe}:")
        etag, modified = (known.etag, known.modified) if known is not None and fresh else ("", "")
        try:
            page = await self._fetcher.fetch(url, etag=etag, modified=modified, hold=self._hold)
        except BadDocument as error:
            found = FoundPage(url=url, error=error)
            self.complete &= found.gone or (found.elsewhere and url != self._source.id)
            return found
        if page.unchanged:
            urls = known.links if known is not None else ()
            self._left_out |= len(urls) >= MAX_LINKS
            return FoundPage(url=url, page=page, links=urls)
        links = Links()
        if self._source.kind is SourceKind.SITE and page.content_type in ("", "text/html", "application/xhtml+xml"):
            links = await asyncio.to_thread(links_in, page.body, page.url)
            self._left_out |= not links.all
        return FoundPage(url=page.url, page=page, links=links.urls)

    def _hold(self, target: str) -> None:
        """A redirect leads only where a link may: what a person named by itself goes wherever it goes."""
        if self._source.kind is SourceKind.PAGE:
            return
        if not same_host(target, self._source.id):
            raise BadDocument("moved", f"It leads to another host: {target}.", "Add that address instead.")
        if not self._robots.allows(target):
            raise BadDocument("robots", f"It leads to {target}, which the site's robots.txt closes to programs.")

    def _is_none_of_ours(self, found: FoundPage) -> bool:
        """What a crawl comes by and nobody misses: what leads elsewhere, a picture, a dead link, a page once more."""
        if found.elsewhere and found.url != self._source.id:
            self._closed += found.error is not None and found.error.code == "robots"
            return True
        if found.error is not None and found.url != self._source.id and found.url not in self._known:
            dead = self._source.kind is SourceKind.SITE and found.gone
            self._dead += dead
            return dead or found.error.code == "not_supported"
        return self._is_twin(found)

    def _is_twin(self, found: FoundPage) -> bool:
        """The same bytes under another address: a site that loops has no end of them."""
        if found.page is None or not found.page.body:
            return False
        digest = hashlib.sha256(found.page.body).digest()
        twin = digest in self._bodies
        self._bodies.add(digest)
        return twin

    async def _rules(self) -> Robots:
        url = str(httpx.URL(self._source.id).copy_with(path="/robots.txt", query=None))
        try:
            page = await self._fetcher.fetch(url)
        except BadDocument as error:
            if error.code.startswith("http_4"):
                return Robots()
            if error.code.startswith("http_5"):
                self.complete = False
                self._tell("robots", "The site's robots.txt cannot be had, so nothing was read.", "Try again later.")
                return NOTHING
            return Robots()  # the pages will tell it better
        return read_robots(page.body.decode("utf-8", "replace"), AGENT)

    async def _listed(self) -> list[str]:
        """The pages of the sitemap and of those that it leads to, of its own host."""
        sitemaps, seen, pages = deque([self._source.id]), {self._source.id}, dict[str, None]()
        while sitemaps and len(pages) < self._most_known:
            url = sitemaps.popleft()
            try:
                page = await self._fetcher.fetch(url, hold=self._hold)
                listed = await asyncio.to_thread(read_sitemap, page.body)
            except BadDocument as error:
                self.complete = False
                self.faults.append(Fault.of(url, error))
                continue
            pages.update(await asyncio.to_thread(self._own, listed.pages, self._most_known))
            for one in await asyncio.to_thread(self._own, listed.sitemaps, MAX_SITEMAPS):
                if one not in seen and len(seen) < MAX_SITEMAPS and self._robots.allows(one):
                    seen.add(one)
                    sitemaps.append(one)
        self.complete &= not sitemaps
        self._left_out |= len(pages) > self._most_known
        return list(pages)[: self._most_known]

    def _own(self, urls: Sequence[str], most: int) -> dict[str, None]:
        """Of the sitemap's own host, each once and one more than so many at most; what is no URL is passed over."""
        own: dict[str, None] = {}
        for text in urls:
            try:
                url = normal_url(text)
            except BadSource:
                continue
            if same_host(url, self._source.id):
                own[url] = None
            if len(own) > most:
                break
        return own

    def _tell(self, code: str, message: str, remedy: str = "") -> None:
        self.faults.append(Fault(document=self._source.id, code=code, message=message, remedy=remedy))
