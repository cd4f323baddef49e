"""What our path to a language model adds to the time until its first token, beside the same request by plain HTTP.

    python benchmarks/first_token.py [--rounds 400]

Both ask the same scripted server on loopback in turn, each over a connection that is kept. The server is a process of
its own and answers at once, so what is measured is the client: request, official library, thoughts taken out, budgets,
chain, breaker. Limit 5 ms, for the difference of the two 95th percentiles. That of the difference within each pair is
printed too; on a busy machine it has the noise of both. The first rounds are not counted: they import and connect.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import aclosing, contextmanager
from pathlib import Path

import httpx
from _table import percentile, print_table

from tollfree.language.llm.base import Chat, Message, Words
from tollfree.language.llm.chain import ChainedModel, Link
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.dialects.registry import request_fields
from tollfree.language.llm.route import Route
from tollfree.network.breaker import Breaker
from tollfree.protocol.clock import SystemClock

LIMIT_MS = 5.0
WARM = 20
SERVER = """
import sys
from tests.fakes.scripted_models import Script, ScriptedModels
with ScriptedModels() as models:
    models.always("", Script(words=("Your ", "order ", "is ", "on ", "its ", "way.")))
    print(models.base_url, flush=True)
    sys.stdin.read()
"""
CHAT = Chat(
    messages=(
        Message("system", "You answer the telephone of a corner shop. " * 40),
        Message("user", "Where is my order?"),
    )
)


@contextmanager
def served() -> Generator[str]:
    """The scripted server in a process of its own; its base URL."""
    child = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.communicate("")


def plainly(client: httpx.AsyncClient, route: Route) -> Callable[[], Awaitable[float]]:
    """Milliseconds to the first token by plain HTTP; the answer is read to its end."""
    body = {
        "model": route.model,
        "messages": [{"role": one.role, "content": one.text} for one in CHAT.messages],
        "stream": True,
        **request_fields(route, CHAT),
    }

    async def ask() -> float:
        began, first = time.perf_counter(), 0.0
        async with client.stream("POST", f"{route.base_url}/chat/completions", json=body) as answer:
            async for line in answer.aiter_lines():
                if not first and '"content": "Your' in line:
                    first = time.perf_counter()
        return (first - began) * 1000

    return ask


def ours(chain: ChainedModel) -> Callable[[], Awaitable[float]]:
    """The same by a chain of one route."""

    async def ask() -> float:
        began, first = time.perf_counter(), 0.0
        async with aclosing(chain.stream(CHAT)) as pieces:
            async for piece in pieces:
                if not first and isinstance(piece, Words):
                    first = time.perf_counter()
        return (first - began) * 1000

    return ask


async def measure(base_url: str, rounds: int) -> tuple[list[float], list[float]]:
    """Plain and ours, round by round; which goes first changes."""
    route = Route.model_validate({"base_url": base_url, "model": "qwen3", "dialect": "vllm"})
    model, clock = RouteModel("fast", route), SystemClock()
    links = (Link(model, Breaker(clock.elapsed_ms)),)
    plain_ms: list[float] = []
    ours_ms: list[float] = []
    async with httpx.AsyncClient(trust_env=False) as client:
        asked = [(plainly(client, route), plain_ms), (ours(ChainedModel("default", lambda: links)), ours_ms)]
        for number in range(WARM + rounds):
            for ask, taken in asked if number % 2 else reversed(asked):
                taken.append(await ask())
    await model.aclose()
    return plain_ms[WARM:], ours_ms[WARM:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=400)
    rounds = parser.parse_args().rounds
    with served() as base_url:
        plain_ms, ours_ms = asyncio.run(measure(base_url, rounds))
    added_ms = [mine - plain for mine, plain in zip(ours_ms, plain_ms, strict=True)]
    rows = [("plain HTTP", plain_ms), ("tollfree", ours_ms), ("added, pair by pair", added_ms)]
    cells = [(name, f"{percentile(ms, 50):.2f} ms", f"{percentile(ms, 95):.2f} ms", "") for name, ms in rows]
    at_50, at_95 = (f"{percentile(ours_ms, at) - percentile(plain_ms, at):.2f} ms" for at in (50, 95))
    cells.append(("added, between the two", at_50, at_95, f"{LIMIT_MS:.0f} ms"))
    print_table(f"Time to the first token, {rounds} rounds", ("", "p50", "p95", "limit of p95"), cells)


if __name__ == "__main__":
    main()
