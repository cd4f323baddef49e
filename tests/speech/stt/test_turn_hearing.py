"""How many looks a turn gets, and what is believed: with readings that the test writes."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hints, Urgency
from tollfree.speech.stt.calibration_sound import Sound
from tollfree.speech.stt.turn_hearing import TurnHearing, leveled
from tollfree.speech.stt.turn_window import Encoded, Prepared, TurnWindow
from tollfree.speech.stt.voice_gate import Voiced, VoiceGate
from tollfree.speech.stt.whisper_engine import Reading
from tollfree.speech.stt.whisper_settings import WhisperSettings

SETTINGS = WhisperSettings()
SOUND: Samples = np.ones(HEARD_RATE, np.int16)


def reading(text: str, log_probability: float = -0.2, *, no_speech: float = 0.0, cut: bool = False) -> Reading:
    return Reading(
        text=text, log_probability=log_probability, tokens=len(text.split()) + 1, cut=cut, no_speech=no_speech
    )


class WrittenWindow:
    """Reads what the test wrote, look by look."""

    def __init__(self, *looks: Reading | tuple[Reading, ...]) -> None:
        self._looks = list(looks)
        self.asked: list[tuple[str, tuple[int, ...], int]] = []

    def prepare(self, sound: Sound) -> Prepared:
        return Prepared(np.zeros((1, 1), np.float32), 1.0, 8)

    def encode_all(self, turns: Sequence[Prepared], pad_s: float) -> list[Encoded]:
        return [Encoded(np.full((1, 1, 1), pad_s, np.float32), turn.allowed) for turn in turns]

    def read_all(
        self, turns: Sequence[Encoded], hints: Sequence[Sequence[int]], languages: Sequence[str], beam: int
    ) -> list[tuple[Reading, ...]]:
        (turn,), (told,) = turns, hints
        pads = {SETTINGS.pad_s: "short", SETTINGS.second_pad_s: "longer", SETTINGS.third_pad_s: "longest"}
        self.asked.append((pads[float(turn.frames[0, 0, 0])], tuple(told), beam))
        look = self._looks.pop(0)
        return [look if isinstance(look, tuple) else (look,)]

    def hint_tokens(self, vocabulary: Sequence[str]) -> tuple[int, ...]:
        return tuple(range(1, len(vocabulary) + 1))


class WrittenGate:
    """A voice of so many windows."""

    def __init__(self, windows: int) -> None:
        self._windows = windows

    def find(self, sound: Sound) -> Voiced | None:
        return Voiced(sound=sound, windows=self._windows) if self._windows else None


def hear(
    *looks: Reading | tuple[Reading, ...],
    windows: int = 30,
    hints: Hints | None = None,
    urgency: Urgency = Urgency.COMMIT,
) -> tuple[Transcript, list[tuple[str, tuple[int, ...], int]]]:
    window = WrittenWindow(*looks)
    hearing = TurnHearing(cast(TurnWindow, window), cast(VoiceGate, WrittenGate(windows)), SETTINGS)
    return hearing.hear(SOUND, hints, urgency), window.asked


def test_without_a_voice_nothing_is_looked_at() -> None:
    heard, asked = hear(windows=0)
    assert heard.text == "" and heard.looks == 0 and asked == []


def test_a_sure_reading_is_believed_at_once() -> None:
    heard, asked = hear(reading("Where is my order?"))
    assert heard.text == "Where is my order?" and [kind for kind, *_ in asked] == ["short"]


def test_a_loop_is_heard_again() -> None:
    heard, asked = hear(reading("ten of clubs ten of clubs"), reading("Ten of clubs."))
    assert heard.text == "Ten of clubs." and heard.looks == 2
    assert [kind for kind, *_ in asked] == ["short", "longer"]


def test_two_unsure_looks_that_agree_are_believed_without_the_longest() -> None:
    heard, asked = hear(reading("five five", -0.9), reading("Five, five.", -1.2))
    assert heard.text == "five five" and len(asked) == 2


def test_looks_that_differ_end_in_the_longest_which_is_believed() -> None:
    heard, asked = hear(reading("and let me jump", -0.9), reading("m jam", -1.2), reading("Mm-hm.", -1.0))
    assert heard.text == "Mm-hm." and [kind for kind, *_ in asked] == ["short", "longer", "longest"]
    assert set(heard.alternatives) == {"and let me jump", "m jam"}


def test_a_longest_window_that_loops_is_not_believed_over_a_shorter_one_that_does_not() -> None:
    looping = reading("no thank you no thank you no thank you", -0.1)
    heard, _ = hear(reading("no thank you", -0.9), reading("no tank you", -1.0), looping)
    assert heard.text == "no thank you"


def test_an_interim_turn_is_looked_at_once_whatever_it_looks_like() -> None:
    heard, asked = hear(reading("I would like", -1.2), urgency=Urgency.INTERIM)
    assert heard.text == "I would like" and asked == [("short", (), SETTINGS.interim_beam)]


def test_a_turn_that_broke_off_is_heard_again() -> None:
    _, asked = hear(reading("one two three", cut=True), reading("one two three four"))
    assert len(asked) == 2


def test_more_words_than_anybody_says_in_that_time_are_heard_again() -> None:
    _, asked = hear(reading("well I was only wondering whether you could help me"), reading("hello"), windows=12)
    assert len(asked) == 2


def test_a_long_voice_with_one_word_is_heard_again() -> None:
    _, asked = hear(reading("So"), reading("So where is it?"), windows=150)
    assert len(asked) == 2


def test_no_speech_and_little_likelihood_together_mean_that_nothing_was_said() -> None:
    looks = [reading(text, -1.3, no_speech=0.9) for text in ("a cat", "the mat", "that hat")]
    assert hear(*looks)[0].text == ""
    assert hear(*(reading(one.text, -0.9, no_speech=0.9) for one in looks))[0].text == "that hat"


def test_what_is_most_unlikely_is_never_believed() -> None:
    looks = [reading(text, -2.0) for text in ("a cat", "the mat", "that hat")]
    assert hear(*looks)[0].text == ""


@pytest.mark.parametrize("text", ["Thanks for watching!", "Subtitles by the Amara.org community", "[Music]"])
def test_stock_phrases_are_never_believed(text: str) -> None:
    assert hear(reading(text, -0.1))[0].text == ""


def test_thank_you_is_believed_of_a_clear_voice_only() -> None:
    assert hear(reading("Thank you.", -0.1), windows=20)[0].text == "Thank you."
    assert hear(reading("Thank you.", -0.1), windows=5)[0].text == ""
    again = reading("Thank you.", -0.9)
    assert hear(again, again, windows=20)[0].text == ""


def test_hints_are_for_the_first_look_and_are_dropped_when_it_is_suspicious() -> None:
    hints = Hints(vocabulary=("margherita", "pepperoni"))
    heard, asked = hear(reading("margherita pepperoni margherita pepperoni"), reading("pickup please"), hints=hints)
    assert heard.text == "pickup please" and asked == [("short", (1, 2), 5), ("short", (), 5)]


def test_other_readings_of_the_beam_are_alternatives() -> None:
    heard, _ = hear((reading("fifteen"), reading("Fifteen."), reading("fifty"), reading("")))
    assert heard.text == "fifteen" and heard.alternatives == ("fifty",)


def test_a_sure_reading_is_surer_than_an_unsure_one_and_agreement_counts() -> None:
    sure, unsure = hear(reading("yes please", -0.1))[0], hear(reading("yes please", -0.7))[0]
    assert sure.confidence > unsure.confidence
    agreed = hear(reading("a b", -0.9), reading("a b", -0.9))[0]
    disputed = hear(reading("a b", -0.9), reading("a c", -0.9), reading("a d", -0.9))[0]
    assert agreed.confidence > disputed.confidence


def test_a_quiet_turn_is_brought_to_level_and_a_common_one_is_left_alone() -> None:
    tone = np.sin(np.arange(HEARD_RATE) / 9).astype(np.float32)
    assert np.abs(leveled(tone * 0.003, SETTINGS)).max() > 0.05
    assert leveled(tone * 0.1, SETTINGS) is not None and np.array_equal(leveled(tone * 0.1, SETTINGS), tone * 0.1)
    assert np.abs(leveled(np.zeros(HEARD_RATE, np.float32), SETTINGS)).max() == 0
    spike = tone * 0.001
    spike[5] = 0.9
    assert np.abs(leveled(spike, SETTINGS)).max() < 1
