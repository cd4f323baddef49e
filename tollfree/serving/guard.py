"""Who is let in, how much they may send, and how often they came: the outermost layer of an engine server."""

import hmac
import logging
import time

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tollfree.serving.answers import refused
from tollfree.serving.errors import Refusal
from tollfree.serving.metrics import ServerMetrics

OPEN = frozenset({"/health"})
"""Paths that need no key: they say nothing but that the server is up."""

SWITCHED = 101
"""HTTP's status of a WebSocket that was opened."""
GONE = 499
"""Status, in the metrics, of a request whose client went before it was answered."""

_log = logging.getLogger(__name__)


class Guard:
    """Checks the key and the size, turns what goes wrong into an answer, and counts."""

    def __init__(
        self, app: ASGIApp, *, api_key: str, max_body_bytes: int, metrics: ServerMetrics, paths: frozenset[str]
    ) -> None:
        """`paths` are those the metrics tell apart."""
        self._app = app
        self._key = api_key.encode()
        self._max_body_bytes = max_body_bytes
        self._metrics = metrics
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        socket = scope["type"] == "websocket"
        path = str(scope["path"])
        label = path if path in self._paths else "other"
        began = time.perf_counter()
        answer = _Answer()

        async def counted(message: Message) -> None:
            if not answer.status and message["type"] in ("http.response.start", "websocket.http.response.start"):
                answer.status = int(message["status"])
            elif not answer.status and message["type"] == "websocket.accept":
                answer.status = SWITCHED
                self._metrics.requests.labels(label, str(SWITCHED)).inc()
            await send(message)

        try:
            self._check(scope, path)
            await self._app(scope, self._bounded(receive) if not socket else receive, counted)
        except Refusal as refusal:
            if not answer.status:
                await _answer(refused(refusal, path), scope, receive, counted)
        except Exception as error:  # noqa: BLE001 - the server's door: recorded and answered
            # the error's own text could hold a caller's words
            _log.error("a request failed", extra={"path": label, "error": type(error).__name__})
            if not answer.status:
                failed = Refusal("The server failed at this request.", code="failed", status=500)
                await _answer(refused(failed, path), scope, receive, counted)
        finally:
            if answer.status != SWITCHED:
                self._metrics.requests.labels(label, str(answer.status or GONE)).inc()
                self._metrics.request_s.labels(label).observe(time.perf_counter() - began)

    def _check(self, scope: Scope, path: str) -> None:
        headers = Headers(scope=scope)
        if not self._key:
            # Any web page in a browser on this machine can reach loopback; browsers say which page it is.
            if "origin" in headers:
                raise Refusal("Web pages may not use this server.", code="web_page", status=403)
        elif path not in OPEN:
            given = headers.get("authorization", "").encode("utf-8", "replace")
            if not hmac.compare_digest(given, b"Bearer " + self._key):
                raise Refusal("The API key is missing or is not the right one.", code="bad_api_key", status=401)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._max_body_bytes:
            raise self._too_large()

    def _bounded(self, receive: Receive) -> Receive:
        """Where a request does not say how large it is, its bytes are counted."""
        got = 0

        async def bounded() -> Message:
            nonlocal got
            message = await receive()
            if message["type"] == "http.request":
                got += len(message.get("body", b""))
                if got > self._max_body_bytes:
                    raise self._too_large()
            return message

        return bounded

    def _too_large(self) -> Refusal:
        most = self._max_body_bytes // (1024 * 1024)
        return Refusal(f"The request is larger than {most} MiB.", code="too_large", status=413)


class _Answer:
    """What a request was answered with; 0: nothing yet."""

    status: int = 0


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        message = await receive()
        if message["type"] != "websocket.connect":
            return
    await response(scope, receive, send)
