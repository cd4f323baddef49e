"""Whisper, alone and in batches, and the scripted fake keep the laws of `Recognizer`."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from tests.fakes.recognizer import ScriptedRecognizer
from tests.speech.stt.contract import RecognizerContract
from tests.speech.stt.sounds import spoken
from tollfree.protocol.audio import Samples
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.batched_whisper import BatchedWhisper
from tollfree.speech.stt.whisper import Whisper
from tollfree.speech.stt.whisper_engine import Engine


class TestWhisper(RecognizerContract):
    @pytest.fixture
    def recognizer(self, tiny: Whisper) -> Recognizer:
        return tiny

    @pytest.fixture
    def speech(self) -> Samples:
        return spoken("I would like two large pizzas, please.")


class TestBatchedWhisper(RecognizerContract):
    @pytest.fixture
    async def recognizer(self, tiny_engine: Engine) -> AsyncIterator[Recognizer]:
        batched = BatchedWhisper("tiny.en", tiny_engine)
        yield batched
        await batched.aclose()

    @pytest.fixture
    def speech(self) -> Samples:
        return spoken("I would like two large pizzas, please.")


class TestScripted(RecognizerContract):
    @pytest.fixture
    def recognizer(self) -> Recognizer:
        return ScriptedRecognizer("where is my order")

    @pytest.fixture
    def speech(self) -> Samples:
        return (8_000 * np.sin(np.arange(16_000) / 20)).astype(np.int16)
