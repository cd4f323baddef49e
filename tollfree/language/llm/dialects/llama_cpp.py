"""llama.cpp's server: a schema stands beside `json_object`, and the prompt's prefix is kept in the slot."""

from tollfree.language.llm.base import Chat
from tollfree.language.llm.dialects.base import Fields, common


def fields(chat: Chat) -> Fields:
    """A `schema` beside `json_schema` would be taken and ignored; beside `json_object` it is enforced."""
    schema: Fields = {}
    if chat.schema is not None:
        schema = {"response_format": {"type": "json_object", "schema": dict(chat.schema)}}  # type: ignore[dict-item]
    return {
        **common(chat),
        **schema,
        "cache_prompt": True,
        "chat_template_kwargs": {"enable_thinking": False},
    }
