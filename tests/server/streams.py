"""Server-sent events as a browser takes them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx

PATIENCE_S = 30
"""A test that waits so long for an event has failed."""


class Stream:
    """What a browser's EventSource makes of a stream."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self.last = ""

    async def next(self, *names: str) -> Any:
        """The data of the next event with one of these names."""
        async with asyncio.timeout(PATIENCE_S):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if not line:
                    self.last = fields.get("id", self.last)
                    if fields.get("event") in names:
                        return json.loads(fields["data"])
                    fields = {}
                    continue
                name, _, value = line.partition(": ")
                fields[name] = value
        raise EOFError

    async def entry(self, type: str) -> Any:
        while (entry := await self.next("entry"))["type"] != type:
            pass
        return entry

    async def rest(self) -> list[str]:
        async with asyncio.timeout(PATIENCE_S):
            return [line async for line in self._lines]


@asynccontextmanager
async def watching(client: httpx.AsyncClient, path: str, last: str = "") -> AsyncGenerator[Stream]:
    headers = {"Last-Event-ID": last} if last else {}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())
