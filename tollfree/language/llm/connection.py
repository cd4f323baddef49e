"""The official client library for one server. Importing it takes a second or more, so this module is imported by who
makes the first request, or by `warm_up` before a call needs it."""

import logging
from collections.abc import Sequence
from typing import cast

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from tollfree.language.llm.base import Message
from tollfree.language.llm.dialects.base import Fields
from tollfree.language.llm.route import Route
from tollfree.network.transport import KEEP_ALIVE_S

Chunks = openai.AsyncStream[ChatCompletionChunk]

CONNECT_S = 5.0
"""Seconds for a connection, in the machine's time, whatever the budgets say."""

# At debug level the library logs whole requests, and so what callers said.
logging.getLogger("openai").setLevel(logging.INFO)
# One line a request at info level, and none of it news.
logging.getLogger("httpx2").setLevel(logging.WARNING)


def connect(route: Route, key: str) -> openai.AsyncOpenAI:
    """A client that keeps its connections, follows no redirect, and takes neither proxies nor keys from the
    environment. It makes one try: what to do next is for the chain to say."""
    # The budgets are the clock's. This is the machine's time, half a second longer, for where the clock stands still.
    read_s = max(route.first_token_budget_ms, route.next_token_budget_ms) / 1000 + 0.5
    http = httpx2.AsyncClient(
        trust_env=False,
        verify=route.base_url.scheme == "https",  # reading the authorities' certificates takes long
        timeout=httpx2.Timeout(read_s, connect=min(read_s, CONNECT_S), pool=read_s),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=KEEP_ALIVE_S),
    )
    # A client without a key cannot be made; servers that ask for none do not look at it.
    client = openai.AsyncOpenAI(
        base_url=str(route.base_url), api_key=key or "none", admin_api_key="", http_client=http, max_retries=0
    )
    client.organization = client.project = None  # which it would take from the environment
    assert client.chat.completions  # imported when it is first asked for
    return client


async def ask(client: openai.AsyncOpenAI, model: str, messages: Sequence[Message], fields: Fields) -> Chunks:
    """Send the request; returns when the server begins to answer."""
    conversation = [{"role": one.role, "content": one.text} for one in messages]
    return await client.chat.completions.create(
        model=model, messages=cast(list[ChatCompletionMessageParam], conversation), stream=True, extra_body=fields
    )
