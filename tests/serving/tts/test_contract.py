"""The laws of `Voice`, over the server: real engines behind both of its doors."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.serving.served import served
from tests.speech.tts.conftest import Load, fresh, kept  # noqa: F401 - fixtures
from tests.speech.tts.contract import VoiceContract
from tollfree.serving.tts.settings import TtsServerSettings
from tollfree.serving.tts.tts_app import TtsServer
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.registry import load_voice
from tollfree.speech.tts.server_name import ServerAccess
from tollfree.wiring.settings import Settings

PIPER, KOKORO = "piper:en_US-joe-medium", "kokoro:af_heart"
PATIENT = ServerAccess(deadline_ms=60_000)
"""Builders are slow, and Kokoro is slower."""


@asynccontextmanager
async def behind(address: str, name: str, loaded: Load, folder: Path) -> AsyncGenerator[Voice]:
    """A voice of a server that has a real engine. `address` is a pattern of the client's name for it."""
    loaded(name)  # skips where its weights are absent; and keeps its network loaded for all tests
    settings = TtsServerSettings(port=0, drain_s=1, cache_mb=0)
    server = TtsServer(settings, folder, name, load=lambda wanted: load_voice(wanted, Settings().cache))
    async with served(server.app, settings, server.admission) as running:
        client = address.format(host=running.url.removeprefix("http://"))
        opened = await asyncio.to_thread(load_voice, client, folder, access=PATIENT)
        try:
            yield opened
        finally:
            await opened.aclose()


class Served(VoiceContract):
    """Over a server."""

    address = ""
    name = PIPER

    @pytest.fixture
    async def stack(self) -> AsyncGenerator[AsyncExitStack]:
        async with AsyncExitStack() as stack:
            yield stack

    @pytest.fixture
    async def voice(self, stack: AsyncExitStack, kept: Load, tmp_path: Path) -> Voice:  # noqa: F811 - the fixture
        return await stack.enter_async_context(behind(self.address, self.name, kept, tmp_path))

    @pytest.fixture
    def closable(self, voice: Voice) -> Voice:
        return voice


class TestPiperOverWebSocket(Served):
    address = f"served:ws://{{host}}#{PIPER}"


class TestPiperOverHttp(Served):
    address = "openai:http://{host}/v1#piper/en_US-joe-medium"


@pytest.mark.slow
class TestKokoroOverWebSocket(Served):
    address = f"served:ws://{{host}}#{KOKORO}"
    name = KOKORO


@pytest.mark.slow
class TestKokoroOverHttp(Served):
    address = "openai:http://{host}/v1#kokoro/af_heart"
    name = KOKORO
