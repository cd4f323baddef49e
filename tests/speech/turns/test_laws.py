"""Laws of turn-taking, on any pattern of speech, silence, agent, keys, texts and delays."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.speech.turns.driver import Driver
from tollfree.protocol.completeness import Completeness
from tollfree.protocol.expectation import Expectation, Keypad, Patience
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.base import Commit, Drop, Look, Offer, Onset, Pause, Resume, Silent, Stop, Withdraw
from tollfree.speech.turns.listener import Listener
from tollfree.speech.turns.settings import ListeningSettings

SETTLED_MS = 16_000
"""Longer than any patience, retry and limit together: by then everything is decided."""


@dataclass(frozen=True)
class Act:
    what: str
    ms: int = 0


_TEXTS = ["Where is my order?", "yeah", "Mm-hm.", "stop", "I want to", "4 7 2", "two large pizzas", "yes"]
_TRANSCRIPTS = st.one_of(
    st.builds(Transcript, text=st.sampled_from(_TEXTS), confidence=st.sampled_from([0.2, 0.9])),
    st.builds(Transcript, text=st.just(""), confidence=st.sampled_from([0.0, 0.5, 1.0])),
)
_SPANS = st.integers(1, 60).map(lambda windows: windows * 32)
_ACTS = st.one_of(
    st.builds(Act, what=st.just("speech"), ms=_SPANS),
    st.builds(Act, what=st.just("mumble"), ms=_SPANS),
    st.builds(Act, what=st.just("silence"), ms=_SPANS),
    st.builds(Act, what=st.sampled_from(["agent", "must hear", "agent ends", "key", "yes or no", "digits", "closed"])),
)
_DELAYS = st.sampled_from([0.0, 50.0, 300.0, 1500.0])
_PLANS = st.sampled_from([None, *Completeness])


def play(acts: list[Act], transcripts: list[Transcript | None], delay_ms: float, plan: Completeness | None) -> Driver:
    """One call; the texts come round again and again."""
    place = iter(range(10**6))
    driver = Driver(
        hear=lambda wanted: transcripts[next(place) % len(transcripts)],
        delay_ms=delay_ms,
        plan=plan,
        listener=Listener(ListeningSettings(longest_turn_s=4)),
    )
    for act in acts:
        match act.what:
            case "speech":
                driver.speech(act.ms)
            case "mumble":
                driver.speech(act.ms, probability=0.55, level_db=-50)
            case "silence":
                driver.silence(act.ms)
            case "agent" | "must hear":
                driver.agent(True, interruptible=act.what == "agent")
            case "agent ends":
                driver.agent(False)
            case "key":
                driver.key("1")
            case "yes or no":
                driver.expect(Expectation(patience=Patience.SHORT, vocabulary=("yes", "no")))
            case "digits":
                driver.expect(Expectation(patience=Patience.DIGITS, keypad=Keypad(max_length=5)))
            case _:
                driver.expect(Expectation(barge_in=False))
    return driver.agent(False).silence(SETTLED_MS)


_CALLS = st.tuples(
    st.lists(_ACTS, max_size=12), st.lists(st.none() | _TRANSCRIPTS, min_size=1, max_size=6), _DELAYS, _PLANS
)


@settings(max_examples=150, deadline=None)
@given(_CALLS)
def test_every_turn_ends_exactly_once(call: tuple) -> None:
    driver = play(*call)
    begun = {signal.turn for signal in driver.of(Onset)}
    ended = [signal.turn for signal in driver.of(Commit, Drop, Resume)]
    assert sorted(begun) == sorted(ended)


@settings(max_examples=150, deadline=None)
@given(_CALLS)
def test_a_commit_follows_its_own_offer_and_the_answer_to_it(call: tuple) -> None:
    driver = play(*call)
    for at, commit in ((at, signal) for at, signal in driver.told if isinstance(signal, Commit)):
        offers = [offer for offer in driver.of(Offer) if offer.turn == commit.turn]
        assert offers[-1].look == commit.look
        assert commit.start_ms <= commit.speech_end_ms <= commit.at_ms == at
        withdrawn = {signal.look for signal in driver.of(Withdraw)}
        assert commit.look not in withdrawn
        answered = commit.look in driver.heard_at and driver.heard_at[commit.look] <= at
        late = at - commit.speech_end_ms >= ListeningSettings().late_transcript_ms
        assert answered or late or sum(offer.end_ms == offers[-1].end_ms for offer in offers) == 2


@settings(max_examples=150, deadline=None)
@given(_CALLS)
def test_every_pause_ends_in_one_resume_or_stop_within_bounded_time(call: tuple) -> None:
    driver = play(*call)
    paused: float | None = None
    for at, signal in driver.told:
        match signal:
            case Pause():
                assert paused is None
                paused = at
            case Resume():
                assert paused is not None and at - paused <= 3100
                paused = None
            case Stop() if paused is not None:
                assert at - paused <= 3100
                paused = None
            case _:
                pass
    assert paused is None


@settings(max_examples=150, deadline=None)
@given(_CALLS)
def test_turns_follow_one_another_and_looks_rise(call: tuple) -> None:
    driver = play(*call)
    commits = driver.of(Commit)
    assert all(a.speech_end_ms <= b.start_ms for a, b in zip(commits, commits[1:], strict=False))
    looks = [signal.look for signal in driver.of(Look, Offer)]
    assert looks == sorted(set(looks))
    assert all(signal.start_ms < signal.end_ms for signal in driver.of(Look, Offer))


@settings(max_examples=60, deadline=None)
@given(_CALLS)
def test_the_same_call_gives_the_same_signals(call: tuple) -> None:
    assert play(*call).told == play(*call).told


@settings(max_examples=60, deadline=None)
@given(_CALLS)
def test_after_everything_only_silence_is_told(call: tuple) -> None:
    driver = play(*call)
    told = len(driver.told)
    driver.silence(30_016)
    assert {type(signal) for _, signal in driver.told[told:]} == {Silent}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_SPANS.filter(lambda ms: ms >= 128), st.integers(2, 48).map(lambda w: w * 32)), max_size=6),
    _DELAYS.filter(lambda ms: ms < 1000),
    st.sampled_from([None, Completeness.OPEN, Completeness.LIKELY]),
)
def test_digits_are_never_split_by_pauses_below_their_patience(
    groups: list[tuple[int, int]], delay_ms: float, plan: Completeness | None
) -> None:
    driver = Driver(hear=lambda wanted: Transcript(text="4 7 2"), delay_ms=delay_ms, plan=plan)
    driver.expect(Expectation(patience=Patience.DIGITS)).silence(512)
    for speech_ms, pause_ms in groups:
        driver.speech(speech_ms).silence(pause_ms)
    driver.speech(512).silence(4000)
    assert len(driver.of(Commit)) == 1
