"""The schedule of outgoing sound."""

from hypothesis import given
from hypothesis import strategies as st

from tollfree.calls.lines.livekit.pace import FRAME_MS, Pace

LATENESS = st.lists(st.floats(min_value=0, max_value=200), max_size=100)


def driven(lateness: list[float], lead: float) -> tuple[Pace, int, float, list[int]]:
    """A schedule whose loop wakes so much late each time: the schedule, frames handed over, the time, and each."""
    now, handed = 0.0, [0]
    pace = Pace(now, lead)
    handed[0] = pace.due(now)
    for late in lateness:
        now += pace.wait_ms(now) + late
        handed.append(pace.due(now))
    return pace, sum(handed), now, handed


@given(LATENESS, st.sampled_from([20.0, 30.0, 40.0, 60.0]))
def test_what_was_handed_over_is_what_was_played_and_what_is_ahead(lateness: list[float], lead: float):
    pace, frames, now, _ = driven(lateness, lead)
    ahead = frames * FRAME_MS + pace.late_ms - now
    assert lead - 1e-6 <= ahead < lead + FRAME_MS + 1e-6


@given(LATENESS, st.sampled_from([20.0, 40.0, 60.0]))
def test_no_hand_over_is_larger_than_the_senders_room(lateness: list[float], lead: float):
    *_, handed = driven(lateness, lead)
    assert max(handed) * FRAME_MS <= lead + FRAME_MS


@given(st.lists(st.floats(min_value=0, max_value=19), max_size=200))
def test_small_lateness_is_never_heard_and_never_adds_up(lateness: list[float]):
    pace, frames, now, _ = driven(lateness, 40.0)
    assert pace.late_ms == 0
    assert frames * FRAME_MS - now < 40 + FRAME_MS + 1e-6


def test_what_was_taken_back_is_handed_over_anew_at_once_and_is_no_lateness():
    pace, _, now, _ = driven([5.0, 0.0, 12.0], 40.0)
    pace.restart(now)
    assert pace.due(now) * FRAME_MS == 40
    assert pace.late_ms == 0


@given(LATENESS)
def test_a_lead_that_follows_the_lateness_stays_within_its_bounds(lateness: list[float]):
    now, frames = 0.0, 0
    pace = Pace(now, 40.0, 16.0)
    frames += pace.due(now)
    for late in lateness:
        now += pace.wait_ms(now) + late
        frames += pace.due(now)
        assert 16 - 1e-6 <= frames * FRAME_MS + pace.late_ms - now < 40 + FRAME_MS + 1e-6


def test_the_lead_shrinks_while_nothing_is_late_and_grows_at_once_with_lateness():
    now = 0.0
    pace = Pace(now, 40.0, 16.0)
    frames = pace.due(now)

    def go(late: float) -> float:
        nonlocal now, frames
        now += pace.wait_ms(now) + late
        frames += pace.due(now)
        return frames * FRAME_MS + pace.late_ms - now

    for _ in range(50 * 60):
        ahead = go(0.0)
    assert ahead < 18 + FRAME_MS
    assert go(13.0) >= 40 and pace.late_ms == 0
    assert max(go(20.0) for _ in range(50)) >= 40 and pace.late_ms == 0
