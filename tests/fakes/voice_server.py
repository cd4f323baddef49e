"""Servers of voices that misbehave as a test wants: one of our protocol, one of OpenAI's endpoint."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import numpy as np
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from tollfree.network.quiet_logger import quiet_logger
from tollfree.protocol.audio import Samples

HELLO = {"type": "hello", "protocol": 1, "rate": 24_000, "format": "s16le", "voice": "kokoro:hum"}


def hum(seconds: float = 1.5, rate: int = 24_000) -> Samples:
    """A tone."""
    return (10_000 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def clause(asked: dict, samples: Samples, **more: object) -> str:
    """The head of a proper answer."""
    words = [[len(asked["text"]), 1000.0]]
    head = {"type": "clause", "id": asked["id"], "index": 0, "text": asked["text"], "words": words}
    sound = {"samples": len(samples), "rate": 24_000, "format": "s16le", "model": "hum-1", "cached": False}
    return json.dumps({**head, **sound, **more})


async def proper(socket: ServerConnection, asked: dict, **more: object) -> None:
    """Answer as a server does."""
    await socket.send(clause(asked, hum(), **more))
    await socket.send(hum().tobytes())
    await socket.send(json.dumps({"type": "done", "id": asked["id"]}))


Answering = Callable[[ServerConnection, dict], Awaitable[None]]


@dataclass
class SpeakServer:
    """Speaks our protocol as `answer` does."""

    answer: Answering = proper
    hello: dict = field(default_factory=lambda: dict(HELLO))
    url: str = ""
    asked: list[dict] = field(default_factory=list)
    """Every message of every client."""
    connections: int = 0

    async def _serve(self, socket: ServerConnection) -> None:
        self.connections += 1
        await socket.send(json.dumps(self.hello))
        async for message in socket:
            asked = json.loads(message)
            self.asked.append(asked)
            if asked["type"] == "speak":
                await self.answer(socket, asked)


@asynccontextmanager
async def speak_server(
    answer: Answering = proper, *, status: int = 200, **hello: object
) -> AsyncGenerator[SpeakServer]:
    """On loopback, as long as the block lasts. Any other `status`: nobody is let in."""
    found = SpeakServer(answer, {**HELLO, **hello})

    def let_in(socket: ServerConnection, request: Request) -> Response | None:
        key = request.headers.get("authorization", "")
        return None if status == 200 else socket.respond(HTTPStatus(status), f"we do not like {key}\n")

    handler, quiet = found._serve, quiet_logger(__name__)  # noqa: SLF001 - its own
    async with serve(handler, "127.0.0.1", 0, close_timeout=0.2, process_request=let_in, logger=quiet) as server:
        found.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield found


@dataclass
class SpeechServer:
    """Answers every request with the same bytes."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away."""


@asynccontextmanager
async def speech_server(*pieces: bytes, stall: bool = False, each_s: float = 0.0) -> AsyncGenerator[SpeechServer]:
    """`pieces` are sent one after another, headers included, with so many seconds between them; `stall`: then nothing,
    until the client goes."""
    found = SpeechServer()
    answering: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(answer(reader, writer))
        answering.add(task)
        # also where the task was cancelled before it began
        task.add_done_callback(lambda _: writer.close())

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:  # it went before it asked
            found.hung_up.set()
            return
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        found.requests.append(head + await reader.readexactly(length))
        for piece in pieces:
            writer.write(piece)
            try:
                await writer.drain()
            except ConnectionError:  # it went in the middle
                break
            await asyncio.sleep(each_s)
        if stall:
            await reader.read()
            found.hung_up.set()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield found
        finally:
            server.close()
            for task in answering:
                task.cancel()
            await asyncio.gather(*answering, return_exceptions=True)
            await asyncio.sleep(0)  # for the connections to close


def answered(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole HTTP answer; `length`: what it says of its body, if not the truth."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode() + body
