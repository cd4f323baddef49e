"""Runs an engine server until it is told to stop, and lets what runs finish."""

import asyncio
import logging
from collections.abc import Callable

from starlette.types import ASGIApp

from tollfree.network.http_server import serve_until
from tollfree.serving.admission import Admission
from tollfree.serving.door import DoorSettings

CLOSING_S = 5
"""Seconds that clients have to take their last answers once the work is done."""

_log = logging.getLogger(__name__)


async def serve(
    app: ASGIApp, door: DoorSettings, admission: Admission, stop: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Serve until `stop`; then new work is refused with 503, and what runs may end within `door.drain_s`.

    `ready` is told the server's address. Raises `NoKey` and `CannotListen`.
    """
    door.check()

    async def drained() -> None:
        admission.close()
        if not await admission.emptied(door.drain_s):
            _log.warning("work did not end in time", extra={"pieces": admission.inside})

    await serve_until(
        app,
        door.host,
        door.port,
        stop,
        ready,
        closing_s=CLOSING_S,
        drained=drained,
        websockets="websockets-sansio",
        largest_message=door.max_body_bytes,
    )
