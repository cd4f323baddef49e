"""What lies behind an address, row by row of IANA's registries of special-purpose addresses."""

import ipaddress

import pytest

from tollfree.network.address import Reach, reach_of

PUBLIC, INTERNAL, NEVER = Reach.PUBLIC, Reach.INTERNAL, Reach.NEVER

V4 = {
    "0.0.0.0/8": NEVER,
    "10.0.0.0/8": INTERNAL,
    "100.64.0.0/10": INTERNAL,
    "127.0.0.0/8": INTERNAL,
    "169.254.0.0/16": NEVER,
    "172.16.0.0/12": INTERNAL,
    "192.0.0.0/29": INTERNAL,
    "192.0.0.8/32": INTERNAL,
    "192.0.0.9/32": INTERNAL,
    "192.0.0.10/32": INTERNAL,
    "192.0.0.170/31": INTERNAL,
    "192.0.2.0/24": INTERNAL,
    "192.31.196.0/24": PUBLIC,
    "192.52.193.0/24": PUBLIC,
    "192.88.99.0/24": INTERNAL,
    "192.168.0.0/16": INTERNAL,
    "192.175.48.0/24": PUBLIC,
    "198.18.0.0/15": INTERNAL,
    "198.51.100.0/24": INTERNAL,
    "203.0.113.0/24": INTERNAL,
    "224.0.0.0/4": NEVER,
    "240.0.0.0/4": NEVER,
    "255.255.255.255/32": NEVER,
}
V6 = {
    "::/128": NEVER,
    "::1/128": INTERNAL,
    "::2/127": NEVER,
    "::ffff:0:0:0/96": NEVER,
    "64:ff9b:1::/48": NEVER,
    "100::/64": INTERNAL,
    "100:0:0:1::/64": INTERNAL,
    "200::/7": INTERNAL,
    "400::/6": INTERNAL,
    "1000::/4": INTERNAL,
    "2001::/32": NEVER,
    "2001:1::1/128": INTERNAL,
    "2001:2::/48": INTERNAL,
    "2001:3::/32": INTERNAL,
    "2001:4:112::/48": INTERNAL,
    "2001:10::/28": INTERNAL,
    "2001:20::/28": INTERNAL,
    "2001:30::/28": INTERNAL,
    "2001:db8::/32": INTERNAL,
    "2002::/16": NEVER,
    "2620:4f:8000::/48": PUBLIC,
    "3fff::/20": INTERNAL,
    "4000::/3": INTERNAL,
    "5f00::/16": INTERNAL,
    "e000::/4": INTERNAL,
    "f000::/5": INTERNAL,
    "fc00::/8": INTERNAL,
    "fd00:ec2::/32": NEVER,
    "fd20:ce::254/128": NEVER,
    "fe00::/9": INTERNAL,
    "fe80::/10": NEVER,
    "fec0::/10": INTERNAL,
    "ff00::/8": NEVER,
}


@pytest.mark.parametrize(("network", "reach"), [*V4.items(), *V6.items()])
def test_every_special_range_is_what_the_registry_says_from_its_first_address_to_its_last(
    network: str, reach: Reach
) -> None:
    of = ipaddress.ip_network(network)
    assert reach_of(of[0]) is reach and reach_of(of[-1]) is reach


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "223.255.255.255", "2606:2800:21f::1", "2a00::1"])
def test_what_is_given_out_to_the_public_is_public(address: str) -> None:
    assert reach_of(ipaddress.ip_address(address)) is PUBLIC


@pytest.mark.parametrize(("inside", "reach"), [("8.8.8.8", PUBLIC), ("10.0.0.1", INTERNAL), ("169.254.169.254", NEVER)])
def test_an_ipv4_address_in_an_ipv6_one_counts_as_itself_or_is_never_reached(inside: str, reach: Reach) -> None:
    number = int(ipaddress.IPv4Address(inside))
    for counts in ("::ffff:0:0", "64:ff9b::"):
        assert reach_of(ipaddress.IPv6Address(int(ipaddress.IPv6Address(counts)) + number)) is reach
    hidden = {
        "6to4": int(ipaddress.IPv6Address("2002::")) + (number << 80),
        "Teredo server": int(ipaddress.IPv6Address("2001::")) + (number << 64),
        "Teredo client": int(ipaddress.IPv6Address("2001::")) + (number ^ 0xFFFFFFFF),
        "compatible": number,
        "translated": int(ipaddress.IPv6Address("::ffff:0:0:0")) + number,
        "local NAT64": int(ipaddress.IPv6Address("64:ff9b:1::")) + number,
    }
    assert {name: reach_of(ipaddress.IPv6Address(one)) for name, one in hidden.items()} == dict.fromkeys(hidden, NEVER)
