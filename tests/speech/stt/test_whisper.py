"""The real tiny.en: what it hears, what it must not hear, and that its calibration never speaks."""

import asyncio
import itertools
import threading

import numpy as np
import pytest

from tests.speech.stt.conftest import real_clips
from tests.speech.stt.sounds import not_speech, spoken
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.speech.stt.base import Hints, Urgency
from tollfree.speech.stt.calibration_sound import calibration_sound
from tollfree.speech.stt.english_words import english_words, word_errors
from tollfree.speech.stt.turn_hearing import TurnHearing
from tollfree.speech.stt.turn_window import TurnWindow
from tollfree.speech.stt.voice_gate import VoiceGate
from tollfree.speech.stt.whisper import Whisper
from tollfree.speech.stt.whisper_engine import Engine
from tollfree.speech.stt.whisper_settings import WhisperSettings

SETTINGS = WhisperSettings()
SAID = (
    "I would like two large pizzas, please.",
    "Where is my order?",
    "My number is four one seven five five.",
    "Yes.",
    "Can I speak to a person?",
    "No, that's all, thanks.",
)


def as_floats(samples: Samples) -> np.ndarray:
    return samples.astype(np.float32) / np.float32(32_768)


def test_made_speech_is_heard(tiny_hearing: TurnHearing) -> None:
    errors = words = 0
    for said in SAID:
        reference = english_words(said)
        errors += word_errors(reference, english_words(tiny_hearing.hear(spoken(said), None, Urgency.COMMIT).text))
        words += len(reference)
    assert errors <= words * 0.15


@pytest.mark.parametrize("name", sorted(not_speech()))
@pytest.mark.parametrize("level", [0.01, 1.0])
def test_what_is_no_speech_has_no_words(tiny_hearing: TurnHearing, name: str, level: float) -> None:
    sound = (not_speech()[name] * level).astype(np.int16)
    hints = Hints(vocabulary=("margherita", "pepperoni"), slot="choice")
    assert tiny_hearing.hear(sound, None, Urgency.COMMIT).text == ""
    assert tiny_hearing.hear(sound, hints, Urgency.COMMIT).text == ""


def test_without_the_gate_words_are_found_where_there_are_none(tiny_engine: Engine) -> None:
    window = TurnWindow(tiny_engine, SETTINGS)
    found = [
        window.read(window.encode(window.prepare(as_floats(sound)), SETTINGS.pad_s))[0].text
        for sound in not_speech().values()
    ]
    assert any(found)


@pytest.mark.parametrize(
    "calibration",
    ["", "Elephants and zebras drink purple lemonade.", "The lighthouse keeper polished seventeen brass trumpets."],
)
def test_no_word_of_any_calibration_sound_comes_out_in_a_turn(tiny_engine: Engine, calibration: str) -> None:
    sound = as_floats(spoken(calibration)) if calibration else calibration_sound()
    window = TurnWindow(tiny_engine, SETTINGS, calibration=sound)
    hearing = TurnHearing(window, VoiceGate(SETTINGS), SETTINGS)
    own = {word for word in english_words(calibration) if len(word) > 3}
    rng = np.random.default_rng(3)
    for said in SAID:
        clean = spoken(said)
        noisy = (clean + rng.normal(0, 300, len(clean))).clip(-32_768, 32_767).astype(np.int16)
        for sound_of_turn in (clean, noisy, clean[: HEARD_RATE // 2], (clean / 30).astype(np.int16)):
            heard = hearing.hear(sound_of_turn, None, Urgency.COMMIT)
            for text in (heard.text, *heard.alternatives):
                assert not own & set(english_words(text)), text


def test_the_calibration_sound_itself_holds_no_speech() -> None:
    samples = calibration_sound()
    assert VoiceGate(SETTINGS).find(samples) is None
    assert np.array_equal(samples, calibration_sound()) and np.abs(samples).max() <= 0.5


def test_a_turn_gets_the_same_words_whatever_was_heard_before(tiny_hearing: TurnHearing) -> None:
    alone = [tiny_hearing.hear(spoken(said), None, Urgency.COMMIT).text for said in SAID[:3]]
    for order in itertools.permutations(range(3)):
        heard = {at: tiny_hearing.hear(spoken(SAID[at]), None, Urgency.COMMIT).text for at in order}
        assert [heard[at] for at in range(3)] == alone


def test_silence_around_a_turn_changes_little(tiny_hearing: TurnHearing) -> None:
    turn, silence = spoken(SAID[1]), np.zeros(2 * HEARD_RATE, np.int16)
    around = tiny_hearing.hear(np.concatenate([silence, turn, silence]), None, Urgency.COMMIT)
    assert english_words(around.text) == english_words(SAID[1])


def test_of_a_turn_longer_than_the_window_the_last_part_counts(tiny_hearing: TurnHearing) -> None:
    first, last = spoken("Elephants drink lemonade."), spoken(SAID[1])
    long = np.concatenate([first, np.zeros(30 * HEARD_RATE, np.int16), last])
    text = tiny_hearing.hear(long, None, Urgency.COMMIT).text
    assert "order" in text and "lemonade" not in text.lower()


async def test_hearing_happens_on_the_thread_of_the_recogniser(tiny: Whisper) -> None:
    waits = threading.active_count()
    await asyncio.gather(*(tiny.transcribe(spoken(SAID[3])) for _ in range(3)))
    assert threading.active_count() <= waits + 1


def test_real_people_are_heard_about_as_well_as_by_the_full_window(tiny_hearing: TurnHearing) -> None:
    errors = words = 0
    for said, samples in real_clips().values():
        reference = english_words(said)
        errors += word_errors(reference, english_words(tiny_hearing.hear(samples, None, Urgency.COMMIT).text))
        words += len(reference)
    assert errors / words < 0.12  # the full window: 0.09
