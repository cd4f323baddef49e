"""When turns begin and end."""

import pytest

from tests.speech.turns.driver import Driver, saying
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.base import Commit, Drop, Keys, Look, Offer, Onset, Silent, Withdraw
from tollfree.speech.turns.listener import Listener
from tollfree.speech.turns.settings import ListeningSettings


def test_a_finished_sentence_is_committed_within_a_third_of_a_second() -> None:
    driver = Driver(listener=Listener(punctuates=False)).silence(512).speech(1504).silence(1000)
    (commit,) = driver.of(Commit)
    assert commit.at_ms - commit.speech_end_ms <= 333
    assert commit.speech_end_ms == 2016


def test_a_commit_waits_for_a_late_transcript() -> None:
    driver = Driver(hear=saying("Where is my order?"), delay_ms=1500).silence(512).speech(992).silence(2000)
    (commit,) = driver.of(Commit)
    assert commit.at_ms >= driver.when(Offer) + 1500


def test_the_stretch_offered_reaches_back_before_the_onset() -> None:
    driver = Driver().silence(1024).speech(992).silence(1000)
    assert driver.of(Offer)[0].start_ms == 1024 - 300
    assert driver.of(Onset)[0].at_ms == 1024


def test_who_goes_on_after_a_short_pause_has_one_turn() -> None:
    texts = iter(["I'd like to", "I'd like to cancel my order."])
    driver = Driver(hear=lambda wanted: Transcript(text=next(texts)) if isinstance(wanted, Offer) else None)
    driver.silence(512).speech(480).silence(800).speech(800).silence(1000)
    first, second = driver.of(Offer)
    assert driver.of(Withdraw) == [Withdraw(turn=1, look=first.look)]
    (commit,) = driver.of(Commit)
    assert (commit.look, commit.turn, commit.start_ms) == (second.look, 1, first.start_ms)


@pytest.mark.parametrize("text", ["four seven two", "4 7 2", "472", "my number is four", "A B C"])
def test_digits_are_not_cut_at_the_pauses_between_their_groups(text: str) -> None:
    driver = Driver(hear=saying(text)).silence(512).speech(800).silence(1440).speech(800).silence(2500)
    assert len(driver.of(Commit)) == 1


def test_digits_that_are_certainly_complete_are_taken_at_once() -> None:
    driver = Driver(hear=saying("four seven two nine one"), plan=Completeness.CERTAIN)
    driver.expect(Expectation(patience=Patience.DIGITS)).silence(512).speech(1504).silence(1000)
    (commit,) = driver.of(Commit)
    assert commit.at_ms - commit.speech_end_ms <= 256


def test_a_likely_answer_does_not_cut_short_digits_that_were_asked_for() -> None:
    driver = Driver(hear=saying("four seven two nine"), plan=Completeness.LIKELY)
    driver.expect(Expectation(patience=Patience.DIGITS)).silence(512).speech(1504).silence(1440)
    assert not driver.of(Commit)


def test_a_likely_answer_is_taken_sooner_than_words_that_mean_nothing_yet() -> None:
    waits = []
    for plan in (Completeness.OPEN, Completeness.LIKELY):
        driver = Driver(hear=saying("the big one with the blue handle on it"), plan=plan).silence(512).speech(992)
        (commit,) = driver.silence(3000).of(Commit)
        waits.append(commit.at_ms - commit.speech_end_ms)
    assert waits[1] < waits[0] / 2


def test_a_knock_is_no_turn() -> None:
    driver = Driver().silence(512).speech(64).silence(2000)
    assert driver.names() == ["Drop"]
    assert not driver.of(Offer)


def test_noise_without_voice_is_nothing_at_all() -> None:
    assert not Driver().silence(512).noise(3008).silence(512).told


def test_sound_without_words_is_dropped() -> None:
    driver = Driver(hear=saying("", 1.0)).silence(512).speech(480).silence(2000)
    assert driver.names() == ["Drop"]


def test_a_failed_decode_of_clear_speech_is_tried_again_and_then_committed() -> None:
    driver = Driver(hear=saying("", 0.0)).silence(512).speech(992).silence(4000)
    first, second = driver.of(Offer)
    assert (first.start_ms, first.end_ms) == (second.start_ms, second.end_ms)
    (commit,) = driver.of(Commit)
    assert commit.look == second.look


def test_a_recogniser_that_never_answers_does_not_hold_the_call() -> None:
    driver = Driver(hear=lambda wanted: None).silence(512).speech(992).silence(10_000)
    assert len(driver.of(Offer)) == 1 and driver.names() == ["Commit"]
    assert driver.of(Commit)[0].at_ms - driver.of(Commit)[0].speech_end_ms <= 2032


def test_a_second_try_gets_no_more_time_than_the_first_has_left() -> None:
    answers = iter([Transcript(text="", confidence=0.0)])
    driver = Driver(hear=lambda wanted: next(answers, None) if isinstance(wanted, Offer) else None, delay_ms=1500)
    driver.silence(512).speech(992).silence(10_000)
    assert len(driver.of(Offer)) == 2 and driver.names() == ["Commit"]
    assert driver.of(Commit)[0].at_ms - driver.of(Commit)[0].speech_end_ms <= 2032


def test_a_long_voice_that_cannot_be_believed_counts_as_not_understood() -> None:
    driver = Driver(hear=saying("", 0.5)).silence(512).speech(2016).silence(4000)
    assert driver.names() == ["Commit"]


