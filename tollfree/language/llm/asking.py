"""Who is asked, and one request from its first piece to its end."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from tollfree.language.llm.base import Chat, ChatModel, Finished, Priority, Words
from tollfree.protocol.ahead import AHEAD


class Models(Protocol):
    """The language models of one call. What is asked of them is put down to the call."""

    def model(self, route: str | None, *, purpose: str, effect: str = "") -> ChatModel | None:
        """Who answers on a route or chain of that name; of none, or of an unknown one, the default's. None: no
        language model is configured. The answer's `name` is that of the route that answered, once it has."""
        ...


class Stream:
    """The words of one answer as they come."""

    def __init__(self, pieces: AsyncIterator[Words | Finished]) -> None:
        self._pieces = pieces
        self.cut_off = False
        """It has reached its greatest length."""

    async def __aiter__(self) -> AsyncIterator[str]:
        async for piece in self._pieces:
            if isinstance(piece, Words):
                yield piece.text
            else:
                self.cut_off = piece.reason == "length"


@asynccontextmanager
async def asked(model: ChatModel, chat: Chat) -> AsyncGenerator[Stream]:
    """Ask, and end the request when the answer is not wanted any more. Raises `ModelError` where it is read."""
    pieces = model.stream(chat)
    try:
        yield Stream(pieces)
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()


def priority() -> Priority:
    """Of what is asked now."""
    return Priority.SPECULATION if AHEAD.get() else Priority.CALLER_WAITS
