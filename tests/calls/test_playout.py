"""Sound goes out as it came in, can be cut anywhere without a click, and is counted to the sample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.calls.playout import EDGE, FADE, Playout
from tollfree.protocol.audio import SPOKEN_RATE, Samples

TAKE = 480
LOUD = 20_000


def tone(count: int, *, hz: float = 200.0, level: float = LOUD) -> Samples:
    """A steady tone that begins and ends in the middle of nowhere, as a cut clip does."""
    return (level * np.cos(2 * np.pi * hz * np.arange(count) / SPOKEN_RATE)).astype(np.int16)


def clip(count: int) -> Samples:
    """A tone with the faded edges that every rendered clip has."""
    samples = tone(count).astype(np.float64)
    ramp = np.linspace(0, 1, FADE)
    samples[:FADE] *= ramp
    samples[-FADE:] *= ramp[::-1]
    return samples.astype(np.int16)


def largest_step(samples: Samples) -> int:
    return int(np.abs(np.diff(samples.astype(np.int32), prepend=0, append=0)).max())


BOUND = LOUD * 2 * np.pi * 200 / SPOKEN_RATE + LOUD / FADE + EDGE
"""The tone's own steepest step, the slope of a fade, and the edge that is let pass."""


def test_what_goes_in_comes_out_to_the_sample() -> None:
    playout, first, second = Playout(), clip(1000), clip(777)
    playout.play(first)
    playout.play(second)
    out = np.concatenate([playout.take(TAKE) for _ in range(4)])
    assert np.array_equal(out, np.concatenate([first, second, np.zeros(4 * TAKE - 1777, np.int16)]))
    assert (playout.played, playout.queued, playout.sounding) == (1777, 0, False)


def test_silence_is_taken_when_nothing_is_said_and_is_not_counted() -> None:
    playout = Playout()
    assert not playout.take(TAKE).any()
    assert playout.played == 0


def test_a_pause_fades_and_the_sound_goes_on_at_the_sample_where_it_was_held() -> None:
    playout, said = Playout(), clip(9600)
    playout.play(said)
    before = [playout.take(TAKE) for _ in range(3)]
    playout.pause()
    held = [playout.take(TAKE) for _ in range(3)]
    assert playout.played == 3 * TAKE
    assert not held[1].any()
    assert held[0][:FADE].any()
    assert not held[0][FADE:].any()
    playout.resume()
    after = [playout.take(TAKE) for _ in range(18)]
    assert np.array_equal(np.concatenate(after)[FADE : 17 * TAKE], said[3 * TAKE + FADE :])
    assert largest_step(np.concatenate([*before, *held, *after])) <= BOUND
    assert playout.played == 9600


def test_a_pause_that_is_over_before_the_next_take_is_not_heard() -> None:
    playout, said = Playout(), clip(4800)
    playout.play(said)
    out = [playout.take(TAKE)]
    playout.pause()
    playout.resume()
    out += [playout.take(TAKE) for _ in range(9)]
    assert np.array_equal(np.concatenate(out), said)


def test_a_clear_fades_what_sounds_and_drops_the_rest() -> None:
    playout = Playout()
    playout.play(clip(9600))
    out = [playout.take(TAKE), playout.take(TAKE)]
    playout.clear()
    out += [playout.take(TAKE), playout.take(TAKE)]
    assert (playout.played, playout.queued, playout.held) == (2 * TAKE, 0, False)
    assert not out[-1].any()
    assert largest_step(np.concatenate(out)) <= BOUND


def test_what_never_sounded_is_cleared_without_a_sound() -> None:
    playout = Playout()
    playout.play(tone(9600))
    playout.clear()
    assert not playout.take(TAKE).any()


def test_what_never_sounded_is_held_without_a_sound_and_comes_whole() -> None:
    playout, said = Playout(), clip(960)
    playout.pause()
    playout.play(said)
    assert not playout.take(TAKE).any()
    playout.resume()
    assert np.array_equal(np.concatenate([playout.take(TAKE), playout.take(TAKE)]), said)


