"""OpenAI's own protocol and no word more: servers that refuse fields they do not know take it too."""

from tollfree.language.llm.base import Chat
from tollfree.language.llm.dialects.base import Fields, common, named_schema


def fields(chat: Chat) -> Fields:
    """A strict `json_schema` where there is one. Thinking cannot be told; priorities are not known."""
    return {**common(chat), **named_schema(chat)}
