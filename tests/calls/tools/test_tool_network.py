"""Where requests really go: redirects, names and their addresses, TLS."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.calls.tools.little_server import LittleServer, response
from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import BadRedirect, ForbiddenHost, TlsFailed, Unreachable
from tollfree.network.guard import Guard
from tollfree.network.transport import GuardedTransport
from tollfree.protocol.ids import CallId


class Names:
    """A resolver whose answers are given in turn; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)


async def fetch(url: str, allowed: list[str], names: Names, tls: ssl.SSLContext | None = None) -> ToolResult:
    guard = Guard(allowed)
    async with ToolClient(guard, transport=GuardedTransport(guard, resolver=names, tls=tls)) as client:
        tool = Tool(name="shop.find", url=url, retries=0)
        return await client.call(tool, {}, secrets={}, idempotency_key="k", call_id=CallId("c"))


async def test_a_redirect_within_the_allowed_hosts_is_followed(call, server):
    server.on("/old", response(301, headers={"location": "/new?a=1"}))
    server.on("/new", response(body="here"))
    assert (await call("/old", headers={"x-key": "kept"})).result == "here"
    assert server.received[1].headers["x-key"] == "kept"


async def test_three_redirects_are_followed_and_not_four(call, server):
    for hop in range(4):
        server.on(f"/{hop}", response(302, headers={"location": f"/{hop + 1}"}))
    server.on("/4", response(body="end"))
    assert (await call("/1")).result == "end"
    with pytest.raises(BadRedirect):
        await call("/0")


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://metadata.google.internal/",
        "http://other.example.com/",
        "//other.example.com/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
    ],
)
async def test_a_redirect_to_a_forbidden_place_is_refused(call, server, location):
    server.on("/a", response(302, headers={"location": location}))
    with pytest.raises(ForbiddenHost) as caught:
        await call("/a")
    assert caught.value.message.startswith("tool shop.find: ")
    assert not caught.value.retryable


async def test_a_redirect_to_another_port_of_an_allowed_host_is_refused(call, server):
    async with LittleServer() as other:
        server.on("/a", response(302, headers={"location": f"http://{other.host}/"}))
        with pytest.raises(ForbiddenHost):
            await call("/a")
        assert other.connections == 0


async def test_the_authors_headers_do_not_follow_a_redirect_to_another_host(server):
    async with LittleServer() as other:
        server.on("/a", response(307, headers={"location": f"http://{other.host}/b"}))
        other.on("/b", response(body=1))
        async with ToolClient(Guard([server.host, other.host])) as client:
            tool = Tool(name="shop.find", url=f"http://{server.host}/a", headers={"x-key": "{{ secret.KEY }}"})
            await client.call(tool, {}, secrets={"KEY": "hush-hush"}, idempotency_key="k", call_id=CallId("c"))
        assert "x-key" in server.received[0].headers
        assert "x-key" not in other.received[0].headers


async def test_a_body_does_not_follow_a_redirect_to_another_host(call, server):
    server.on("/a", response(307, headers={"location": "http://other.example.com/"}))
    with pytest.raises(BadRedirect):
        await call("/a", method="POST", body={"key": 1})


