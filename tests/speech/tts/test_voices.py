"""Every voice passes the contract."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes.voice import HummingVoice
from tests.speech.tts.conftest import Load
from tests.speech.tts.contract import VoiceContract, assert_is_whole
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.kokoro import trained
from tollfree.speech.tts.onnx_voice import cut_phonemes
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

    async def test_the_loop_goes_on_while_it_renders(self, voice: Voice) -> None:
        rendering = asyncio.create_task(voice.render("Your order will be ready in half an hour, and we will call you."))
        turns = 0
        while not rendering.done():
            await asyncio.wait([rendering], timeout=0.001)
            turns += 1
        assert turns > 10

    async def test_a_voice_says_all_of_a_clause_that_is_longer_than_its_network_takes(self, voice: Voice) -> None:
        text = "$1,234,567.89 " * 25
        clip = await voice.render(text)
        assert_is_whole(clip, text)
        assert clip.ms > 60_000


@pytest.mark.slow
class TestKokoro(VoiceContract):
    @pytest.fixture
    def voice(self, kept: Load) -> Voice:
        return kept("kokoro:af_heart")

    @pytest.fixture
    def closable(self, fresh: Load) -> Voice:
        return fresh("kokoro:af_heart")


def test_kokoro_reads_the_phonemes_it_was_trained_on() -> None:
    assert trained("tʃˈeɪndʒ maɪ hˈoʊm bˈɜːd", "en-us") == "ʧˈAnʤ mI hˈOm bˈɜɹd"
    assert trained("ɡˈəʊ nˈaʊ", "en-gb") == "ɡˈQ nˈW"


def test_phonemes_are_cut_at_signs_then_between_words_then_anywhere() -> None:
    assert cut_phonemes("abc, def ghi.", 9) == ["abc,", "def ghi."]
    assert cut_phonemes("abc def ghi", 9) == ["abc def", "ghi"]
    assert cut_phonemes("abcdef", 4) == ["abcd", "ef"]
    assert cut_phonemes(" , . ", 4) == []


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
