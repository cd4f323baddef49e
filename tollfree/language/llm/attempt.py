"""One route asked once, within a chain: its first piece, the rest, and what the accounts and its breaker are told."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Literal

from tollfree.language.llm.base import (
    Chat,
    ChatModel,
    Finished,
    ModelError,
    ModelRefused,
    ModelRubbish,
    ModelSlow,
    Piece,
)
from tollfree.network.breaker import Pass
from tollfree.protocol.clock import Clock
from tollfree.protocol.usage import Meter, Used

OF_THE_REQUEST = frozenset({"http_400", "http_413", "http_422"})
"""Refusals that say nothing of the next request: they do not count against the server's health."""


class Attempt:
    """Begins at once. Its end is told once, whichever comes first."""

    def __init__(self, model: ChatModel, leave: Pass, chat: Chat, meter: Meter, clock: Clock) -> None:
        self.model = model
        self._leave, self._meter, self._clock = leave, meter, clock
        self._pieces: AsyncIterator[Piece] = model.stream(chat)
        self._began_ms = clock.elapsed_ms()
        self._first_ms: float | None = None
        self._told = False
        self.first: asyncio.Task[Piece] = asyncio.create_task(self._next())
        """The first piece, or why none came: a `ModelError`."""

    async def rest(self) -> AsyncGenerator[Piece]:
        """From the first piece on. Raises `ModelError`."""
        piece = await self.first
        while True:
            if isinstance(piece, Finished):
                self._end("used", finished=piece)
                yield piece
                return
            yield piece
            piece = await self._next()

    async def drop(self) -> None:
        """Nobody wants it any more: ends the request at the server."""
        self._end("dropped")
        self.first.cancel()
        await asyncio.wait({self.first})
        if not self.first.cancelled():
            self.first.exception()  # told already: it is not reported as forgotten
        close = getattr(self._pieces, "aclose", None)
        if close is not None:
            await close()

    async def _next(self) -> Piece:
        try:
            piece = await anext(self._pieces, None)
            if piece is None:
                raise ModelRubbish(f"{self.model.name} ({self.model.model}) ended its answer without a finish")
        except ModelError as error:
            self._end("slow" if isinstance(error, ModelSlow) else "failed", error)
            raise
        if self._first_ms is None:
            self._first_ms = self._clock.elapsed_ms() - self._began_ms
        return piece

    def _end(
        self,
        came_to: Literal["used", "dropped", "failed", "slow"],
        error: ModelError | None = None,
        finished: Finished | None = None,
    ) -> None:
        if self._told:
            return
        self._told = True
        if error is None or (isinstance(error, ModelRefused) and error.code in OF_THE_REQUEST):
            # One that had begun to answer is well, even if nobody heard it out.
            if self._first_ms is None:
                self._leave.abandoned()
            else:
                self._leave.succeeded()
        else:
            self._leave.failed(error.code)
        self._meter(
            Used(
                kind="llm",
                engine=self.model.name,
                model=self.model.model,
                prompt_tokens=finished.prompt_tokens if finished is not None else 0,
                cached_tokens=finished.cached_tokens if finished is not None else 0,
                completion_tokens=finished.completion_tokens if finished is not None else 0,
                first_ms=self._first_ms,
                took_ms=self._clock.elapsed_ms() - self._began_ms,
                came_to=came_to,
                why=error.code if error is not None else "",
            )
        )
