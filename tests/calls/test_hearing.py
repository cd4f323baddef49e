"""A caller's sound on its way to the listener."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.listening import LoudActivity
from tollfree.calls.hearing import FILLED_MS, GAP_MS, SILENCE_DB, Hearing, level_db
from tollfree.calls.sound_memory import KEPT_S, SoundMemory
from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.speech.turns.base import WINDOW, WINDOW_MS


def sound(ms: float, level: int = 8000) -> Samples:
    return np.full(round(ms * HEARD_RATE / 1000), level, np.int16)


class Rig:
    def __init__(self) -> None:
        self.windows: list[tuple[float, float]] = []
        self.hearing = Hearing(LoudActivity(), lambda probability, db: self.windows.append((probability, db)), 0.0)


@given(st.lists(st.integers(1, 1600), max_size=60))
@settings(max_examples=60)
def test_frames_of_any_length_become_windows_without_a_sample_lost(lengths: list[int]) -> None:
    rig = Rig()
    now_ms = 0.0
    whole = np.arange(sum(lengths), dtype=np.int64).astype(np.int16)
    place = 0
    for length in lengths:
        now_ms += length * 1000 / HEARD_RATE
        rig.hearing.frame(whole[place : place + length], now_ms)
        place += length
    assert len(rig.windows) == len(whole) // WINDOW
    assert np.array_equal(rig.hearing.between(0, now_ms + 1), whole[-KEPT_S * HEARD_RATE :])


def test_where_no_sound_comes_silence_does_so_that_time_goes_on() -> None:
    rig = Rig()
    rig.hearing.frame(sound(20), 20)
    assert rig.hearing.fill(20 + GAP_MS) is None
    filled = rig.hearing.fill(20 + GAP_MS + 96)
    assert filled is not None and len(filled) == 96 * HEARD_RATE // 1000
    assert rig.hearing.fill(20 + GAP_MS + 96) is None
    assert rig.windows[-1] == (0.01, SILENCE_DB)


def test_what_a_machine_that_stood_still_has_missed_is_made_up_for_step_by_step() -> None:
    rig = Rig()
    steps = 0
    while (filled := rig.hearing.fill(120_000.0)) is not None:
        assert len(filled) <= FILLED_MS * HEARD_RATE / 1000
        steps += 1
    assert steps == round((120_000 - GAP_MS) / FILLED_MS + 0.49)
    assert len(rig.windows) == int((120_000 - GAP_MS) // WINDOW_MS)


def test_a_moment_of_the_sound_is_told_on_the_calls_clock_by_the_frames_that_came_soonest() -> None:
    rig = Rig()
    for number, late_ms in enumerate((70, 50, 90, 55, 120)):
        rig.hearing.frame(sound(20), 1000 + number * 20 + 20 + late_ms)
    assert abs(rig.hearing.on_the_call(0) - 1050) < 1


def test_sound_that_was_lost_on_the_way_does_not_set_the_clocks_apart_for_good() -> None:
    rig = Rig()
    for number in range(1000):
        lost_ms = 100 if number >= 100 else 0
        rig.hearing.frame(sound(20), 20 + number * 20 + lost_ms)
    assert rig.hearing.on_the_call(20 * 1000) > 20 * 1000 + 80


def test_the_level_of_full_scale_is_nothing_and_of_nothing_is_the_floor() -> None:
    assert abs(level_db(sound(32, 32767))) < 0.01
    assert level_db(sound(32, 0)) == SILENCE_DB


@given(st.lists(st.integers(1, 40 * HEARD_RATE), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_memory_forgets_at_its_beginning_only(lengths: list[int]) -> None:
    memory = SoundMemory()
    for number, length in enumerate(lengths, 1):
        memory.append(np.full(length, number, np.int16))
    latest = memory.between(memory.ms - 1000, memory.ms)
    assert memory.samples == sum(lengths)
    assert len(latest) == min(HEARD_RATE, sum(lengths)) and latest[-1] == len(lengths)
    assert len(memory.between(0, memory.ms)) <= 2 * KEPT_S * HEARD_RATE
    assert len(memory.between(memory.ms + 10, memory.ms + 20)) == 0
