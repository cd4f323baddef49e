"""What of the caller's sound is speech."""

from tests.speech.turns.driver import Driver, saying
from tollfree.speech.turns.base import Commit
from tollfree.speech.turns.gate import SpeechGate
from tollfree.speech.turns.settings import ListeningSettings


def _hear(*windows: tuple[float, float]) -> list[bool]:
    gate = SpeechGate(ListeningSettings())
    return [gate.hear(probability, level_db).speaking for probability, level_db in windows]


def test_two_windows_begin_speech_and_one_does_not() -> None:
    assert _hear((0.9, -25), (0.02, -70), (0.9, -25), (0.9, -25)) == [False, False, False, True]


def test_a_weak_ending_is_still_speech_and_a_soft_one_is_not() -> None:
    assert _hear((0.9, -25), (0.9, -25), (0.2, -30))[-1]
    assert not _hear((0.9, -25), (0.9, -25), (0.2, -55))[-1]


def test_sound_that_does_not_stand_out_from_the_noise_is_none() -> None:
    assert not any(_hear(*[(0.02, -45.0)] * 300, *[(0.9, -43.0)] * 5))


def test_murmur_after_the_words_does_not_keep_a_turn_open() -> None:
    driver = Driver(hear=saying("Where is my order?")).silence(512).speech(992).speech(5024, probability=0.25)
    (commit,) = driver.of(Commit)
    assert commit.at_ms <= 512 + 992 + 800
