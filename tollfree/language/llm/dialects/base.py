"""What every dialect says alike, and the seam of those that say more."""

from collections.abc import Callable
from typing import TypeAlias

from pydantic import JsonValue

from tollfree.language.llm.base import Chat

Fields: TypeAlias = dict[str, JsonValue]
"""Fields of a request beside model and messages."""

FieldsOf: TypeAlias = Callable[[Chat], Fields]
"""A dialect: what a request says of a chat."""

ANSWER = "answer"
"""The name that servers want a schema to have; none shows it to the model."""


def common(chat: Chat) -> Fields:
    """What all servers understand. Usage comes at the stream's end, from servers that tell it."""
    return {
        "temperature": chat.temperature,
        "max_tokens": chat.max_tokens,
        "stream_options": {"include_usage": True},
    }


def named_schema(chat: Chat) -> Fields:
    """The schema as OpenAI's structured outputs want it; nothing where the answer is free."""
    if chat.schema is None:
        return {}
    schema = {"name": ANSWER, "strict": True, "schema": dict(chat.schema)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}  # type: ignore[dict-item]
