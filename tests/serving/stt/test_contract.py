"""The server with the real tiny.en keeps the laws of `Recognizer`, over WebSocket and over OpenAI's endpoint."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from tests.serving.served import Served
from tests.serving.stt.conftest import hearing
from tests.speech.stt.contract import RecognizerContract
from tests.speech.stt.sounds import spoken
from tollfree.protocol.audio import Samples
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.batched_whisper import BatchedWhisper
from tollfree.speech.stt.registry import load_recognizer
from tollfree.speech.stt.remote_settings import RemoteSettings
from tollfree.speech.stt.whisper_engine import Engine
from tollfree.wiring.settings import Settings

PATIENT = RemoteSettings(within_s=60)
"""Test machines are slow; what is tested here is not how fast it is."""


class _Served(RecognizerContract):
    @pytest.fixture
    async def server(self, tiny_engine: Engine) -> AsyncIterator[Served]:
        async with hearing(BatchedWhisper("tiny.en", tiny_engine)) as (running, _):
            yield running

    @pytest.fixture
    def speech(self) -> Samples:
        return spoken("I would like two large pizzas, please.")

    async def test_it_hears_what_the_engine_hears(
        self, recognizer: Recognizer, tiny_engine: Engine, speech: Samples
    ) -> None:
        here = BatchedWhisper("tiny.en", tiny_engine)
        expected, heard = await here.transcribe(speech), await recognizer.transcribe(speech)
        await here.aclose()
        assert (heard.text, heard.alternatives, heard.looks) == (expected.text, expected.alternatives, expected.looks)
        assert np.isclose(heard.confidence, expected.confidence)


class TestOverWebSocket(_Served):
    @pytest.fixture
    async def recognizer(self, server: Served) -> AsyncIterator[Recognizer]:
        served = load_recognizer(f"served:ws{server.url[4:]}", Settings().cache, remote=PATIENT)
        yield served
        await served.aclose()


class TestOverHttp(_Served):
    @pytest.fixture
    async def recognizer(self, server: Served) -> AsyncIterator[Recognizer]:
        served = load_recognizer(f"openai:{server.url}/v1#tiny.en", Settings().cache, remote=PATIENT)
        yield served
        await served.aclose()
