"""The official client library for one server. Importing it takes a second or more, so this module is imported by who
makes the first request, or by `warm_up` before a call needs it."""

import logging
from collections.abc import Sequence

import httpx2
import openai

from tollfree.language.llm.base import Message
from tollfree.language.llm.dialects.base import Fields
from tollfree.language.llm.route import Route
from tollfree.network.transport import KEEP_ALIVE_S

Events = openai.AsyncStream[object]
"""The JSON of an answer's events, as `read_chunk` takes it."""

MOST_KEPT = 32
"""Idle connections that are kept to one server."""
CONNECT_S = 5.0
"""Seconds for a connection, in the machine's time, whatever the budgets say."""

# At debug level the library logs whole requests, and so what callers said.
logging.getLogger("openai").setLevel(logging.INFO)
# One line a request at info level, and none of it news.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class KeptConnections(httpx2.AsyncBaseTransport):
    """Asks once more where a connection that was kept turns out to be dead.

    A server may close an idle connection in the very moment in which a request goes out on it; llama.cpp's does so
    right after an answer. That says nothing of the server, and the request was never looked at.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends the request, on a new connection at the latest the second time. Raises httpx's transport errors."""
        connected = False

        async def trace(event: str, info: dict[str, object]) -> None:
            nonlocal connected
            connected = connected or event == "connection.connect_tcp.started"

        request.extensions = {**request.extensions, "trace": trace}
        for _ in range(MOST_KEPT + 1):
            try:
                return await self._inner.handle_async_request(request)
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                if connected:
                    raise
        raise httpx2.ConnectError("every connection that was kept is dead", request=request)

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._inner.aclose()


def connect(route: Route, key: str) -> openai.AsyncOpenAI:
    """A client that keeps its connections, follows no redirect, and takes neither proxies nor keys from the
    environment. It makes one try: what to do next is for the chain to say."""
    # The budgets are the clock's. This is the machine's time, half a second longer, for where the clock stands still.
    read_s = max(route.first_token_budget_ms, route.next_token_budget_ms) / 1000 + 0.5
    transport = httpx2.AsyncHTTPTransport(
        trust_env=False,
        verify=route.base_url.scheme == "https",  # reading the authorities' certificates takes long
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=MOST_KEPT, keepalive_expiry=KEEP_ALIVE_S),
    )
    http = httpx2.AsyncClient(
        trust_env=False,
        transport=KeptConnections(transport),
        timeout=httpx2.Timeout(read_s, connect=min(read_s, CONNECT_S), pool=read_s),
    )
    # A client without a key cannot be made; servers that ask for none do not look at it.
    client = openai.AsyncOpenAI(
        base_url=str(route.base_url), api_key=key or "none", admin_api_key="", http_client=http, max_retries=0
    )
    client.organization = client.project = None  # which it would take from the environment
    return client


async def ask(client: openai.AsyncOpenAI, model: str, messages: Sequence[Message], fields: Fields) -> Events:
    """Send the request; returns when the server begins to answer.

    Not by `chat.completions.create`: it walks through every message and makes an object of every event, which costs a
    caller about two milliseconds before the first word (`benchmarks/first_token.py`).
    """
    conversation = [{"role": one.role, "content": one.text} for one in messages]
    return await client.post(
        "/chat/completions",
        cast_to=object,
        body={"model": model, "messages": conversation, "stream": True, **fields},
        stream=True,
        stream_cls=Events,
    )
