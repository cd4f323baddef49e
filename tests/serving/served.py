"""An engine server on loopback, in the test's own loop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from tollfree.serving.admission import Admission
from tollfree.serving.door import DoorSettings
from tollfree.serving.run import serve


@dataclass
class Served:
    """A server that runs."""

    url: str
    """`http://127.0.0.1:PORT`."""
    stop: asyncio.Event
    """Tells it to stop."""
    task: "asyncio.Task[None]"
    """Ends when it has stopped."""


@asynccontextmanager
async def served(app: ASGIApp, door: DoorSettings, admission: Admission) -> AsyncGenerator[Served]:
    """Serves until the block ends, or until it is told to stop."""
    stop = asyncio.Event()
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, door, admission, stop, ready.set_result))
    try:
        await asyncio.wait([ready, task], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield Served(ready.result(), stop, task)
    finally:
        stop.set()
        await task
