"""Runs an HTTP server until it is told to stop, and lets what runs finish."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from tollfree.network.errors import CannotListen

BACKLOG = 512
"""Connections that wait to be taken."""


async def _nothing() -> None: ...


async def serve_until(
    app: ASGIApp,
    host: str,
    port: int,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    *,
    closing_s: float,
    drained: Callable[[], Awaitable[None]] = _nothing,
    websockets: Literal["none", "websockets-sansio"] = "none",
    largest_message: int = 2**20,
) -> None:
    """Serve until `stop`; then `drained` is waited for while the server still answers, and clients have `closing_s` to
    take their last answers. `ready` is told the address, such as `http://127.0.0.1:8801`. Raises `CannotListen`."""
    listening = _listen(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",  # it names every connection
            access_log=False,
            lifespan="on",
            server_header=False,
            proxy_headers=False,
            ws=websockets,
            ws_max_size=largest_message,
            ws_per_message_deflate=False,  # sound does not get smaller, and it costs a core's time
            backlog=BACKLOG,
            timeout_graceful_shutdown=max(1, round(closing_s)),
        )
    )
    running = asyncio.create_task(server.serve([listening]))
    try:
        await _first(server.listens.wait(), running)
        if server.listens.is_set():
            bound, number = listening.getsockname()[:2]
            ready(f"http://[{bound}]:{number}" if ":" in bound else f"http://{bound}:{number}")
            await _first(stop.wait(), running)
            await drained()
    finally:
        server.should_exit = True
        await running


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT. Only in the main thread."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


class _Server(uvicorn.Server):
    """Signals are ours: uvicorn would close the sockets of calls whose work is not done."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


async def _first(event: Coroutine[object, object, object], running: "asyncio.Task[None]") -> None:
    """Wait for an event, or for the server's end."""
    waiting = asyncio.ensure_future(event)
    try:
        await asyncio.wait([waiting, running], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise CannotListen(
            f"{host}:{port} cannot be listened on: {error.strerror}. Another program may have this port."
        ) from error
    return listening
