"""How what runs is told to stop: once to finish what it does, twice to end at once."""

import asyncio
import signal
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Stop:
    """How a worker, and what starts one, is told to stop."""

    drain: asyncio.Event = field(default_factory=asyncio.Event)
    """Take no more calls, and end when those that run are over."""
    now: asyncio.Event = field(default_factory=asyncio.Event)
    """End at once."""


def stop_on_signals() -> Stop:
    """SIGTERM and SIGINT: the first drains, the second ends at once. Only in the main thread."""
    stop = Stop()

    def told() -> None:
        (stop.now if stop.drain.is_set() else stop.drain).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)
    return stop


async def first(*awaited: "asyncio.Future[Any] | asyncio.Event") -> None:
    """Wait until any of them has happened."""
    events = [asyncio.ensure_future(one.wait()) for one in awaited if isinstance(one, asyncio.Event)]
    futures = [one for one in awaited if not isinstance(one, asyncio.Event)]
    try:
        await asyncio.wait([*events, *futures], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for event in events:
            event.cancel()
