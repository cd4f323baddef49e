"""A server of humming voices on loopback, and how tests speak to it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.fakes.voice import HummingVoice
from tests.serving.served import Served, served
from tests.serving.tts.talker import Talker
from tollfree.serving.tts.settings import TtsServerSettings
from tollfree.serving.tts.tts_app import TtsServer
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.voice_name import VoiceName
from tollfree.speech.tts.wire import PATH

KNOWN = ("kokoro:hum", "kokoro:tone", "piper:buzz")


class Hall:
    """A server that runs, and its voices by name."""

    def __init__(self, server: TtsServer, voices: dict[str, HummingVoice]) -> None:
        self.server = server
        self.voices = voices
        self.served: Served | None = None

    @property
    def url(self) -> str:
        assert self.served is not None
        return self.served.url

    @property
    def voice(self) -> HummingVoice:
        """The server's own."""
        return self.voices["kokoro:hum"]

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False)

    @asynccontextmanager
    async def talker(self) -> AsyncGenerator[Talker]:
        """A connection of its own."""
        async with connect(f"{self.url.replace('http', 'ws')}{PATH}", max_size=2**24, proxy=None) as socket:
            talker = Talker(socket)
            await talker.hello()
            try:
                yield talker
            finally:
                await talker.close()


Open = Callable[..., AbstractAsyncContextManager[Hall]]


@asynccontextmanager
async def hall(cache: Path, **settings: object) -> AsyncGenerator[Hall]:
    """A server of humming voices."""
    voices: dict[str, HummingVoice] = {}

    def load(name: str) -> Voice:
        if any(f"{VoiceName.read(name).engine}:{part}" not in KNOWN for part, _ in VoiceName.read(name).parts):
            raise UnknownEngine(f"There is no voice {name!r}.")
        place = name if name not in voices else f"{name}#{len(voices)}"
        voices[place] = HummingVoice(name)
        return voices[place]

    chosen = TtsServerSettings(port=0, drain_s=5, **settings)
    server = TtsServer(chosen, cache, "kokoro:hum", load=load, known=lambda: KNOWN)
    found = Hall(server, voices)
    await server.desk.voice(server.desk.named(""))
    async with served(server.app, chosen, server.admission) as found.served:
        yield found


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens a server on a cache of the test's own."""
    return lambda **settings: hall(tmp_path, **settings)


async def until(true: Callable[[], bool]) -> None:
    """Let others run until something holds."""
    for _ in range(4000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("It never came to hold.")
