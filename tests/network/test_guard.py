import ipaddress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.network.address import Reach, parse_address, reach_of
from tollfree.network.errors import BadAllowedHosts, HostRefused
from tollfree.network.guard import Guard, normal_host

never_v4 = st.one_of(
    st.ip_addresses(network=network) for network in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")
)
private_v4 = st.one_of(
    st.ip_addresses(network=network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
).filter(lambda address: reach_of(address) is Reach.INTERNAL)
never_v6 = st.one_of(
    st.ip_addresses(network=network) for network in ("fe80::/10", "ff00::/8", "fd00:ec2::/32", "2002::/16")
)
private_v6 = st.one_of(st.just(ipaddress.ip_address("::1")), st.ip_addresses(network="fc00::/8"))


def allows(guard: Guard, url: str) -> bool:
    try:
        guard.check_url(httpx.URL(url))
    except (HostRefused, httpx.InvalidURL):
        return False
    return True


def may_connect(guard: Guard, host: str, address: object) -> bool:
    try:
        guard.check_address(host, 80, ipaddress.ip_address(str(address)))
    except HostRefused:
        return False
    return True


@given(never_v4 | never_v6)
def test_what_is_never_allowed_is_refused_even_when_listed(address):
    host = f"[{address}]" if address.version == 6 else str(address)
    guard = Guard([host, "shop.local"])
    assert not allows(guard, f"http://{host}/")
    assert not may_connect(guard, "shop.local", address)


@given(never_v4)
def test_an_ipv4_address_inside_an_ipv6_one_counts_as_itself(address):
    for inside in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert reach_of(ipaddress.ip_address(inside)) is Reach.NEVER
        assert not allows(Guard([f"[{inside}]"]), f"http://[{inside}]/")


@given(private_v4 | private_v6)
def test_private_addresses_are_reached_only_when_listed(address):
    host = f"[{address}]" if address.version == 6 else str(address)
    assert allows(Guard([host]), f"http://{host}/")
    assert allows(Guard([f"{host}:80"]), f"http://{host}/")
    assert not allows(Guard(["api.example.com"]), f"http://{host}/")
    assert not allows(Guard([f"{host}:8080"]), f"http://{host}/")
    assert not may_connect(Guard(["api.example.com"]), "api.example.com", address)
    assert may_connect(Guard(["api.example.com", host]), "api.example.com", address)
    assert may_connect(Guard(["backend"]), "backend", address)


def odd_forms(address: ipaddress.IPv4Address) -> list[str]:
    a, b, c, d = address.packed
    number = int(address)
    return [
        str(number),
        hex(number),
        oct(number).replace("0o", "0"),
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{b * 65536 + c * 256 + d}",
        f"{a}.{b}.{c * 256 + d}",
        f"{a}.{b}.{c}.0x{d:x}",
        f"{a}.{b}.{c}.{d:04}",
    ]


@given(st.ip_addresses(v=4))
def test_an_address_in_an_odd_form_is_refused_even_when_the_address_is_listed(address):
    guard = Guard([str(address)])
    for form in odd_forms(address):
        assert normal_host(form) is None
        assert not allows(guard, f"http://{form}/")


names = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z](\.[a-z][a-z0-9]{0,8}){0,3}", fullmatch=True)


@given(names, names, st.integers(1, 65535))
def test_only_listed_hosts_are_reached(listed, asked, port):
    guard = Guard([listed])
    assert allows(guard, f"https://{asked}:{port}/") == (listed == asked and listed not in ("metadata",))


@given(names.filter(lambda name: not name.startswith(("metadata", "instance-data"))), st.booleans(), st.booleans())
def test_capitals_and_the_roots_dot_make_no_difference(name, upper, dot):
    written = (name.upper() if upper else name) + ("." if dot else "")
    assert allows(Guard([name]), f"http://{written}/")
    assert allows(Guard([written]), f"http://{name}/")
    assert Guard([written]).check_url(httpx.URL(f"http://{written}/a")).host == name


