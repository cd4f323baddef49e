"""Every voice passes the contract."""

from pathlib import Path

import pytest

from tests.fakes.voice import HummingVoice
from tests.speech.tts.conftest import Load
from tests.speech.tts.contract import VoiceContract
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.registry import load_voice, voices


class TestTheFake(VoiceContract):
    @pytest.fixture
    def voice(self) -> Voice:
        return HummingVoice()

    @pytest.fixture
    def closable(self) -> Voice:
        return HummingVoice()


class TestPiper(VoiceContract):
    @pytest.fixture
    def voice(self, kept: Load) -> Voice:
        return kept("piper:en_US-joe-medium")

    @pytest.fixture
    def closable(self, fresh: Load) -> Voice:
        return fresh("piper:en_US-joe-medium")


@pytest.mark.slow
class TestKokoro(VoiceContract):
    @pytest.fixture
    def voice(self, kept: Load) -> Voice:
        return kept("kokoro:af_heart")

    @pytest.fixture
    def closable(self, fresh: Load) -> Voice:
        return fresh("kokoro:af_heart")


def test_the_voices_are_the_english_ones_of_kokoro_and_pipers() -> None:
    assert {"kokoro:af_heart", "kokoro:bm_george", "piper:en_US-joe-medium"} <= set(voices())
    assert not any(name.startswith("kokoro:j") for name in voices())


@pytest.mark.parametrize("name", ["", "kokoro", "kokoro:nobody", "piper:../x", "espeak:en", "kokoro:jf_alpha"])
def test_an_unknown_voice_is_refused_with_those_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="Choose one of"):
        load_voice(name, tmp_path)


def test_a_voice_without_its_weights_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="models pull"):
        load_voice("kokoro:af_heart", tmp_path)
