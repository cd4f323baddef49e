"""A person beside the agent, in the recording."""

import numpy as np

from tollfree.calls.second_voice import LATEST, SecondVoice


def sound(level: int, count: int = 480) -> np.ndarray:
    return np.full(count, level, np.int16)


def test_both_are_heard_together_and_one_alone_as_it_is() -> None:
    voice = SecondVoice()
    assert (voice.under(sound(100)) == 100).all()
    voice.heard(sound(50, 720))
    assert (voice.under(sound(100)) == 150).all()
    assert voice.under(sound(100)).tolist() == [150] * 240 + [100] * 240


def test_together_they_are_no_louder_than_a_recording_can_be() -> None:
    voice = SecondVoice()
    voice.heard(sound(30_000))
    assert (voice.under(sound(30_000)) == 32_767).all()
    voice.heard(sound(-30_000))
    assert (voice.under(sound(-30_000)) == -32_768).all()


def test_what_piles_up_is_left_out_from_its_beginning() -> None:
    voice = SecondVoice()
    voice.heard(sound(1, LATEST))
    voice.heard(sound(2, 480))
    assert (voice.under(sound(0, LATEST)) == 2).sum() == 480
    assert (voice.under(sound(0)) == 0).all()
