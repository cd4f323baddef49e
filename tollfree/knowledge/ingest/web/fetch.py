"""Fetches a page: only where the guard allows, and within limits of time, size and redirects."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpx

from tollfree import __version__
from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.network.errors import HostRefused
from tollfree.network.guard import Guard
from tollfree.network.transport import GuardedTransport

AGENT = "tollfree"
"""The name that robots.txt knows it by."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READABLE = (
    "text/",
    "application/pdf",
    "application/json",
    "application/xml",
    "application/xhtml+xml",
    "+xml",
    "+json",
)
_DOCUMENTS = ("application/vnd.openxmlformats-officedocument", "application/octet-stream", "application/gzip", "x-gzip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one page."""

    total_s: float = 30.0
    """Seconds from the first byte sent to the last received, redirects included."""
    max_bytes: int = 32 << 20
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a server answered."""

    url: str
    """Where it was found in the end."""
    body: bytes = b""
    content_type: str = ""
    """Without parameters, in lower case."""
    etag: str = ""
    modified: str = ""
    unchanged: bool = False
    """The server says that it is as it was; there is no body."""


def anywhere(url: str) -> None:
    """Every redirect is followed, as far as the guard allows it."""


class Fetcher:
    """Serves one job; close it at its end."""

    def __init__(
        self, guard: Guard, *, transport: httpx.AsyncBaseTransport | None = None, limits: Limits = Limits()
    ) -> None:
        """`transport`: None for a `GuardedTransport` of its own; a given one answers for where it connects to."""
        self._guard = guard
        self._abroad = Guard((), any_public=True)
        """Of where another host redirects to: what is allowed in a private network is not meant for those."""
        self._transport = transport if transport is not None else GuardedTransport(guard)
        self._limits = limits

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def fetch(
        self, url: str, *, etag: str = "", modified: str = "", hold: Callable[[str], None] = anywhere
    ) -> Page:
        """The page, or that it has not changed since it had this `etag` or `modified`. `hold` is given the target of
        each redirect before it is asked for, and raises `BadDocument` where that may not be. Raises `BadDocument`."""
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._follow(httpx.URL(url), _headers(etag, modified), hold)
        except TimeoutError as error:
            raise BadDocument(
                "timeout",
                f"It was not complete within {self._limits.total_s:g} seconds.",
                "Try again later, or add a saved copy of it.",
                retryable=True,
            ) from error
        except httpx.InvalidURL as error:
            raise BadDocument("bad_redirect", f"It leads to an address that cannot be read: {error}.") from error

    async def _follow(self, url: httpx.URL, headers: dict[str, str], hold: Callable[[str], None]) -> Page:
        home = (url.host, url.port)
        for _ in range(self._limits.max_redirects + 1):
            with _told(url):
                checked = (self._guard if (url.host, url.port) == home else self._abroad).check_url(url)
                request = httpx.Request("GET", checked.copy_with(fragment=None), headers=headers)
                response = await self._transport.handle_async_request(request)
                response.request = request
                try:
                    if response.status_code not in _REDIRECTS:
                        return await self._answer(checked, response)
                    target = response.headers.get("location", "")
                    if not target:
                        raise BadDocument("bad_redirect", "It redirects, and does not say where to.")
                    url = checked.join(target)
                    hold(str(url))
                finally:
                    await response.aclose()
        raise BadDocument("bad_redirect", f"It redirects more than {self._limits.max_redirects} times.")

    async def _answer(self, url: httpx.URL, response: httpx.Response) -> Page:
        status = response.status_code
        found = Page(
            url=str(url.copy_with(fragment=None)),
            etag=response.headers.get("etag", ""),
            modified=response.headers.get("last-modified", ""),
        )
        if status == 304:
            return replace(found, unchanged=True)
        if not 200 <= status < 300:
            raise _bad_status(status)
        content_type, _, parameters = response.headers.get("content-type", "").lower().partition(";")
        content_type = content_type.strip()
        if content_type and not _readable(content_type):
            raise BadDocument("not_supported", f"It is {content_type}, which holds no text to read.")
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > self._limits.max_bytes:
                raise BadDocument(
                    "too_large",
                    f"It is larger than {self._limits.max_bytes >> 20} MB.",
                    "Save it as a file, and add that.",
                )
        return replace(found, body=_in_utf8(bytes(body), content_type, parameters), content_type=content_type)


def _headers(etag: str, modified: str) -> dict[str, str]:
    headers = {"user-agent": f"{AGENT}/{__version__}", "accept": "text/html, */*;q=0.5", "accept-encoding": "identity"}
    marks = {"if-none-match": etag, "if-modified-since": modified}
    return headers | {name: mark for name, mark in marks.items() if mark and mark.isascii()}


def _readable(content_type: str) -> bool:
    return content_type.startswith((*_READABLE, *_DOCUMENTS)) or content_type.endswith(_READABLE)


def _in_utf8(body: bytes, content_type: str, parameters: str) -> bytes:
    """Text whose encoding the server tells, in UTF-8."""
    _, _, name = parameters.partition("charset=")
    name = name.partition(";")[0].strip().strip("\"'")
    if not name or name in ("utf-8", "utf8") or not content_type.startswith("text/"):
        return body
    try:
        return body.decode(name, "replace").encode()
    except (LookupError, ValueError):  # a name that is none, or a codec that is not for pages, such as `idna`
        return body


def _bad_status(status: int) -> BadDocument:
    remedy = {404: "Check the address.", 410: "It was taken away for good.", 401: "It asks for a password."}.get(
        status,
        "Try again later." if status >= 500 or status == 429 else "Check that it can be seen without signing in.",
    )
    return BadDocument(
        f"http_{status}", f"The server answered {status}.", remedy, retryable=status >= 500 or status == 429
    )


@contextmanager
def _told(url: httpx.URL) -> Generator[None]:
    """The connection's errors in this room's words."""
    try:
        yield
    except HostRefused as refused:
        raise BadDocument("forbidden_host", f"{refused.message[:1].upper()}{refused.message[1:]}.") from refused
    except httpx.TimeoutException as error:
        raise BadDocument(
            "timeout", f"{url.host} did not answer in time.", "Try again later.", retryable=True
        ) from error
    except httpx.TransportError as error:
        raise BadDocument(
            "unreachable",
            f"There was no connection to {url.host}, or it broke.",
            "Check the address, and that the site is up.",
            retryable=True,
        ) from error
    except httpx.DecodingError as error:
        raise BadDocument("damaged", "Its compression is damaged.", "Try again later.") from error
