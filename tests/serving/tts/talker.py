"""A client of `/v1/speak` as bare as it can be."""

import asyncio
import json
from contextlib import suppress

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tollfree.protocol.audio import Samples


class Talker:
    """Sends messages and sorts what comes back by id."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.order: list[tuple[str, str]] = []
        """Types and ids in the order in which they came."""
        self.clauses: dict[str, list[dict]] = {}
        self.sound: dict[str, list[Samples]] = {}
        self.ended: dict[str | None, asyncio.Future[dict]] = {}
        self.greeting: dict = {}
        self._reading: asyncio.Task[None] | None = None

    async def hello(self) -> None:
        self.greeting = json.loads(await self.socket.recv())
        self._reading = asyncio.create_task(self._read())

    async def send(self, **message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def speak(self, id: str, text: str, **more: object) -> None:
        await self.send(type="speak", id=id, text=text, **more)

    async def end(self, id: str | None) -> dict:
        """The `done` or the `error` of a request."""
        async with asyncio.timeout(20):
            return await self.ended.setdefault(id, asyncio.get_running_loop().create_future())

    async def close(self) -> None:
        assert self._reading is not None
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        head: dict = {}
        with suppress(ConnectionClosed):
            async for message in self.socket:
                if isinstance(message, bytes):
                    assert head.get("samples") == len(message) // 2, "sound follows its clause"
                    self.sound.setdefault(head["id"], []).append(np.frombuffer(message, "<i2"))
                    head = {}
                    continue
                assert not head.get("samples"), "nothing comes between a clause and its sound"
                head = json.loads(message)
                self.order.append((head["type"], head["id"]))
                if head["type"] == "clause":
                    self.clauses.setdefault(head["id"], []).append(head)
                else:
                    ended = self.ended.setdefault(head["id"], asyncio.get_running_loop().create_future())
                    if not ended.done():
                        ended.set_result(head)
