"""What becomes of the agent's sound when the caller speaks over it."""

import pytest

from tests.speech.turns.driver import Driver, saying
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.base import Commit, Keys, Offer, Pause, Resume, Stop

YES_OR_NO = Expectation(patience=Patience.SHORT, vocabulary=("yes", "no"))


def over(text: str, ms: float = 416, confidence: float = 0.9, delay_ms: float = 128) -> Driver:
    """Words over the agent's long line."""
    driver = Driver(hear=saying(text, confidence), delay_ms=delay_ms).agent(True).silence(2016)
    return driver.speech(ms).silence(4000)


@pytest.mark.parametrize(
    "text", ["Mm-hm.", "Mmm-hmm.", "MM", "M.H.M.", "Uh-huh.", "Yeah", "Okay.", "Right.", "I see.", "Sure"]
)
def test_a_listeners_remark_resumes_the_agent_and_is_no_turn(text: str) -> None:
    driver = over(text)
    assert driver.names() == ["Pause", "Resume"]
    assert driver.of(Resume)[0].why == "backchannel"


def test_the_agent_is_paused_within_the_gate_and_audible_again_soon_after_a_remark() -> None:
    driver = over("Yeah.")
    assert driver.when(Pause) - 2016 <= 128
    assert driver.when(Resume) - (2016 + 416) <= 128


@pytest.mark.parametrize("text", ["Stop.", "No.", "Wait", "Hold on.", "Actually, I want to cancel."])
def test_words_that_interrupt_stop_it_and_are_a_turn(text: str) -> None:
    driver = over(text)
    assert driver.names() == ["Pause", "Stop", "Commit"]
    assert driver.of(Stop)[0].turn == driver.of(Commit)[0].turn == driver.of(Pause)[0].turn


def test_a_cough_resumes_it() -> None:
    driver = over("", confidence=1.0)
    assert driver.names() == ["Pause", "Resume"]
    assert driver.of(Resume)[0].why == "noise"


def test_a_hum_that_was_misheard_resumes_it() -> None:
    assert over("memory gem", confidence=0.2).names() == ["Pause", "Resume"]


def test_long_speech_stops_it_before_any_text_comes() -> None:
    driver = Driver(hear=lambda wanted: None).agent(True).silence(1024).speech(1504)
    assert driver.names() == ["Pause", "Stop"]
    assert driver.when(Stop) - 1024 <= 1100


def test_interim_text_of_several_words_stops_it_while_the_caller_speaks() -> None:
    driver = Driver(hear=saying("I want to"), delay_ms=64).agent(True).silence(1024).speech(480)
    assert driver.names() == ["Pause", "Stop"]


@pytest.mark.parametrize("probability", [0.95, 0.6])
def test_a_pause_ends_even_if_no_text_ever_comes(probability: float) -> None:
    driver = Driver(hear=lambda wanted: None).agent(True).silence(1024)
    driver.speech(320, probability=probability).silence(3000)
    assert driver.names()[:2] == (["Pause", "Stop"] if probability > 0.8 else ["Pause", "Resume"])


def test_a_line_that_must_be_heard_goes_on_and_the_words_are_a_turn_all_the_same() -> None:
    driver = Driver(hear=saying("I want to cancel.")).agent(True, interruptible=False).silence(1024)
    driver.speech(800).silence(2000)
    assert driver.names() == ["Commit"]


def test_a_node_without_barge_in_is_not_interrupted() -> None:
    driver = Driver(hear=saying("I want to cancel.")).expect(Expectation(barge_in=False)).agent(True).silence(1024)
    assert driver.speech(800).silence(2000).names() == ["Commit"]


def test_a_remark_over_a_line_that_must_be_heard_is_no_turn() -> None:
    driver = Driver(hear=saying("Okay.")).agent(True, interruptible=False).silence(1024).speech(320).silence(2000)
    assert driver.names() == ["Drop"]


def test_a_yes_over_the_last_words_of_a_question_is_its_answer_once_it_is_over() -> None:
    driver = Driver(hear=saying("Yes.")).expect(YES_OR_NO).agent(True).silence(2016).speech(320).silence(640)
    assert driver.names() == ["Pause", "Resume"]
    driver.agent(False).silence(1000)
    assert driver.names() == ["Pause", "Resume", "Commit"]
    assert driver.of(Offer)[-1].start_ms <= 2016


def test_a_yes_in_the_middle_of_a_long_question_is_none() -> None:
    driver = Driver(hear=saying("Mm-hm.")).expect(YES_OR_NO).agent(True).silence(2016).speech(320).silence(3008)
    assert driver.agent(False).silence(2000).names() == ["Pause", "Resume"]


