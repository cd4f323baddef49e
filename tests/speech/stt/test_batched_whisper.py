"""The real tiny.en and base, many turns at once: the same words in any company."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from tests.speech.stt.conftest import model_folder
from tests.speech.stt.sounds import not_speech, spoken
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.speech.stt.base import Hints, TooLate, UnknownEngine, Urgency
from tollfree.speech.stt.batch_queue import BatchSettings
from tollfree.speech.stt.batched_whisper import BatchedWhisper
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper_engine import Engine
from tollfree.speech.stt.whisper_settings import BATCHED

SAID = (
    "I would like two large pizzas, please.",
    "Where is my order?",
    "My number is four one seven five five.",
    "Yes.",
    "Can I speak to a person?",
    "No, that's all, thanks.",
    "I want to send back the blue coat that I bought last Tuesday, because it does not fit me at all.",
)


@pytest.fixture
async def batched(tiny_engine: Engine) -> AsyncIterator[BatchedWhisper]:
    batched = BatchedWhisper("tiny.en", tiny_engine, batches=BatchSettings(most=8, window_ms=50))
    yield batched
    await batched.aclose()


def turns() -> list[Samples]:
    """Turns of many lengths, some of them hard, one of them no speech."""
    rng = np.random.default_rng(4)
    clean = [spoken(said) for said in SAID]
    noisy = [(one + rng.normal(0, 900, len(one))).clip(-32_768, 32_767).astype(np.int16) for one in clean]
    cut = [one[: len(one) // 2] for one in clean]
    return [*clean, *noisy, *cut, not_speech()["hiss"]]


async def test_a_turn_has_the_same_words_alone_and_in_any_company(tiny_engine: Engine, batched: BatchedWhisper) -> None:
    hearing = TurnHearing(TurnWindow(tiny_engine, BATCHED), VoiceGate(BATCHED), BATCHED)
    alone = [hearing.hear(turn, None, Urgency.COMMIT) for turn in turns()]
    together = await asyncio.gather(*(batched.hear(turn) for turn in turns()))
    assert [one.transcript.text for one in together] == [one.text for one in alone]
    assert [one.transcript.alternatives for one in together] == [one.alternatives for one in alone]
    assert [one.transcript.looks for one in together] == [one.looks for one in alone]
    assert max(one.batch for one in together) > 1


async def test_each_turn_says_what_it_took(batched: BatchedWhisper) -> None:
    silence = np.zeros(HEARD_RATE, np.int16)
    words, nothing = await asyncio.gather(batched.hear(spoken(SAID[1])), batched.hear(silence))
    assert words.batch >= 1 and words.transcript.took_ms > 0 and words.waited_ms >= 0 and words.language == "en"
    assert nothing.batch == 0 and nothing.language == "" and nothing.transcript.text == ""


async def test_hints_are_told_to_the_model_in_a_batch_too(batched: BatchedWhisper) -> None:
    hints = Hints(vocabulary=("pizzas", "salads"))
    heard = await asyncio.gather(*(batched.hear(spoken(SAID[0]), told) for told in (hints, None, hints)))
    assert all("pizzas" in one.transcript.text for one in heard)
    assert heard[0].transcript.text == heard[2].transcript.text


async def test_a_deadline_is_kept(batched: BatchedWhisper) -> None:
    with pytest.raises(TooLate):
        await batched.hear(spoken(SAID[0]), within_s=0.0005)


@pytest.mark.parametrize("language", ["auto", "de", "xx"])
async def test_an_english_model_says_that_it_knows_english_only(batched: BatchedWhisper, language: str) -> None:
    with pytest.raises(UnknownEngine, match=r"English|language"):
        await batched.hear(spoken(SAID[0]), language=language)


def test_a_device_that_is_not_there_is_said_plainly() -> None:
    from tollfree.speech.stt.whisper_engine import Runtime

    runtime = Runtime(device="cuda", compute_type="float16")
    with pytest.raises(UnknownEngine, match="cannot be loaded on cuda as float16"):
        BatchedWhisper.load("tiny.en", model_folder("tiny.en"), runtime=runtime)


async def test_a_multilingual_model_detects_the_language_turn_by_turn() -> None:
    base = BatchedWhisper.load("base", model_folder("base"), language="auto")
    heard = await asyncio.gather(base.hear(spoken(SAID[0])), base.hear(spoken(SAID[0]), language="en"))
    assert [one.language for one in heard] == ["en", "en"]
    assert all("large pizzas" in one.transcript.text for one in heard), heard
    with pytest.raises(UnknownEngine):
        await base.hear(spoken(SAID[0]), language="klingon")
    await base.aclose()