@pytest.mark.parametrize(("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
async def test_a_redirected_post_keeps_its_body_only_where_http_says_so(call, server, status, method):
    server.on("/a", response(status, headers={"location": "/b"}))
    server.on("/b", response(body=1))
    await call("/a", method="POST", body={"x": 1})
    assert (server.received[1].method, bool(server.received[1].body)) == (method, method == "POST")


async def test_a_redirect_status_without_a_location_is_a_failure(call, server):
    server.on("/a", response(302))
    with pytest.raises(Exception, match="answered 302"):
        await call("/a")


async def test_an_internal_name_is_served_under_its_own_name(server):
    server.on("/", response(body=1))
    place = f"shop-backend:{server.port}"
    assert (await fetch(f"http://{place}/", [place], Names(["127.0.0.1"]))).result == 1
    assert server.received[0].headers["host"] == place


async def test_a_public_name_that_leads_inside_is_refused_before_any_connection(server):
    place = f"shop.example.com:{server.port}"
    with pytest.raises(ForbiddenHost, match=rf"add 127.0.0.1:{server.port} to allowed_hosts"):
        await fetch(f"http://{place}/", [place], Names(["127.0.0.1"]))
    assert server.connections == 0


async def test_a_public_name_may_lead_to_an_address_the_owner_lists(server):
    server.on("/", response(body=1))
    place = f"shop.example.com:{server.port}"
    assert (await fetch(f"http://{place}/", [place, server.host], Names(["127.0.0.1"]))).result == 1


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "fe80::1%eth0", "0.0.0.0", "::ffff:0.0.0.0"])
async def test_no_name_leads_to_an_address_that_is_never_allowed(address):
    with pytest.raises(ForbiddenHost):
        await fetch("http://shop.local/", ["shop.local", address.split("%")[0]], Names([address]))


async def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(server):
    """A name that changes its mind between check and connection finds only one question asked."""
    server.on("/", response(body=1))
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    place = f"shop.local:{server.port}"
    assert (await fetch(f"http://{place}/", [place], names)).result == 1
    assert names.asked == ["shop.local"]


async def test_forbidden_addresses_of_a_name_are_passed_over_and_dead_ones_too(server):
    server.on("/", response(body=1))
    place = f"shop.local:{server.port}"
    names = Names(["fe80::1%eth0", "127.0.0.2", "127.0.0.1"])
    assert (await fetch(f"http://{place}/", [place], names)).result == 1


async def test_localhost_is_found_by_the_machines_own_resolver(server):
    server.on("/", response(body=1))
    place = f"localhost:{server.port}"
    async with ToolClient(Guard([place])) as client:
        tool = Tool(name="shop.find", url=f"http://LOCALHOST.:{server.port}/")
        answer = await client.call(tool, {}, secrets={}, idempotency_key="k", call_id=CallId("c"))
    assert answer.result == 1
    assert server.received[0].headers["host"] == place


async def test_a_name_without_addresses_is_unreachable():
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    guard = Guard(["shop.local"])
    async with ToolClient(guard, transport=GuardedTransport(guard, resolver=nowhere)) as client:
        tool = Tool(name="shop.find", url="http://shop.local/", retries=0)
        with pytest.raises(Unreachable):
            await client.call(tool, {}, secrets={}, idempotency_key="k", call_id=CallId("c"))


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context that proves `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_tls_proves_the_name_although_the_address_was_chosen_here(tmp_path):
    server_side, client_side = certificate(tmp_path, "shop.local")
    async with LittleServer(tls=server_side) as server:
        server.on("/", response(body=1))
        for name, served in (("shop.local", True), ("other.local", False)):
            place = f"{name}:{server.port}"
            if served:
                assert (await fetch(f"https://{place}/", [place], Names(["127.0.0.1"]), client_side)).result == 1
            else:
                with pytest.raises(TlsFailed):
                    await fetch(f"https://{place}/", [place], Names(["127.0.0.1"]), client_side)


async def test_a_certificate_nobody_vouches_for_is_refused_for_good(tmp_path):
    server_side, _ = certificate(tmp_path, "shop.local")
    async with LittleServer(tls=server_side) as server:
        place = f"shop.local:{server.port}"
        with pytest.raises(TlsFailed) as caught:
            await fetch(f"https://{place}/", [place], Names(["127.0.0.1"]))
        assert caught.value.message.startswith(f"tool shop.find: no secure connection to {place}")
        assert (caught.value.code, caught.value.retryable) == ("tls", False)


async def test_a_server_that_does_not_speak_tls_is_refused():
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(response(400))
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(TlsFailed):
            await fetch(f"https://{host}/", [host], Names())


async def test_proxies_of_the_environment_are_not_used(call, server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.on("/a", response(body=1))
    assert (await call("/a")).result == 1
