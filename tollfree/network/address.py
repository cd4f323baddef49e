"""Which network addresses a request may reach at all."""

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
_NEVER_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "fe80::/10",  # link-local
        "ff00::/8",  # multicast
        "fd00:ec2::/32",  # Amazon's metadata and time
        "fd20:ce::254/128",  # Google's metadata
        "2001::/32",  # Teredo: hides an IPv4 address
        "2002::/16",  # 6to4: hides an IPv4 address
    )
)
_V4_IN_V6 = ipaddress.IPv6Network("::/96")
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
    return Reach.PUBLIC if address.is_global else Reach.INTERNAL


def _reach_of_v6(address: ipaddress.IPv6Address) -> Reach:
    if address.ipv4_mapped is not None:
        return reach_of(address.ipv4_mapped)
    if address in _NAT64:
        return reach_of(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.is_loopback:
        return Reach.INTERNAL
    if address in _V4_IN_V6 or any(address in network for network in _NEVER_V6):
        return Reach.NEVER
    return Reach.PUBLIC if address.is_global else Reach.INTERNAL
