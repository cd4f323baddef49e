"""A server, a client that may reach it, and the shortest way to call a tool."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.calls.tools.little_server import LittleServer
from tollfree.calls.tools.answer import ToolResult
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.definition import Tool
from tollfree.network.guard import Guard
from tollfree.protocol.ids import CallId

Call = Callable[..., Awaitable[ToolResult]]


class Pauses:
    """Waits for nothing, and remembers for how long it was asked to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def server() -> AsyncIterator[LittleServer]:
    async with LittleServer() as server:
        yield server


@pytest.fixture
async def client(server: LittleServer, pauses: Pauses) -> AsyncIterator[ToolClient]:
    async with ToolClient(Guard([server.host]), pause=pauses, jitter=lambda: 0.0) as client:
        yield client


@pytest.fixture
def call(client: ToolClient, server: LittleServer) -> Call:
    """Calls the tool made of the given fields; `path` stands for its URL on the server."""

    async def call(
        path: str = "/", *, given: dict | None = None, secrets: dict[str, str] | None = None, **fields: object
    ) -> ToolResult:
        arguments = fields.pop("arguments", {name: {"type": "any"} for name in given or {}})
        url = f"http://{server.host}{path}"
        tool = Tool.model_validate({"name": "shop.find", "url": url, "arguments": arguments, **fields})
        return await client.call(
            tool, given or {}, secrets=secrets or {}, idempotency_key="call-1/3", call_id=CallId("call-1")
        )

    return call