def test_half_a_word_before_a_pause_is_kept_with_what_follows() -> None:
    texts = iter(["", "Unless you can."])
    driver = Driver(hear=lambda w: Transcript(text=next(texts), confidence=0.5) if isinstance(w, Offer) else None)
    driver.silence(512).speech(160).silence(800).speech(800).silence(1500)
    (commit,) = driver.of(Commit)
    assert commit.start_ms == 512 - 300


def test_looks_are_spaced_by_new_speech_and_wait_for_one_another() -> None:
    driver = Driver(hear=saying("and so on"), delay_ms=96).silence(512).speech(3008)
    looks = driver.of(Look)
    assert 4 <= len(looks) <= 6
    assert all(b.end_ms - a.end_ms >= 500 for a, b in zip(looks, looks[1:], strict=False))


def test_a_caller_who_never_stops_is_answered_in_turns_that_follow_one_another() -> None:
    settings = ListeningSettings(longest_turn_s=5)
    driver = Driver(listener=Listener(settings)).silence(512).speech(20_000).silence(1000)
    commits = driver.of(Commit)
    assert len(commits) == 3
    assert all(b.start_ms >= a.speech_end_ms for a, b in zip(commits, commits[1:], strict=False))


def test_a_turn_that_is_too_long_ends_at_the_next_dip() -> None:
    settings = ListeningSettings(longest_turn_s=5)
    driver = Driver(hear=saying("and then and"), listener=Listener(settings)).silence(512).speech(5504)
    driver.silence(160).speech(992).silence(3000)
    first, _ = driver.of(Commit)
    assert first.speech_end_ms == 512 + 5504


def test_silence_is_told_and_told_again() -> None:
    driver = Driver().silence(15_000)
    assert [round(signal.at_ms / 1000) for signal in driver.of(Silent)] == [7, 14]


def test_silence_counts_from_the_end_of_the_agents_sound_and_never_while_it_lasts() -> None:
    driver = Driver().agent(True).silence(10_016).agent(False).silence(6900)
    assert not driver.of(Silent)
    assert driver.silence(200).of(Silent)


def test_who_asked_to_hold_is_given_longer() -> None:
    driver = Driver().expect(Expectation(patience=Patience.HOLD)).silence(29_000)
    assert not driver.of(Silent)


@pytest.mark.parametrize(("pressed", "entry"), [("123#", "123"), ("12345", "12345"), ("12", "12")])
def test_an_entry_ends_by_its_terminator_its_length_or_a_pause(pressed: str, entry: str) -> None:
    driver = Driver().expect(Expectation(keypad=Keypad(max_length=5))).key(pressed).silence(3200)
    assert [signal.keys for signal in driver.of(Keys)] == [entry]


def test_keys_typed_ahead_answer_the_next_question() -> None:
    driver = Driver().expect(Expectation(keypad=Keypad(max_length=2))).key("1234").silence(5000)
    assert [signal.keys for signal in driver.of(Keys)] == ["12"]
    driver.expect(Expectation(keypad=Keypad(max_length=2)))
    assert [signal.keys for signal in driver.of(Keys)] == ["12", "34"]


@pytest.mark.parametrize(("pressed", "entries"), [("0", ["0"]), ("5", []), ("105", []), ("00", ["0"])])
def test_without_a_keypad_only_a_lone_zero_counts(pressed: str, entries: list[str]) -> None:
    driver = Driver().key(pressed).silence(3200)
    assert [signal.keys for signal in driver.of(Keys)] == entries


def test_the_same_windows_give_the_same_signals() -> None:
    def run() -> list[tuple[float, object]]:
        return list(Driver().silence(512).speech(800).silence(200).speech(320).silence(2000).told)

    assert run() == run()


def test_a_dropped_turn_leaves_the_caller_free_to_begin_another() -> None:
    texts = iter(["", "Yes."])
    driver = Driver(hear=lambda w: Transcript(text=next(texts)) if isinstance(w, Offer) else None)
    driver.silence(512).speech(320).silence(3000).speech(320).silence(1000)
    assert driver.names() == ["Drop", "Commit"]
    assert driver.of(Drop)[0].turn != driver.of(Commit)[0].turn


def test_the_next_turn_does_not_reach_back_into_the_one_before() -> None:
    driver = Driver(hear=saying("Where is my order?")).silence(512).speech(992).silence(288).speech(992).silence(1000)
    first, second = driver.of(Commit)
    assert second.start_ms == first.speech_end_ms


def test_text_that_comes_just_as_the_caller_begins_again_commits_nothing() -> None:
    driver = Driver(hear=lambda wanted: None).silence(512).speech(992).silence(640)
    (offer,) = driver.of(Offer)
    driver.speech(32)
    driver.take(driver.listener.heard(offer.look, Transcript(text="Where is my order?")))
    assert not driver.of(Commit)
    driver.speech(320)
    assert driver.of(Withdraw) == [Withdraw(turn=1, look=offer.look)]


def test_a_quick_recogniser_is_offered_a_turn_at_the_first_window_of_silence() -> None:
    def offered_ms(*, quick: bool) -> float:
        driver = Driver(listener=Listener(quick=quick)).silence(512).speech(992).silence(512)
        return driver.when(Offer) - (512 + 992)

    assert (offered_ms(quick=True), offered_ms(quick=False)) == (32, 64)
