"""Where a project's requests may go: of its tools, and of its web pages. Pure: it is asked before a request, at each
redirect, and with the resolved address before a socket opens."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from tollfree.network.address import METADATA_NAMES, Address, Reach, looks_numeric, parse_address, reach_of
from tollfree.network.errors import BadAllowedHosts, HostRefused

DEFAULT_PORTS = {"http": 80, "https": 443}
"""The schemes a request may use, with the port each implies."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_INTERNAL_SUFFIXES = (
    ".localhost",  # RFC 6761
    ".local",  # RFC 6762
    ".internal",  # reserved by ICANN, 2024
    ".home.arpa",  # RFC 8375
    *(".intranet", ".private", ".corp", ".home", ".lan"),  # RFC 6762, appendix G
)


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """One entry of the owner's list."""

    host: str
    """As `normal_host` gives it."""
    port: int | None = None
    """None: any port."""

    def matches(self, host: str, port: int) -> bool:
        """Whether a request there is covered by this entry."""
        return self.host == host and self.port in (None, port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


class Guard:
    """Decides by the project's `allowed_hosts`: each entry is a `host` (any port) or `host:port`.

    Loopback and private addresses need an entry that can mean nothing else: the address itself, `localhost`, a name
    without a dot, or a name under a suffix kept for internal networks. A public name that resolves to a private
    address is refused until the address is listed too, for whoever runs that name's DNS could point it anywhere.
    """

    def __init__(
        self, allowed_hosts: Iterable[str], *, any_public: bool = False, listed_in: str = "tools.yaml"
    ) -> None:
        """`any_public`: the public Internet needs no entry, only what is internal does. `listed_in`: the file that
        a refusal names. Raises `BadAllowedHosts`, with every entry that cannot be read."""
        entries: list[AllowedHost] = []
        faults: list[str] = []
        for text in allowed_hosts:
            entry = _read_entry(text)
            if isinstance(entry, str):
                faults.append(entry)
            else:
                entries.append(entry)
        if faults:
            raise BadAllowedHosts("; ".join(faults))
        self.allowed = tuple(entries)
        self._any_public = any_public
        self._listed_in = listed_in

    def check_url(self, url: httpx.URL) -> httpx.URL:
        """The URL with its host in normal form. Raises `HostRefused` when no request may go there."""
        if url.scheme not in DEFAULT_PORTS:
            raise HostRefused(f"only http and https are allowed, not {url.scheme or 'a URL without scheme'}")
        if url.userinfo:
            raise HostRefused("a URL with a user name or password in it is not allowed; send them in a header")
        host = normal_host(url.raw_host.decode("ascii"))
        if host is None:
            # It is not quoted: it may be a redirect's, made of what was sent.
            raise HostRefused("the host of the URL is not a host name or address in its usual form")
        port = url.port or DEFAULT_PORTS[url.scheme]
        self.check_host(host, port)
        return url.copy_with(host=host)

    def check_host(self, host: str, port: int) -> None:
        """Raises `HostRefused` unless this host, in normal form, is on the list (or public, where that is enough) and
        may ever be reached."""
        place = AllowedHost(host, port)
        address = parse_address(host)
        if host in METADATA_NAMES or (address is not None and reach_of(address) is Reach.NEVER):
            raise HostRefused(f"{place} is never allowed: link-local, metadata or not a single machine")
        if self._any_public and _is_public(host, address):
            return
        if not any(entry.matches(host, port) for entry in self.allowed):
            if self._any_public:
                raise HostRefused(
                    f"{place} is inside a private network; if that is meant, the project's owner can add it to "
                    f"allowed_hosts in {self._listed_in}"
                )
            listed = ", ".join(map(str, self.allowed)) or "none"
            raise HostRefused(
                f"{place} is not among the project's allowed hosts ({listed}); "
                f"its owner can add it to allowed_hosts in {self._listed_in}"
            )

    def check_address(self, host: str, port: int, address: Address) -> None:
        """Raises `HostRefused` unless a connection for this allowed host may go to this address."""
        reach = reach_of(address)
        if reach is Reach.PUBLIC:
            return
        place = AllowedHost(host, port)
        if reach is Reach.NEVER:
            raise HostRefused(f"{place} leads to {address}, which is never allowed")
        literal = str(address)
        if means_internal(host) or any(entry.matches(literal, port) for entry in self.allowed):
            return
        raise HostRefused(
            f"{place} leads to the private address {address}; "
            f"if that is meant, its owner can add {AllowedHost(literal, port)} to allowed_hosts as well"
        )


def normal_host(raw: str) -> str | None:
    """A host in its one normal form: lower case, without the root's dot, IDN in its ASCII form, an address as
    the standard writes it. None when it has no such form (`0x7f.1`, `2130706433`, `a..b`, `%31.com`, `fe80::1%eth0`).
    """
    host = raw.lower().removeprefix("[").removesuffix("]")
    address = parse_address(host)
    if address is not None:
        return None if "%" in host else str(address)
    host = host.removesuffix(".")
    if not host or len(host) > 253 or looks_numeric(host):
        return None
    return host if all(_LABEL.fullmatch(label) for label in host.split(".")) else None


def means_internal(host: str) -> bool:
    """Whether a host in normal form can only be meant for an internal network."""
    return parse_address(host) is not None or "." not in host or host.endswith(_INTERNAL_SUFFIXES)


def _is_public(host: str, address: Address | None) -> bool:
    """Whether a host in normal form is one of the public Internet, as far as its writing tells."""
    return reach_of(address) is Reach.PUBLIC if address is not None else not means_internal(host)


def _read_entry(text: str) -> AllowedHost | str:
    """An entry of the list, or a sentence on what is wrong with it."""
    wrong = f"allowed_hosts: {text!r} is not a host or host:port, such as api.example.com or 127.0.0.1:8080"
    if any(character in text for character in "/?#@\\ ") or text.endswith(":"):
        return wrong
    is_bare_ipv6 = text.count(":") > 1 and not text.startswith("[")
    try:
        url = httpx.URL(f"http://[{text}]" if is_bare_ipv6 else f"http://{text}")
    except httpx.InvalidURL:
        return wrong
    host = normal_host(url.raw_host.decode("ascii"))
    # httpx drops a scheme's own port.
    port = 80 if url.port is None and text.endswith(":80") and not is_bare_ipv6 else url.port
    if host is None or (port is not None and not 0 < port < 65536):
        return wrong
    return AllowedHost(host, port)
