"""A route's model, asked over the OpenAI protocol."""

import asyncio
import importlib
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from tollfree.language.llm.base import Chat, Piece
from tollfree.language.llm.dialects.registry import request_fields
from tollfree.language.llm.route import Route
from tollfree.protocol.clock import Clock, SystemClock

if TYPE_CHECKING:
    import openai

    from tollfree.language.llm.connection import Events


class RouteModel:
    """The `ChatModel` of one route. Connections and the client library come when they are first needed."""

    def __init__(
        self, name: str, route: Route, *, clock: Clock | None = None, environ: Mapping[str, str] = os.environ
    ) -> None:
        """`environ`: where the server's key is."""
        self.route = route
        self._name = name
        self._clock = clock if clock is not None else SystemClock()
        self._key = route.key(environ)
        self._client: openai.AsyncOpenAI | None = None
        self._under_way = 0
        self._retired = False

    def __repr__(self) -> str:
        return f"RouteModel({self._name!r}, {self.route.model!r})"

    @property
    def name(self) -> str:
        """The route's name."""
        return self._name

    @property
    def model(self) -> str:
        """As the server names it."""
        return self.route.model

    async def warm_up(self) -> None:
        """Import the client library in a thread, so that no caller waits for it. Asks the server nothing."""
        await asyncio.to_thread(importlib.import_module, "tollfree.language.llm.answer")
        self._connected()

    async def stream(self, chat: Chat) -> AsyncGenerator[Piece]:
        """The answer as it comes. Closing the iterator, or cancelling who waits for it, ends the request at the server.
        Raises `ModelError`."""
        from tollfree.language.llm.answer import Answer
        from tollfree.language.llm.failures import Place

        answer = Answer(Place(self._name, self.route), self._clock)
        self._under_way += 1
        try:
            async with aclosing(answer.pieces(self._ask(chat))) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._under_way -= 1
            await answer.close()
            if self._retired and not self._under_way:
                await self.aclose()

    async def retire(self) -> None:
        """Close as soon as no answer is under way: its route has changed, or is gone."""
        self._retired = True
        if not self._under_way:
            await self.aclose()

    async def aclose(self) -> None:
        """Let connections go. Who asks again afterwards gets new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, chat: Chat) -> "Events":
        from tollfree.language.llm.connection import ask

        return await ask(self._connected(), self.route.model, chat.messages, request_fields(self.route, chat))

    def _connected(self) -> "openai.AsyncOpenAI":
        if self._client is None:
            from tollfree.language.llm.connection import connect

            self._client = connect(self.route, self._key.get_secret_value())
        return self._client
