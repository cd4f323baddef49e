"""Calls a project's tools: one request, its retries and redirects, within one deadline."""

import asyncio
import itertools
import logging
import random
import ssl
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from tollfree import __version__
from tollfree.calls.tools.answer import ToolResult, read_answer
from tollfree.calls.tools.definition import Tool
from tollfree.calls.tools.errors import (
    BadRedirect,
    BadStatus,
    ForbiddenHost,
    TlsFailed,
    ToolError,
    ToolTimeout,
    Unreachable,
)
from tollfree.calls.tools.redact import Redactor
from tollfree.calls.tools.request import REDIRECTS, ToolRequest, build_request, redirect
from tollfree.network.errors import HostRefused
from tollfree.network.guard import Guard
from tollfree.network.transport import GuardedTransport
from tollfree.protocol.clock import Clock, SystemClock
from tollfree.protocol.ids import CallId
from tollfree.protocol.values import Values

MAX_REDIRECTS = 3
"""Redirects followed for one try."""
FIRST_WAIT_MS = 100.0
"""Milliseconds before the first retry, doubled for each further one; jitter takes off up to half."""

_HEADER_SAFE = "!#$&'()*+,/:;=?@[]~"

_log = logging.getLogger(__name__)


class ToolClient:
    """Calls the tools of one project. Serves every call at once; close it when the project is done with."""

    def __init__(
        self,
        guard: Guard,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`transport`: None for a `GuardedTransport` of its own; one that is given is closed with this client, and
        answers for the addresses it connects to. `pause` waits for seconds; `jitter` gives 0 to 1."""
        self._guard = guard
        self._transport = transport if transport is not None else GuardedTransport(guard)
        self._clock = clock if clock is not None else SystemClock()
        self._pause = pause
        self._jitter = jitter

    async def call(
        self, tool: Tool, arguments: Values, *, secrets: Mapping[str, str], idempotency_key: str, call_id: CallId
    ) -> ToolResult:
        """Performs one look-up. `secrets`: the project's, by name. Raises `ToolError`, whose message names the tool,
        the host and the status, and neither a secret nor what the caller said."""
        redactor = Redactor(secrets.values())  # all of them: one server may answer with what another was sent
        own_headers = _own_headers(idempotency_key, call_id)
        try:
            async with asyncio.timeout(tool.timeout_ms / 1000):
                answer = await self._tries(tool, build_request(tool, arguments, secrets), own_headers)
            return ToolResult(found=answer.found, result=redactor.value(answer.result))
        except TimeoutError:
            error: ToolError = ToolTimeout(f"no complete answer within {tool.timeout_ms} ms")
        except ToolError as failure:
            error = failure
        # What lies beneath an error may quote what was sent or answered, so it goes no further than here.
        message = redactor.text(f"tool {tool.name}: {error.message}")
        _log.warning("tool failed", extra={"tool": tool.name, "code": error.code, "call_id": call_id})
        raise type(error)(message, code=error.code, retryable=error.retryable) from None

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _tries(self, tool: Tool, request: ToolRequest, own_headers: Mapping[str, str]) -> ToolResult:
        """The request, and again while that may help and time is left."""
        began = self._clock.elapsed_ms()
        for attempt in itertools.count():
            try:
                return await self._once(tool, request, own_headers)
            except ToolError as error:
                wait_ms = FIRST_WAIT_MS * 2**attempt * (1 - self._jitter() / 2)
                if isinstance(error, BadStatus):
                    wait_ms = max(wait_ms, error.retry_after_ms)
                left_ms = tool.timeout_ms - (self._clock.elapsed_ms() - began)
                if not error.retryable or attempt >= tool.retries or wait_ms >= left_ms:
                    raise
            await self._pause(wait_ms / 1000)
        raise AssertionError("count() never ends")

    async def _once(self, tool: Tool, request: ToolRequest, own_headers: Mapping[str, str]) -> ToolResult:
        """One request with its redirects, each of them checked."""
        for _ in range(MAX_REDIRECTS + 1):
            url = self._checked(request.url)
            place = url.netloc.decode("ascii")
            with _errors_of(place):
                response = await self._transport.handle_async_request(_sendable(request, url, own_headers))
                try:
                    _log.debug(
                        "tool answered", extra={"tool": tool.name, "host": place, "status": response.status_code}
                    )
                    target = _redirect_target(tool, response)
                    if target is None:
                        return await read_answer(tool, response)
                    request = redirect(request, response.status_code, target)
                finally:
                    await response.aclose()
        raise BadRedirect(f"more than {MAX_REDIRECTS} redirects, the last to {request.url.host}")

    def _checked(self, url: httpx.URL) -> httpx.URL:
        try:
            return self._guard.check_url(url)
        except HostRefused as refused:
            raise ForbiddenHost(refused.message) from refused


def _own_headers(idempotency_key: str, call_id: CallId) -> dict[str, str]:
    return {
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"tollfree/{__version__}",
        "idempotency-key": quote(idempotency_key, safe=_HEADER_SAFE),
        "tollfree-call": quote(call_id, safe=_HEADER_SAFE),
    }


def _sendable(request: ToolRequest, url: httpx.URL, own_headers: Mapping[str, str]) -> httpx.Request:
    headers = httpx.Headers(own_headers)
    headers.update(request.headers)
    if request.content is not None:
        headers["content-type"] = "application/json"
    return httpx.Request(request.method, url, headers=headers, content=request.content)


def _redirect_target(tool: Tool, response: httpx.Response) -> str | None:
    """Where the response sends the request, if it does and the tool does not take its status as an answer."""
    status = response.status_code
    if status not in REDIRECTS or status in tool.missing.statuses or status in tool.accept:
        return None
    return response.headers.get("location")


@contextmanager
def _errors_of(place: str) -> Generator[None]:
    """Names the host in every error, and puts the connection's errors into this room's words."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ToolTimeout(f"{place} did not answer in time") from error
    except httpx.TransportError as error:
        if _is_tls(error):
            raise TlsFailed(f"no secure connection to {place}: its certificate or its TLS was refused") from error
        if isinstance(error, httpx.ConnectError):
            raise Unreachable(f"no connection to {place}: it is down, or there is no such host") from error
        raise Unreachable(f"the connection to {place} broke before its answer was complete") from error
    except HostRefused as refused:
        raise ForbiddenHost(refused.message) from refused
    except ToolError as error:
        if not error.message.startswith(place):
            error.message = f"{place} {error.message}"
        raise


def _is_tls(error: BaseException) -> bool:
    """Whether TLS is what failed, anywhere down the causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
