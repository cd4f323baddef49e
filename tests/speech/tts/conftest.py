"""Voices for tests: real ones where their weights are, loaded once."""

from collections.abc import Callable
from functools import cache

import pytest

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.registry import load_voice
from tollfree.wiring.settings import Settings

Load = Callable[[str], Voice]


def _loaded(name: str) -> Voice:
    try:
        return load_voice(name, Settings().cache)
    except UnknownEngine as missing:
        pytest.skip(missing.message)


@pytest.fixture(scope="session")
def kept() -> Load:
    """A real voice, loaded once for all tests; skips where its weights are absent."""
    return cache(_loaded)


@pytest.fixture
def fresh() -> Load:
    """A real voice of the test's own, which it may close."""
    return _loaded
