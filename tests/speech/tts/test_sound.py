"""Every voice comes out evenly loud, trimmed and without clicks."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tollfree.protocol.audio import SPOKEN_RATE
from tollfree.speech.tts.sound import LOUDNESS_DB, PEAK, gap_ms, loudness_db, shape


def tone(seconds: float, level: float, rate: int = SPOKEN_RATE) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def silence(seconds: float, rate: int = SPOKEN_RATE) -> NDArray[np.float32]:
    return np.zeros(round(seconds * rate), np.float32)


@pytest.mark.parametrize("level", [0.003, 0.05, 0.9])
@pytest.mark.parametrize("seconds", [0.15, 2.0])
def test_quiet_and_loud_voices_are_levelled_alike(level: float, seconds: float) -> None:
    shaped = shape(tone(seconds, level), SPOKEN_RATE, 0)
    assert loudness_db(shaped.samples.astype(np.float32) / 32768) == pytest.approx(LOUDNESS_DB, abs=0.7)


def test_pauses_do_not_make_a_clip_louder() -> None:
    with_pause = np.concatenate([tone(0.5, 0.1), silence(2), tone(0.5, 0.1)])
    assert loudness_db(with_pause) == pytest.approx(loudness_db(tone(1, 0.1)), abs=0.3)


def test_silence_at_the_edges_is_trimmed_and_told() -> None:
    shaped = shape(np.concatenate([silence(0.4), tone(1, 0.1), silence(0.7)]), SPOKEN_RATE, 250)
    assert shaped.cut_ms == pytest.approx(385, abs=11)
    assert shaped.sound_ms == pytest.approx(1060, abs=12)
    assert len(shaped.samples) == round((shaped.sound_ms + 250) * SPOKEN_RATE / 1000)


def test_clips_begin_and_end_at_nothing() -> None:
    samples = shape(tone(1, 0.5), SPOKEN_RATE, 0).samples
    assert samples[0] == 0 and abs(int(samples[-1])) < 40
    steps = np.abs(np.diff(samples[:240].astype(np.int32)))
    assert steps.max() < 400


def test_a_peak_is_rounded_off_and_never_clips() -> None:
    spiky = tone(1, 0.02)
    spiky[::2400] = 0.9
    assert np.abs(shape(spiky, SPOKEN_RATE, 0).samples).max() <= PEAK * 32767 + 1


def test_other_rates_are_brought_to_one() -> None:
    shaped = shape(tone(1, 0.1, 22_050), 22_050, 0)
    assert len(shaped.samples) == pytest.approx(SPOKEN_RATE, abs=300)
    spectrum = np.abs(np.fft.rfft(shaped.samples.astype(np.float64)))
    assert np.argmax(spectrum) * SPOKEN_RATE / len(shaped.samples) == pytest.approx(220, abs=2)


@pytest.mark.parametrize("nothing", [silence(0), silence(1), silence(1) + np.float32(np.nan), tone(0.5, 1e-5)])
def test_no_sound_gives_no_clip(nothing: NDArray[np.float32]) -> None:
    assert len(shape(nothing, SPOKEN_RATE, 250).samples) == 0


@pytest.mark.parametrize(("clause", "gap"), [("Yes,", 120), ("So:", 180), ("Yes.", 250), ('"No?"  ', 250), ("and", 30)])
def test_the_gap_is_that_of_the_last_sign(clause: str, gap: float) -> None:
    assert gap_ms(clause) == gap
