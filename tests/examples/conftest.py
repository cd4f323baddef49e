"""The corner shop's backend as tests use it: a process of its own, spoken to over loopback."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

SHOP = Path(__file__).parents[2] / "examples" / "corner-shop"
sys.path.insert(0, str(SHOP / "backend"))  # the backend is a program, not part of any installed package

TODAY = "2026-11-22"
"""A Sunday, at noon: the shop is open."""


@dataclass
class Backend:
    """A running backend."""

    url: str
    process: subprocess.Popen[str]

    def client(self, call: str = "", timeout_s: float = 10.0) -> httpx.Client:
        """A client that speaks for one call."""
        headers = {"Tollfree-Call": call} if call else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=timeout_s, trust_env=False)


Start = Callable[..., Backend]


@contextmanager
def running(*arguments: str) -> Iterator[Backend]:
    """Starts the backend on a free port, and ends it afterwards if it still runs."""
    command = [sys.executable, str(SHOP / "backend" / "serve.py"), "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip().removeprefix("corner shop at ")
            assert url.startswith("http://127.0.0.1:")
            yield Backend(url, process)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Backend]:
    """A sandbox that may be broken on request, shared by all tests: each speaks as a call of its own."""
    with running("--sandbox", "--faults", "--today", TODAY) as backend:
        yield backend


@pytest.fixture
def shop(sandbox: Backend, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client with a fresh shop, for this test alone."""
    name: Any = request.node.name
    with sandbox.client(f"test {name}"[:200].encode("ascii", "replace").decode()) as client:
        yield client
        client.delete("/faults")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts backends with their own arguments, ended after the test."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(running(*arguments))
