"""A server whose looks the test lets end, and clients of it."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.fakes.shared_recognizer import HeldRecognizer
from tests.serving.served import Served, served
from tests.speech.stt.conftest import model_folder
from tollfree.serving.stt.engine import SharedRecognizer
from tollfree.serving.stt.settings import SttServerSettings
from tollfree.serving.stt.stt_app import SttServer
from tollfree.speech.stt.whisper_engine import Engine


@asynccontextmanager
async def hearing(
    engine: SharedRecognizer, settings: SttServerSettings | None = None
) -> AsyncGenerator[tuple[Served, SttServer]]:
    """A server of an engine, on any free port."""
    settings = settings or SttServerSettings(port=0)
    server = SttServer(settings, engine)
    async with served(server.app(), settings, server.admission) as running:
        yield running, server


@pytest.fixture
def engine() -> HeldRecognizer:
    return HeldRecognizer()


@pytest.fixture
async def running(engine: HeldRecognizer) -> AsyncIterator[Served]:
    """A server of the held engine."""
    async with hearing(engine) as (running, _):
        yield running
        engine.go.set()


@pytest.fixture(scope="session")
def tiny_engine() -> Engine:
    """The default model."""
    return Engine(model_folder("tiny.en"))
