"""A server that hears, by our protocol, and misbehaves as a test wants."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from websockets.asyncio.server import Request, Response, ServerConnection, serve

from tollfree.network.quiet_logger import quiet_logger

HELLO = {
    "type": "hello",
    "protocol": 1,
    "engine": "fake:scripted",
    "format": "s16le",
    "rate": 16_000,
    "languages": ["en"],
    "punctuates": True,
    "hints": False,
    "quick": False,
    "longest_s": 25.0,
}

Answering = Callable[[ServerConnection, str], Awaitable[None]]
"""Answers one turn, by its id."""


@dataclass
class HearServer:
    """One that runs."""

    url: str = ""
    """`ws://127.0.0.1:PORT`."""
    turns: int = 0
    """Turns that came."""
    keys: frozenset[str] = frozenset()
    """What clients sent to be let in."""


@asynccontextmanager
async def hear_server(answer: Answering, *, status: int = 200, **hello: object) -> AsyncGenerator[HearServer]:
    """On loopback, as long as the block lasts. Any other `status`: nobody is let in."""
    found = HearServer()

    def let_in(socket: ServerConnection, request: Request) -> Response | None:
        key = request.headers.get("authorization", "")
        found.keys |= {key}
        return None if status == 200 else socket.respond(HTTPStatus(status), f"we do not like {key}\n")

    async def served(socket: ServerConnection) -> None:
        await socket.send(json.dumps({**HELLO, **hello}))
        async for message in socket:
            if isinstance(message, str) and (asked := json.loads(message))["type"] == "hear":
                found.turns += 1
                await socket.recv()
                await answer(socket, asked["id"])

    async with serve(
        served, "127.0.0.1", 0, close_timeout=0.2, process_request=let_in, logger=quiet_logger(__name__)
    ) as server:
        found.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield found
