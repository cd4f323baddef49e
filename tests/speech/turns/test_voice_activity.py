"""Every voice activity, the fake one too, keeps to the seam; Silero gives what its own package gives."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from tests.fakes.voice_activity import LoudnessActivity
from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.turns.base import WINDOW, VoiceActivity
from tollfree.speech.turns.registry import ACTIVITIES, load_activity
from tollfree.speech.turns.silero import SileroActivity

MAKERS = {**ACTIVITIES, "fake": LoudnessActivity}


@pytest.fixture(params=sorted(MAKERS))
def make(request: pytest.FixtureRequest) -> Callable[[], VoiceActivity]:
    return MAKERS[request.param]


def _noise(windows: int, level: float = 3000.0) -> np.ndarray:
    return np.random.default_rng(7).normal(0, level, (windows, WINDOW)).clip(-32768, 32767).astype(np.int16)


def test_a_probability_is_one_whatever_the_window_holds(make: Callable[[], VoiceActivity]) -> None:
    activity = make()
    extremes = [np.zeros(WINDOW, np.int16), np.full(WINDOW, 32767, np.int16), np.full(WINDOW, -32768, np.int16)]
    for window in [*extremes, *_noise(20)]:
        assert 0.0 <= activity.probability(window) <= 1.0


def test_silence_is_no_speech(make: Callable[[], VoiceActivity]) -> None:
    activity = make()
    assert all(activity.probability(np.zeros(WINDOW, np.int16)) < 0.15 for _ in range(20))


def test_after_a_reset_it_hears_as_at_first(make: Callable[[], VoiceActivity]) -> None:
    activity = make()
    first = [activity.probability(window) for window in _noise(30)]
    activity.reset()
    assert [activity.probability(window) for window in _noise(30)] == first


def test_two_calls_do_not_hear_each_other(make: Callable[[], VoiceActivity]) -> None:
    alone, one, other = make(), make(), make()
    expected = [alone.probability(window) for window in _noise(20)]
    heard = []
    for window in _noise(20):
        heard.append(one.probability(window))
        other.probability(np.zeros(WINDOW, np.int16))
    assert heard == expected


def test_a_window_of_another_length_is_refused(make: Callable[[], VoiceActivity]) -> None:
    with pytest.raises(ValueError, match="512 samples"):
        make().probability(np.zeros(480, np.int16))


def test_what_it_is_given_is_left_as_it_was(make: Callable[[], VoiceActivity]) -> None:
    (window,) = _noise(1)
    before = window.copy()
    make().probability(window)
    assert np.array_equal(window, before)


def test_silero_gives_what_its_own_package_gives() -> None:
    from faster_whisper.vad import get_vad_model

    windows = _noise(60, 4000.0)
    windows[20:40] = (np.sin(np.arange(20 * WINDOW) * 0.06) * 12000 * np.sin(np.arange(20 * WINDOW) * 0.0018)).reshape(
        20, WINDOW
    )
    expected = get_vad_model()(windows.reshape(-1).astype(np.float32) / 32768).reshape(-1)
    activity = SileroActivity()
    heard = [activity.probability(window) for window in windows]
    # The package's own batch blanks the end of its last window, so that one is left out.
    assert np.allclose(heard[:-1], expected[:-1], atol=1e-4)


def test_a_window_of_silero_is_a_small_part_of_its_own_length_in_cpu_time() -> None:
    activity, windows = SileroActivity(), _noise(200)
    began = time.process_time()
    for window in windows:
        activity.probability(window)
    assert (time.process_time() - began) / 200 < 0.032 / 10


def test_an_activity_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownEngine, match="no voice activity energy; there is silero"):
        load_activity("energy")
