"""A real HTTP server on loopback that misbehaves as told, and remembers what it was sent."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


Handler = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


def response(
    status: int = 200, body: object = None, *, raw: bytes | None = None, headers: dict[str, str] | None = None
) -> bytes:
    """A whole response; `body` as JSON unless `raw` is given."""
    content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    fields = {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + content


class LittleServer:
    """Answers each path with what was put there: a response, several to be given in turn, or a handler."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.sent = 0
        """Bytes that were handed to the network."""
        self._routes: dict[str, list[bytes | Handler]] = {}
        self._tls = tls
        self._serving: set[asyncio.Task[None]] = set()

    def on(self, path: str, *answers: bytes | Handler) -> None:
        """The answers of a path, in turn; the last one stays."""
        self._routes[path] = list(answers)

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(data)
        await writer.drain()
        self.sent += len(data)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._converse(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        task.add_done_callback(lambda _: writer.transport.abort())  # also where it was cancelled before it began

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                self.received.append(request)
                answers = self._routes.get(request.target.split("?")[0], [response(404)])
                answer = answers[0] if len(answers) == 1 else answers.pop(0)
                if isinstance(answer, bytes):
                    await self.write(writer, answer)
                else:
                    await answer(request, writer)
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, target, headers, body)