def test_a_clear_while_held_makes_the_next_line_sound() -> None:
    playout, said = Playout(), clip(960)
    playout.play(clip(9600))
    playout.take(TAKE)
    playout.pause()
    playout.clear()
    playout.play(said)
    out = [playout.take(TAKE) for _ in range(3)]
    assert np.array_equal(np.concatenate(out[1:]), said)
    assert playout.played == TAKE + 960


def test_a_line_put_back_in_its_middle_after_a_clear_rises() -> None:
    playout, said = Playout(), tone(9600)
    playout.play(said)
    out = [playout.take(TAKE)]
    playout.clear()
    playout.play(said[playout.played :])
    out += [playout.take(TAKE) for _ in range(20)]
    assert largest_step(np.concatenate(out)) <= BOUND
    assert playout.played == 9600


def test_sound_that_breaks_off_because_nothing_follows_fades() -> None:
    playout = Playout()
    playout.play(tone(1000))
    assert largest_step(np.concatenate([playout.take(TAKE) for _ in range(4)])) <= BOUND
    assert playout.played == 1000


@pytest.mark.parametrize("count", [1, 7, 100, FADE, FADE + 1, 2400])
def test_a_cut_is_smooth_however_little_is_taken_at_once(count: int) -> None:
    playout = Playout()
    playout.play(clip(24_000))
    out = [playout.take(count) for _ in range(3000 // count + 1)]
    playout.pause()
    out += [playout.take(count) for _ in range(600 // count + 1)]
    playout.clear()
    out += [playout.take(count) for _ in range(600 // count + 1)]
    whole = np.concatenate(out)
    assert largest_step(whole) <= BOUND
    assert not whole[-300:].any()


def test_what_is_played_is_not_changed() -> None:
    playout, said = Playout(), tone(4800)
    kept = said.copy()
    playout.play(said)
    for act in (playout.pause, playout.resume, playout.clear):
        playout.take(TAKE)
        act()
    assert np.array_equal(said, kept)


def test_whoever_asked_is_told_of_all_that_leaves() -> None:
    playout, told = Playout(), list[Samples]()
    playout.taken = told.append
    playout.play(clip(600))
    out = [playout.take(TAKE) for _ in range(3)]
    assert np.array_equal(np.concatenate(told), np.concatenate(out))


ACTS = st.lists(
    st.one_of(st.sampled_from(["take", "take", "take", "pause", "resume", "clear"]), st.integers(1, 3000)), max_size=60
)


@settings(max_examples=200, deadline=None)
@given(ACTS)
def test_no_order_of_acts_clicks_or_loses_count(acts: list[str | int]) -> None:
    playout, out, queued, played = Playout(), [np.zeros(1, np.int16)], 0, 0
    for act in acts:
        match act:
            case "take":
                before = playout.played
                out.append(playout.take(TAKE))
                left = playout.played - before
                assert 0 <= left <= TAKE
                queued, played = queued - left, played + left
            case "pause":
                playout.pause()
            case "resume":
                playout.resume()
            case "clear":
                playout.clear()
                queued = 0
            case int(count):
                playout.play(clip(count + 2 * FADE))
                queued += count + 2 * FADE
        assert (playout.queued, playout.played) == (queued, played)
    assert largest_step(np.concatenate([*out, *(playout.take(TAKE) for _ in range(queued // TAKE + 3))])) <= BOUND


def test_whoever_takes_it_is_told_when_speech_is_there_after_there_was_none() -> None:
    playout, told = Playout(), []
    playout.sounds = lambda: told.append(playout.queued)
    playout.play(clip(1000))
    playout.play(clip(500))
    assert told == [1000]
    playout.pause()
    playout.play(clip(500))
    assert told == [1000]
    playout.resume()
    assert told == [1000, 2000]
    playout.clear()
    playout.pause()
    playout.resume()
    assert told == [1000, 2000]
