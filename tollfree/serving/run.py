"""Runs an engine server until it is told to stop, and lets what runs finish."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tollfree.serving.admission import Admission
from tollfree.serving.door import DoorSettings
from tollfree.serving.errors import CannotBind

CLOSING_S = 5
"""Seconds that clients have to take their last answers once the work is done."""
BACKLOG = 512
"""Connections that wait to be taken."""

_log = logging.getLogger(__name__)


async def serve(
    app: ASGIApp, door: DoorSettings, admission: Admission, stop: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Serve until `stop`; then new work is refused with 503, and what runs may end within `door.drain_s`.

    `ready` is told the server's address, such as `http://127.0.0.1:8801`. Raises `NoKey` and `CannotBind`.
    """
    door.check()
    listening = _listen(door)
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",  # it names every connection
            access_log=False,
            lifespan="on",
            server_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=door.max_body_bytes,
            ws_per_message_deflate=False,  # sound does not get smaller, and it costs a core's time
            backlog=BACKLOG,
            timeout_graceful_shutdown=CLOSING_S,
        )
    )
    running = asyncio.create_task(server.serve([listening]))
    try:
        await _first(server.listens.wait(), running)
        if server.listens.is_set():
            host, port = listening.getsockname()[:2]
            ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
            await _first(stop.wait(), running)
            admission.close()
            if not await admission.emptied(door.drain_s):
                _log.warning("work did not end in time", extra={"pieces": admission.inside})
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


def _listen(door: DoorSettings) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise CannotBind(f"{door.host}:{door.port} cannot be listened on: {error.strerror}.") from error
    return listening
