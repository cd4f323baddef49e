"""Every voice passes the contract."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fakes.voice import HummingVoice
from tests.speech.tts.conftest import Load
from tests.speech.tts.contract import VoiceContract, assert_is_whole
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts import registry
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.kokoro import trained
from tollfree.speech.tts.kokoro_cuda import TorchKokoro
from tollfree.speech.tts.onnx_voice import cut_phonemes
from tollfree.speech.tts.registry import load_voice, voices
from tollfree.speech.tts.voice_name import VoiceName


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


def test_a_piper_voice_cannot_be_blended() -> None:
    with pytest.raises(UnknownEngine, match="cannot be blended"):
        registry.LOADERS["piper"](VoiceName.read("piper:en_US-joe-medium+other"), Path("nowhere"), 1)


async def test_a_voice_at_another_speed_is_another_voice_and_takes_as_much_less_time(kept: Load) -> None:
    usual, quick = kept("piper:en_US-joe-medium"), kept("piper:en_US-joe-medium@1.5")
    text = "Your order will be ready in half an hour, and we will call you."
    slow_clip, quick_clip = await usual.render(text), await quick.render(text)
    assert quick.name == "piper:en_US-joe-medium@1.5" and quick.speaking.model != usual.speaking.model
    # Piper draws its durations anew each time, so within bounds
    assert 1.2 < slow_clip.words[-1].end_ms / quick_clip.words[-1].end_ms < 1.9


@pytest.mark.slow
async def test_kokoro_blends_voices_by_their_shares_and_speaks_at_a_speed(kept: Load) -> None:
    heart, blend = kept("kokoro:af_heart"), kept("kokoro:af_heart:0.7+am_adam:0.3@1.25")
    clip, blended = await heart.render("Your order is ready."), await blend.render("Your order is ready.")
    assert blend.name == "kokoro:af_heart:0.7+am_adam:0.3@1.25" and blend.speaking.languages == ("en-US",)
    assert blend.speaking.model != heart.speaking.model
    assert blended.words[-1].end_ms < clip.words[-1].end_ms
    assert_is_whole(blended, "Your order is ready.")


def test_the_gpu_engine_says_which_extra_it_needs(tmp_path: Path) -> None:
    if find_spec("torch") and find_spec("kokoro"):
        pytest.skip("the extra is installed")
    with pytest.raises(UnknownEngine, match=r"tollfree\[kokoro-cuda\]"):
        TorchKokoro(tmp_path)
