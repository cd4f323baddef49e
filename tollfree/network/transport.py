"""Opens connections only where the guard allows: the address that was checked is the address connected to."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Protocol, cast

import httpcore
import httpx

from tollfree.network.address import parse_address
from tollfree.network.errors import HostRefused
from tollfree.network.guard import Guard

KEEP_ALIVE_S = 2.0
"""Seconds an idle connection is kept: less than servers do (uvicorn 5, node 5), so that none closes it just as a
request that may not be repeated goes out."""
NEXT_ADDRESS_S = 1.0
"""Seconds a name's address has to accept a connection before the next one is tried."""


class Resolver(Protocol):
    """Looks a host's addresses up."""

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Addresses as text, best first. Raises OSError when there are none."""
        ...


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The machine's own look-up."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a host once, and connects to an address of it that the guard has passed.

    TLS still proves the host's name, since only the address under it is chosen here.
    """

    def __init__(self, guard: Guard, resolver: Resolver = system_resolver) -> None:
        self._guard = guard
        self._resolver = resolver
        # httpcore hides the class's type, because it must work without anyio too.
        self._network = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection. Raises `HostRefused`, `httpcore.ConnectError` or `httpcore.ConnectTimeout`."""
        self._guard.check_host(host, port)
        addresses = await self._checked_addresses(host, port)
        for address in addresses[:-1]:
            limit = NEXT_ADDRESS_S if timeout is None else min(timeout, NEXT_ADDRESS_S)
            try:
                return await self._network.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _checked_addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to; at least one."""
        if parse_address(host) is not None:
            resolved: Sequence[str] = [host]
        else:
            try:
                resolved = await self._resolver(host, port)
            except (OSError, UnicodeError) as error:
                raise httpcore.ConnectError(f"no address is known for {host}") from error
        passed: list[str] = []
        refused: HostRefused | None = None
        for text in dict.fromkeys(resolved):
            address = parse_address(text)
            if address is None:
                continue
            try:
                self._guard.check_address(host, port, address)
                passed.append(text)
            except HostRefused as error:
                refused = refused or error
        if passed:
            return passed
        raise refused or httpcore.ConnectError(f"no address is known for {host}")


class GuardedTransport(httpx.AsyncBaseTransport):
    """An HTTP transport whose every connection the guard has passed. No proxies, no environment."""

    def __init__(
        self,
        guard: Guard,
        *,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        max_connections: int = 100,
    ) -> None:
        """`tls`: whom to trust; None: the usual authorities. `max_connections`: at once, http and https
        counted apart."""
        self._backend = GuardedBackend(guard, resolver)
        self._tls = tls
        self._max_connections = max_connections
        self._pools: dict[str, httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request. Raises `HostRefused`, or httpx's transport errors."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        with _as_httpx():
            response = await self._pool(request.url.scheme).handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        for pool in self._pools.values():
            await pool.aclose()

    def _pool(self, scheme: str) -> httpcore.AsyncConnectionPool:
        """The connections of a scheme. Reading the authorities' certificates takes long, so only https does."""
        if scheme not in self._pools:
            self._pools[scheme] = httpcore.AsyncConnectionPool(
                ssl_context=(self._tls or httpx.create_ssl_context()) if scheme == "https" else None,
                max_connections=self._max_connections,
                keepalive_expiry=KEEP_ALIVE_S,
                network_backend=self._backend,
            )
        return self._pools[scheme]


class _Body(httpx.AsyncByteStream):
    """A response's body, as it arrives."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        with _as_httpx():
            await self._response.aclose()


@contextmanager
def _as_httpx() -> Generator[None]:
    """The connection's errors in httpx's words, their causes kept."""
    try:
        yield
    except httpcore.ConnectError as error:
        raise httpx.ConnectError(str(error)) from error
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error)) from error
    except httpcore.NetworkError as error:
        raise httpx.NetworkError(str(error)) from error
    except httpcore.ProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
