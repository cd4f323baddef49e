"""vLLM, as of its versions since 0.12: `response_format` for schemas, for the `guided_*` fields are gone.

A priority other than 0 is refused by a server that was started without `--scheduling-policy priority`; cached tokens
are told by one that was started with `--enable-prompt-tokens-details`.
"""

from tollfree.language.llm.base import Chat
from tollfree.language.llm.dialects.base import Fields, common, named_schema


def fields(chat: Chat) -> Fields:
    """Thinking is off: Qwen3 and GLM-4.5 think aloud unless their template is told not to, and a caller waits."""
    return {
        **common(chat),
        **named_schema(chat),
        "priority": int(chat.priority),
        "chat_template_kwargs": {"enable_thinking": False},
    }