@given(st.text(max_size=60))
def test_no_text_gets_past_the_guard_or_breaks_it(text):
    guard = Guard(["api.example.com", "127.0.0.1:8080"])
    for url in (text, f"http://{text}", f"https://{text}/", f"http://api.example.com{text}"):
        try:
            checked = guard.check_url(httpx.URL(url))
        except (HostRefused, httpx.InvalidURL):
            continue
        assert (checked.host, checked.port) == ("127.0.0.1", 8080) or checked.host == "api.example.com"
        assert not checked.userinfo


@given(st.text(max_size=40))
def test_an_entry_of_the_list_is_read_or_refused(text):
    try:
        (entry,) = Guard([text]).allowed
    except BadAllowedHosts:
        return
    assert Guard([str(entry)]).allowed == (entry,)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://api.example.com/",
        "file:///etc/passwd",
        "gopher://api.example.com/",
        "//api.example.com/",
        "api.example.com",
        "http://user:word@api.example.com/",
        "http://user@api.example.com/",
        "http://evil.example.com\\@api.example.com/",
        "http://api.example.com@evil.example.com/",
        "http://api.example.com.evil.example.com/",
        "http://evil-api.example.com/",
        "http://%61pi.example.com/",
        "http://api..example.com/",
        "http:///",
        "http://metadata.google.internal/",
        "http://METADATA.GOOGLE.INTERNAL./",
        "http://[fe80::1%25eth0]/",
    ],
)
def test_a_url_that_is_not_plainly_allowed_is_refused(url):
    assert not allows(Guard(["api.example.com", "metadata.google.internal", "[fe80::1]"]), url)


def test_a_name_in_another_script_is_its_ascii_form():
    guard = Guard(["bücher.example"])
    assert allows(guard, "http://xn--bcher-kva.example/")
    assert allows(guard, "http://BÜCHER.example/")


def test_a_refusal_says_what_is_allowed_and_what_would_help():
    guard = Guard(["api.example.com", "[::1]:8080"])
    with pytest.raises(HostRefused) as caught:
        guard.check_url(httpx.URL("https://shop.example.com/"))
    assert caught.value.message == (
        "shop.example.com:443 is not among the project's allowed hosts (api.example.com, [::1]:8080); "
        "its owner can add it to allowed_hosts in tools.yaml"
    )


def test_every_entry_that_is_not_a_host_is_told_at_once():
    with pytest.raises(BadAllowedHosts) as caught:
        Guard(["ok.example.com", "http://a", "*.example.com", "a:0", "b/path", ""])
    assert [f"{entry!r}" in caught.value.message for entry in ("http://a", "*.example.com", "a:0", "b/path", "")] == [
        True
    ] * 5


@pytest.mark.parametrize("text", ["127.1", "0127.0.0.1", "1.2.3.4.5", "::g", "fe80::1%", "0x7f000001"])
def test_an_address_has_one_strict_form(text):
    assert parse_address(text) is None


@pytest.mark.parametrize("text", ["100.100.100.200", "168.63.129.16", "192.0.0.192", "fd20:ce::254", "::127.0.0.1"])
def test_the_metadata_of_every_cloud_is_never_allowed(text):
    assert reach_of(ipaddress.ip_address(text)) is Reach.NEVER


@pytest.mark.parametrize("url", ["https://example.com/", "http://93.184.215.14/", "http://[2606:2800:21f::1]:81/"])
def test_where_the_public_internet_is_allowed_it_needs_no_entry(url):
    assert allows(Guard([], any_public=True), url)
    assert not allows(Guard([]), url)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://10.1.2.3:80/", "http://nas/", "http://wiki.internal/"])
def test_where_the_public_internet_is_allowed_what_is_internal_still_needs_an_entry(url):
    host = httpx.URL(url).host
    assert not allows(Guard(["example.com"], any_public=True), url)
    assert allows(Guard([host], any_public=True), url)


@given(never_v4 | never_v6 | private_v4 | private_v6)
def test_a_public_name_never_leads_inside_unless_the_address_is_listed(address):
    assert not may_connect(Guard(["example.com"], any_public=True), "example.com", address)


def test_a_refusal_names_the_file_in_which_the_hosts_are_listed():
    with pytest.raises(HostRefused, match="allowed_hosts in project.yaml"):
        Guard([], any_public=True, listed_in="project.yaml").check_url(httpx.URL("http://127.0.0.1/"))
