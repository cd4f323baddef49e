"""Word times come from the sounds, also where espeak joins words or cuts them."""

import pytest

from tollfree.speech.tts.normalise import normalise
from tollfree.speech.tts.phonemes import phonemes
from tollfree.speech.tts.timing import Sound, shared_out, spoken_word_ends, word_times


def sounds(symbols: str) -> list[Sound]:
    """Each symbol takes ten milliseconds."""
    return [Sound(symbol, 10.0 * place) for place, symbol in enumerate(symbols, 1)]


def test_where_words_and_sounds_match_each_word_ends_with_its_own() -> None:
    assert spoken_word_ends(["one,", "two", "three."], sounds("ab, cde fg.")) == [20, 70, 100]


def test_joined_words_share_the_stretch_they_were_joined_in_and_no_other() -> None:
    ends = spoken_word_ends(["of", "the", "hour,", "yes."], sounds("abc dd, ee."))
    assert ends[2] == 60 and ends[3] == 100
    assert 0 < ends[0] < ends[1] < 60


def test_where_even_the_stretches_differ_all_is_shared_out() -> None:
    ends = spoken_word_ends(["a", "b,", "c"], sounds("aa"))
    assert ends == pytest.approx([20 * 2 / 7, 20 * 5 / 7, 20])


def test_without_sounds_nothing_takes_time() -> None:
    assert spoken_word_ends(["a", "b"], []) == [0, 0]


def test_longer_words_take_longer() -> None:
    assert shared_out(["a", "abc"], 100, 160) == pytest.approx([120, 160])


def test_times_are_those_of_the_clip_and_never_beyond_its_sound() -> None:
    spoken = normalise("Pay $5, please.")
    times = word_times(spoken, [300, 500, 900, 1500], cut_ms=200, sound_ms=1200)
    assert [(time.end, time.end_ms) for time in times] == [(3, 100), (7, 700), (15, 1200)]


def test_a_spelled_a_is_a_letter_and_another_the_article() -> None:
    assert phonemes("A one B, A large pizza", "en-us").split() == [
        "ˈeɪ",
        "wˈʌn",
        "bˈiː,",
        "ɐ",
        "lˈɑːɹdʒ",
        "pˈiːtsə",
    ]
    assert phonemes("route B A seven", "en-us").split()[2] == "ˈeɪ"
