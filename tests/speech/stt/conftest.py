"""Real weights, loaded once each, and sound with words in it."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tollfree.protocol.audio import Samples
from tollfree.speech.stt.sound_file import read_recording
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper import Whisper
from tollfree.speech.stt.whisper_engine import Engine
from tollfree.speech.stt.whisper_settings import WhisperSettings
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

SHARED = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
"""Clips of real people, which are not part of the repository."""


def model_folder(model: str) -> Path:
    """The folder of a Whisper, or a skipped test."""
    try:
        return find(model, Settings().cache).folder
    except WeightsError as error:
        pytest.skip(error.message)


@pytest.fixture(scope="session")
def tiny_engine() -> Engine:
    """The default model without anything around it."""
    return Engine(model_folder("tiny.en"))


@pytest.fixture(scope="session")
def tiny_hearing(tiny_engine: Engine) -> TurnHearing:
    """How the default recogniser hears turns, without its queue."""
    settings = WhisperSettings()
    return TurnHearing(TurnWindow(tiny_engine, settings), VoiceGate(settings), settings)


@pytest.fixture
async def tiny(tiny_hearing: TurnHearing) -> AsyncIterator[Whisper]:
    """The default recogniser, which the test may close."""
    whisper = Whisper("tiny.en", tiny_hearing, WhisperSettings())
    yield whisper
    await whisper.aclose()


def real_clips() -> dict[str, tuple[str, Samples]]:
    """Name → what is said, and the sound, of the clips of real people; or a skipped test."""
    clips: dict[str, tuple[str, Samples]] = {}
    for folder in (SHARED / "speech", SHARED / "turns"):
        if not folder.is_dir():
            pytest.skip(f"The clips of real people are not here: {folder} (set TOLLFREE_SHARED_DATA)")
        for name, said in json.loads((folder / "refs.json").read_text()).items():
            clips[name] = said, read_recording(next(folder.glob(f"{name}.*"))).samples
    return clips
