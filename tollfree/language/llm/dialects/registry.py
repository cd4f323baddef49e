"""Every dialect by name, and the request that a route makes of a chat."""

from collections.abc import Mapping

from tollfree.language.llm.base import Chat
from tollfree.language.llm.dialects import llama_cpp, openai, vllm
from tollfree.language.llm.dialects.base import Fields, FieldsOf
from tollfree.language.llm.route import Dialect, Route

DIALECTS: Mapping[Dialect, FieldsOf] = {
    "vllm": vllm.fields,
    "llama.cpp": llama_cpp.fields,
    "openai": openai.fields,
}


def request_fields(route: Route, chat: Chat) -> Fields:
    """What the request says beside model and messages. The route's options win over the dialect's, and over what the
    chat asks for; one that is null takes the field out."""
    fields = {**DIALECTS[route.dialect](chat), **route.options}
    return {name: value for name, value in fields.items() if value is not None}
