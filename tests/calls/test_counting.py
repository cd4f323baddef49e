"""What is counted of a call, and what an overview makes of it."""

import pytest

from tollfree.calls.counting import STEP, bucket_of, counts_of, percentile_of
from tollfree.calls.overview import overview_of
from tollfree.calls.store.hours import Count
from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.language.llm.route import Price
from tollfree.protocol.values import Values

AT = "2026-11-30T10:00:00+00:00"


def entries(*records: tuple[str, str, Values]) -> list[LogEntry]:
    return [
        LogEntry(seq, LogRecord(at=AT, kind=kind, type=type, data=data))  # pyright: ignore[reportArgumentType]
        for seq, (kind, type, data) in enumerate(records)
    ]


SPOKE = ("event", "caller_spoke", {"text": "two pizzas"})
CLEAR = ("event", "answered", {"effect": "e1", "answer": {"choice": "order", "slots": []}})
UNCLEAR = ("event", "answered", {"effect": "e2", "answer": {"choice": None, "slots": []}})
TURN = ("note", "turn", {"turn": 1, "speech_end_ms": 1000.0, "committed_ms": 1200.0, "first_sent_ms": 1500.0})
STOPPED = ("note", "interruption", {"onset_ms": 10.0, "paused_ms": 60.0, "ended_ms": 400.0, "how": "stopped"})
RESUMED = ("note", "interruption", {"onset_ms": 10.0, "paused_ms": 60.0, "ended_ms": 400.0, "how": "resumed"})
TRANSFER = ("effect", "transfer", {"id": "e3"})
HANG_UP = ("effect", "hang_up", {"id": "e4"})


def counted(*records: tuple[str, str, Values]) -> dict[tuple[str, str], int]:
    summed: dict[tuple[str, str], int] = {}
    for one in counts_of(entries(*records), outcome="done", seconds=60.0):
        summed[one.what, one.name] = summed.get((one.what, one.name), 0) + one.count
    return summed


def test_what_happened_is_counted() -> None:
    found = counted(SPOKE, CLEAR, TURN, SPOKE, UNCLEAR, STOPPED, RESUMED, HANG_UP)
    assert found[("turns", "")] == 2 and found[("unclear", "")] == 1 and found[("barge_ins", "")] == 1
    assert found[("outcome", "done")] == 1
    assert found[("wait", f"response:{bucket_of(500)}")] == 1
    assert found[("wait", f"paused:{bucket_of(50)}")] == 2


@pytest.mark.parametrize(
    ("records", "how"),
    [
        ((SPOKE, HANG_UP), "contained"),
        ((SPOKE, TRANSFER, HANG_UP), "escalated"),
        ((SPOKE,), "abandoned"),
        ((), "abandoned"),
    ],
)
def test_a_call_ends_in_one_of_three_ways(records: tuple[tuple[str, str, Values], ...], how: str) -> None:
    found = {what for what, _ in counted(*records)}
    assert found & {"contained", "escalated", "abandoned"} == {how}


@pytest.mark.parametrize("ms", [0.0, 1.0, 3.7, 50.0, 480.0, 2500.0, 90_000.0])
def test_a_percentile_is_right_to_two_and_a_half_percent(ms: float) -> None:
    assert percentile_of({bucket_of(ms): 1}, 50) == pytest.approx(max(ms, 1.0), rel=STEP - 1)


def test_percentiles_lie_where_so_many_waits_are_shorter() -> None:
    buckets: dict[int, int] = {}
    for ms in range(1, 1001):
        buckets[bucket_of(ms)] = buckets.get(bucket_of(ms), 0) + 1
    for percent in (50, 95, 99):
        assert percentile_of(buckets, percent) == pytest.approx(percent * 10, rel=0.05)


def test_an_overview_sets_tokens_beside_minutes() -> None:
    counts = (
        Count(what="calls", count=4, amount=600.0),
        Count(what="contained", count=3),
        Count(what="escalated", count=1),
        Count(what="outcome", name="ordered", count=3),
        Count(what="outcome", name="transferred", count=1),
        Count(what="intent", name="order", count=3, amount=300.0),
        Count(what="prompt_tokens", name="order\nfast", count=1_000_000),
        Count(what="cached_tokens", name="order\nfast", count=500_000),
        Count(what="wait", name=f"response:{bucket_of(500)}", count=9),
    )
    days = {"2026-11-30": (Count(what="calls", count=4, amount=600.0),)}
    found = overview_of(counts, days, {"fast": Price(prompt=2.0, cached=1.0)}, 0.1)
    assert (found.numbers.calls, found.numbers.minutes, found.numbers.contained) == (4, 10.0, 3)
    assert found.outcomes == (("ordered", 3), ("transferred", 1))
    (intent,) = found.intents
    assert (intent.calls, intent.minutes, intent.tokens) == (3, 5.0, 1_000_000)
    assert intent.token_cost == pytest.approx(1.5) and intent.minutes_cost == pytest.approx(0.5)
    assert [one.day for one in found.days] == ["2026-11-30"] and found.days[0].numbers.calls == 4
    assert found.waits[0].n == 9


def test_an_overview_of_nothing_is_empty() -> None:
    found = overview_of((), {}, {}, 0.0)
    assert found.numbers.calls == 0 and not (found.outcomes or found.waits or found.intents or found.days)