def test_a_yes_over_a_line_that_asks_nothing_is_none() -> None:
    driver = Driver(hear=saying("Yes.")).agent(True).silence(2016).speech(320).silence(640)
    assert driver.agent(False).silence(1000).names() == ["Pause", "Resume"]


def test_speech_that_begins_as_the_agent_ends_is_an_ordinary_turn() -> None:
    driver = Driver(hear=saying("Yes.")).agent(True).silence(2016).speech(32).agent(False).speech(352).silence(1000)
    assert driver.names() == ["Commit"]


def test_a_caller_who_was_speaking_first_stops_the_agent() -> None:
    driver = Driver(hear=saying("yeah")).silence(512).speech(640).agent(True).speech(320).silence(1500)
    assert driver.names()[:2] == ["Pause", "Stop"]
    assert driver.names()[-1] == "Commit"


def test_sound_much_softer_than_the_callers_voice_may_be_echo_while_that_is_not_known() -> None:
    driver = Driver(hear=saying("The next bus is at nine.")).silence(512).speech(992).silence(1000).agent(True)
    driver.speech(192, level_db=-45).silence(320)
    assert not driver.of(Pause)


def test_a_soft_voice_pauses_the_agent_at_once_where_nothing_of_it_comes_back() -> None:
    driver = Driver(hear=saying("The next bus is at nine.")).silence(512).speech(992, level_db=-10).silence(1000)
    driver.agent(True).silence(2016).speech(192, level_db=-35)
    assert driver.when(Pause) - (512 + 992 + 1000 + 2016) <= 96


def test_what_is_as_soft_as_the_echo_of_the_agent_must_last_longer() -> None:
    driver = Driver(hear=saying("The next bus is at nine.")).silence(512).speech(992, level_db=-10).silence(1000)
    driver.agent(True).speech(2016, probability=0.1, level_db=-45).speech(192, level_db=-42).silence(320)
    assert not driver.of(Pause)


def test_a_hiss_as_loud_as_a_voice_pauses_the_agent_before_the_network_knows_it_for_speech() -> None:
    driver = Driver(hear=saying("Seven of clubs.")).agent(True).silence(2016)
    driver.speech(192, probability=0.05, level_db=-20).speech(640).silence(1500)
    assert driver.names() == ["Pause", "Stop", "Commit"]
    assert driver.when(Pause) - 2016 <= 64


def test_a_bang_pauses_the_agent_and_it_goes_on_at_once() -> None:
    driver = Driver(hear=saying("", confidence=1.0)).agent(True).silence(2016)
    driver.speech(96, probability=0.05, level_db=-15).silence(2016)
    assert driver.names() == ["Pause", "Resume"]
    assert driver.when(Resume) - (2016 + 96) <= 192


def test_a_noise_that_stays_pauses_the_agent_once() -> None:
    driver = Driver(hear=saying("", confidence=1.0)).agent(True).silence(2016)
    driver.speech(20_000, probability=0.05, level_db=-15)
    assert driver.names() == ["Pause", "Resume"]


def test_a_hiss_while_the_agent_is_silent_begins_no_turn() -> None:
    driver = Driver(hear=saying("", confidence=1.0)).silence(2016).speech(512, probability=0.05, level_db=-15)
    assert not driver.silence(1000).names()


def test_a_hiss_much_softer_than_the_callers_voice_does_not_pause_the_agent() -> None:
    driver = Driver(hear=saying("The next bus is at nine.")).silence(512).speech(992, level_db=-15).silence(1000)
    driver.agent(True).speech(512, probability=0.05, level_db=-35).silence(500)
    assert not driver.of(Pause)


def test_what_follows_a_remark_at_once_is_heard_together_with_it() -> None:
    texts = iter(["Yeah.", "Yeah, but where is my order?"])
    driver = Driver(hear=lambda w: Transcript(text=next(texts)) if isinstance(w, Offer) else None).agent(True)
    driver.silence(2016).speech(224).silence(320).speech(1504).silence(2000)
    assert driver.names() == ["Pause", "Resume", "Pause", "Stop", "Commit"]
    assert driver.of(Commit)[0].start_ms == 2016 - 300


def test_a_key_stops_the_agent() -> None:
    driver = Driver().expect(Expectation(keypad=Keypad(max_length=2))).agent(True).silence(1024).key("12")
    assert driver.names() == ["Stop"]
    assert [signal.keys for signal in driver.of(Keys)] == ["12"]


def test_a_caller_who_mumbles_on_and_off_does_not_keep_the_agent_paused() -> None:
    driver = Driver(hear=lambda wanted: None).agent(True).silence(1024)
    for _ in range(12):
        driver.speech(96).silence(448)
    assert driver.names()[:2] == ["Pause", "Stop"]
    assert driver.when(Stop) - driver.when(Pause) <= 3100
