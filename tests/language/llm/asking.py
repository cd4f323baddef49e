"""What tests of language models ask, and how they read the answer."""

from collections.abc import AsyncIterator, Sequence

from tollfree.language.llm.base import Chat, Finished, Message, Piece, Words
from tollfree.language.llm.route import Route

INTENT = {
    "type": "object",
    "properties": {"intent": {"enum": ["order", "return"]}},
    "required": ["intent"],
    "additionalProperties": False,
}
"""A closed choice."""


def chat(text: str = "Where is my order?", **more: object) -> Chat:
    """A short conversation that ends with the text."""
    return Chat(messages=(Message("system", "Be brief."), Message("user", text)), **more)  # type: ignore[arg-type]


def route_to(base_url: str, model: str = "qwen3", **more: object) -> Route:
    """A route with budgets that a busy machine does not overrun, unless told."""
    budgets = {"first_token_budget_ms": 60_000, "next_token_budget_ms": 60_000, "whole_budget_ms": 120_000}
    return Route.model_validate({"base_url": base_url, "model": model, **budgets, **more})


async def pieces_of(stream: AsyncIterator[Piece]) -> list[Piece]:
    """Every piece."""
    return [piece async for piece in stream]


def text_of(pieces: Sequence[Piece]) -> str:
    """What was said."""
    return "".join(piece.text for piece in pieces if isinstance(piece, Words))


def end_of(pieces: Sequence[Piece]) -> Finished:
    """The last piece, which says that all came."""
    assert isinstance(pieces[-1], Finished)
    assert not any(isinstance(piece, Finished) for piece in pieces[:-1])
    return pieces[-1]
