"""A tool and its arguments as one HTTP request, and what a redirect makes of it. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import httpx

from tollfree.calls.tools.arguments import check_arguments
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import BadArguments, BadRedirect, MissingSecret
from tollfree.calls.tools.template import Filling, Placeholder, as_text, parse_template
from tollfree.protocol.values import Value, Values

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Statuses that may send a request elsewhere."""

_BASE_URL = re.compile(r"https?://[^/?#@\s]+(/[^?#\s]*)?", re.IGNORECASE)
_HOST_TEXT = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?")


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """What is sent, but for the headers the client adds."""

    method: str
    url: httpx.URL
    headers: tuple[tuple[str, str], ...] = ()
    """The author's. They may hold secrets, so they never go to another host."""
    content: bytes | None = None
    """A JSON document."""


def build_request(tool: Tool, arguments: Values, secrets: Mapping[str, str]) -> ToolRequest:
    """Fills the tool in. Raises `BadArguments` or `MissingSecret`, with every fault."""
    missing = [name for name in tool.secrets if not secrets.get(name)]
    if missing:
        raise MissingSecret(f"the project has no secret {' and no secret '.join(missing)}")
    filling = Filling(check_arguments(tool.arguments, arguments), {name: secrets[name] for name in tool.secrets})
    return ToolRequest(
        method=tool.method,
        url=_build_url(tool, filling),
        headers=tuple(_header(name, text, filling) for name, text in tool.headers.items() if not filling.absent(text)),
        content=None if tool.body is None else _build_body(tool.body, filling),
    )


def redirect(request: ToolRequest, status: int, location: str) -> ToolRequest:
    """The request that a redirect asks for. Raises `BadRedirect`."""
    try:
        url = request.url.join(location).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise BadRedirect("redirects to something that is not a URL") from None
    if request.url.scheme == "https" and url.scheme != "https":
        raise BadRedirect("redirects from https to a connection that is not secure")
    turned = status == 303 or (status in (301, 302) and request.method == "POST")
    if turned and request.method != "HEAD":
        request = replace(request, method="GET", content=None)
    if _origin(url) != _origin(request.url):
        if request.content is not None:
            raise BadRedirect(f"redirects a request with a body to another host ({url.host})")
        request = replace(request, headers=())
    return replace(request, url=url)


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _build_url(tool: Tool, filling: Filling) -> httpx.URL:
    parts = parse_template(tool.url).parts
    text = ""
    for position, part in enumerate(parts):
        if isinstance(part, str):
            text = text.removesuffix("/") if position == 1 and part.startswith("/") and parts[0] != part else text
            text += part
        else:
            text += _url_part(part, text, filling)
    path = text.split("?", 1)[0]
    if any(segment in (".", "..") for segment in path.split("/")):
        raise BadArguments("a part of the URL's path would be . or .., which leads elsewhere")
    query = urlencode(_query_pairs(tool.query, filling), quote_via=quote, errors="replace")
    if query:
        text += f"{'&' if '?' in text else '?'}{query}"
    try:
        return httpx.URL(text)
    except httpx.InvalidURL:
        # The exception quotes the URL, which may hold a secret.
        raise BadArguments("with these values its URL is too long, or not a URL") from None


def _url_part(place: Placeholder, before: str, filling: Filling) -> str:
    """One value inside the URL; `before` is the URL so far, which tells whether it stands in the host."""
    value = as_text(filling.value(place))
    if not place.secret:
        if not value:
            raise BadArguments(f"{place.name} is empty, and the URL cannot do without it")
        return quote(value, safe="", errors="replace")
    value = value.strip()
    if not before:
        if not _BASE_URL.fullmatch(value):
            raise MissingSecret(f"the secret {place.name} is not the beginning of a URL, such as https://host/path")
        return value
    if re.fullmatch(r"https?://[^/?#]*", before, re.IGNORECASE):
        if not _HOST_TEXT.fullmatch(value):
            raise MissingSecret(f"the secret {place.name} cannot be part of a host name")
        return value
    return quote(value, safe="")


def _query_pairs(query: Mapping[str, str], filling: Filling) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, template in query.items():
        if filling.absent(template):
            continue
        value = filling.fill(template)
        members = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        pairs += [(name, as_text(member)) for member in members]
    return pairs


def _header(name: str, template: str, filling: Filling) -> tuple[str, str]:
    value = filling.text(template).strip()
    if value.isascii() and value.isprintable():
        return name, value
    wrong = f"the header {name} can hold plain ASCII characters only"
    places = parse_template(template).placeholders
    if any(place.secret for place in places):
        names = ", ".join(place.name for place in places if place.secret)
        raise MissingSecret(f"{wrong}: look at the secret {names}")
    raise BadArguments(f"{wrong}: look at {', '.join(place.name for place in places) or 'the definition'}")


def _build_body(template: Value, filling: Filling) -> bytes:
    try:
        return json.dumps(filling.fill(template), allow_nan=False, separators=(",", ":")).encode()
    except ValueError:
        raise BadArguments("a number in the body is not finite") from None
