"""How long a caller waited is read from the log of their call, and from nothing else."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.calls.latency import (
    INTERRUPTION_STAGES,
    TURN_STAGES,
    Interruption,
    Percentiles,
    Recording,
    Stage,
    Timings,
    Waterfall,
    percentile,
    summary,
    timings_of,
)
from tollfree.calls.store.record import LogEntry, LogRecord, RecordKind

TURN = {
    "turn": 1,
    "began_ms": 3000.0,
    "speech_end_ms": 5000.0,
    "offered_ms": 5032.0,
    "heard_ms": 5180.5,
    "planned_ms": 5182.0,
    "committed_ms": 5400.0,
    "first_rendered_ms": 5410.0,
    "first_sent_ms": 5425.0,
    "looks": 3,
    "confidence": 0.9,
}


def entries(*records: tuple[RecordKind, str, dict[str, Any], float]) -> list[LogEntry]:
    """A log: kind, type, data and seconds since the call began, of each record."""
    return [
        LogEntry(seq, LogRecord(at=f"2026-11-22T09:05:{s:06.3f}-05:00", kind=kind, type=type, data=data))
        for seq, (kind, type, data, s) in enumerate(records)
    ]


def said(at_s: float) -> tuple[RecordKind, str, dict[str, Any], float]:
    return ("event", "caller_spoke", {"text": "x"}, at_s)


def turn(at_s: float, **data: Any) -> tuple[RecordKind, str, dict[str, Any], float]:
    return ("note", "turn", {**TURN, **data}, at_s)


def test_a_turn_is_told_from_the_end_of_speech_to_the_first_sound() -> None:
    [found] = timings_of(entries(said(5.4), turn(5.43))).turns
    assert (found.turn, found.looks, found.confidence, found.began_ms) == (1, 3, 0.9, 3000.0)
    waits = [found.waited(stage) for stage in TURN_STAGES]
    assert waits == [32.0, 180.5, 182.0, 400.0, None, None, 410.0, 425.0]


def test_what_was_looked_up_and_retrieved_is_told_from_the_records_own_times() -> None:
    log = entries(
        said(5.4),
        ("event", "answered", {}, 5.41),
        ("effect", "lookup", {}, 5.41),
        ("event", "looked_up", {}, 5.9),
        ("event", "retrieved", {}, 6.0),
        turn(6.1, first_rendered_ms=6010.0, first_sent_ms=6020.0),
    )
    [found] = timings_of(log).turns
    assert (found.looked_up_ms, found.retrieved_ms) == (pytest.approx(5900), pytest.approx(6000))
    assert found.understood_ms == 5182.0


def test_words_that_were_not_planned_on_are_understood_after_the_turn() -> None:
    planned = {name: value for name, value in TURN.items() if name != "planned_ms"}
    log = entries(said(5.4), ("event", "answered", {}, 5.45), ("note", "turn", planned, 5.5))
    assert timings_of(log).turns[0].understood_ms == pytest.approx(5450)


def test_each_turn_has_its_own_look_ups_whether_they_came_before_its_note_or_after() -> None:
    log = entries(
        said(5.4),
        turn(5.5),
        ("event", "looked_up", {}, 5.6),
        said(9.4),
        turn(9.5, turn=2, committed_ms=9400.0),
        said(12.0),
        ("event", "looked_up", {}, 12.1),
        turn(12.2, turn=3, committed_ms=12000.0),
    )
    found = timings_of(log).turns
    assert [(one.turn, one.looked_up_ms) for one in found] == [
        (1, pytest.approx(5600)),
        (2, None),
        (3, pytest.approx(12100)),
    ]


def test_a_turn_that_was_never_answered_tells_as_far_as_it_came() -> None:
    [found] = timings_of(entries(said(5.4), ("note", "turn", {"turn": 4, "speech_end_ms": 10}, 5.5))).turns
    assert (found.turn, found.waited(Stage.RESPONSE), found.waited(Stage.OFFERED)) == (4, None, None)


def test_interruptions_first_words_and_recordings_are_told() -> None:
    log = entries(
        ("note", "recording", {"file": "/r/c1.opus", "format": "opus", "began_ms": 0.0}, 0.0),
        ("note", "first_word", {"connected_ms": 100.0, "first_sent_ms": 700.0}, 0.7),
        (
            "note",
            "interruption",
            {"onset_ms": 10, "paused_ms": 90, "ended_ms": 400, "how": "resumed", "why": "mm"},
            1.0,
        ),
        ("note", "interruption", {"onset_ms": 10, "paused_ms": 70, "ended_ms": 300, "how": "stopped"}, 2.0),
    )
    found = timings_of(log)
    assert found.recordings == (Recording(file="/r/c1.opus", format="opus"),)
    assert found.first_words_ms == (600.0,)
    waits = [[one.waited(stage) for stage in INTERRUPTION_STAGES] for one in found.interruptions]
    assert waits == [[80.0, 390.0, None], [60.0, None, 290.0]]
    assert found.spoken


def test_a_call_by_keyboard_has_nothing_to_tell() -> None:
    log = entries(said(1.0), ("event", "answered", {}, 1.1), ("note", "waiting_line", {"text": "x"}, 1.2))
    assert timings_of(log) == Timings() and not timings_of(log).spoken


junk = st.dictionaries(
    st.sampled_from([*TURN, "onset_ms", "paused_ms", "ended_ms", "how", "file", "connected_ms", "other"]),
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just([1]), st.just({"a": 1})
    ),
)
records = st.builds(
    lambda kind, type, data, at: LogEntry(0, LogRecord(at=at, kind=kind, type=type, data=data)),
    st.sampled_from(["note", "event", "effect", "token"]),
    st.sampled_from(["turn", "interruption", "recording", "first_word", "caller_spoke", "looked_up", "call_resumed"]),
    junk,
    st.sampled_from(["", "x", "2026-11-22T09:05:01-05:00", "2026-11-22T09:05:01"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=12))
def test_no_log_whatever_is_in_it_breaks_the_reading(log: list[LogEntry]) -> None:
    found = timings_of(log)
    summary(found.turns, found.interruptions, found.first_words_ms)
    notes = [one for one in log if one.record.kind == "note" and one.record.type == "turn"]
    assert len(found.turns) == len(notes)


# Over many calls


def test_a_summary_has_the_percentiles_of_what_happened_and_nothing_else() -> None:
    turns = [Waterfall(turn=n, speech_end_ms=0.0, sent_ms=float(n)) for n in range(101)]
    found = summary([*turns, Waterfall(turn=200)], [Interruption(onset_ms=0, ended_ms=250, how="stopped")], [600, 800])
    assert found == {
        "response": Percentiles(101, 50, 95),
        "stopped": Percentiles(1, 250, 250),
        "first_word": Percentiles(2, 700, 790),
    }
    assert summary(()) == {}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40).map(sorted), st.floats(0, 100), st.floats(0, 100))
def test_percentiles_lie_within_what_was_measured_and_never_fall(ms: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert ms[0] <= percentile(ms, low) + 1e-6 and percentile(ms, high) <= ms[-1] + 1e-6
    assert percentile(ms, low) <= percentile(ms, high) + 1e-6
