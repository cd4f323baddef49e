"""Which network addresses a request may reach at all.

After IANA's registries of special-purpose addresses (IPv4, IPv6) and of IPv6's address space, written out here: what
Python's own `is_global` says of them differs from one of its versions to the next.
"""

import ipaddress
from enum import StrEnum
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(StrEnum):
    """What lies behind an address."""

    PUBLIC = "public"
    INTERNAL = "internal"
    """Loopback, private networks, and whatever else is not the public Internet: only when the owner says so."""
    NEVER = "never"
    """Link-local, a cloud's metadata, unspecified, multicast, reserved: whatever the owner says."""


METADATA_NAMES = frozenset(
    {
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "metadata.azure.internal",
        "metadata.tencentyun.com",
        "instance-data",
        "instance-data.ec2.internal",
    }
)
"""Names under which clouds serve a machine's credentials (from the clouds' own manuals)."""

_NEVER_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this host": Linux connects it to loopback
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "100.100.100.200/32",  # Alibaba's metadata
        "168.63.129.16/32",  # Azure's host agent, a public address served inside
        "192.0.0.192/32",  # Oracle's metadata
    )
)
_INTERNAL_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # private
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",  # loopback
        "192.0.0.0/24",  # protocols; its two public addresses are of no web server
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),  # documentation
        "192.88.99.0/24",  # relays of 6to4, deprecated
        "198.18.0.0/15",  # benchmarks
    )
)
_NEVER_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "fe80::/10",  # link-local
        "ff00::/8",  # multicast
        "fd00:ec2::/32",  # Amazon's metadata and time
        "fd20:ce::254/128",  # Google's metadata
        "2001::/32",  # Teredo: hides an IPv4 address
        "2002::/16",  # 6to4: hides an IPv4 address
        "::/96",  # IPv4-compatible, deprecated: hides an IPv4 address
        "::ffff:0:0:0/96",  # IPv4-translated: hides an IPv4 address
        "64:ff9b:1::/48",  # a network's own NAT64: hides an IPv4 address, in a place that only it knows
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out as public; what is outside (`fc00::/7`, `fec0::/10`, `5f00::/16` and more) is not."""
_INTERNAL_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols; the little of it that is public is of no web server
        *("2001:db8::/32", "3fff::/20"),  # documentation
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def parse_address(text: str) -> Address | None:
    """An address in its one strict form (no octal, hexadecimal or shortened IPv4), or None."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def looks_numeric(host: str) -> bool:
    """Whether resolvers may read this name as an address: its last label is a number (WHATWG URL §3.5)."""
    last = host.rsplit(".", 1)[-1]
    return last.isdigit() or last.startswith("0x")


def reach_of(address: Address) -> Reach:
    """What lies behind an address. An IPv4 address inside an IPv6 one counts as itself."""
    if isinstance(address, ipaddress.IPv6Address):
        return _reach_of_v6(address)
    if any(address in network for network in _NEVER_V4):
        return Reach.NEVER
    return Reach.INTERNAL if any(address in network for network in _INTERNAL_V4) else Reach.PUBLIC


def _reach_of_v6(address: ipaddress.IPv6Address) -> Reach:
    if address.ipv4_mapped is not None:
        return reach_of(address.ipv4_mapped)
    if address in _NAT64:
        return reach_of(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.is_loopback:
        return Reach.INTERNAL
    if any(address in network for network in _NEVER_V6):
        return Reach.NEVER
    is_public = address in _GLOBAL_V6 and not any(address in network for network in _INTERNAL_V6)
    return Reach.PUBLIC if is_public else Reach.INTERNAL


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address. A name other than `localhost` may be anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
