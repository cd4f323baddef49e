"""What is counted of a call as it ends, read from its log."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tollfree.calls.latency import INTERRUPTION_STAGES, Stage, Timings, timings_of
from tollfree.calls.store.hours import WAIT, Count
from tollfree.calls.store.record import LogEntry

STEP = 1.05
"""Ratio of one bucket of a histogram to the next: a percentile read from it is right to 2.5 %."""
WAITS = (Stage.RESPONSE, *INTERRUPTION_STAGES, Stage.FIRST_WORD)
"""What is kept of how long callers waited."""
CALLS, OUTCOME, TURNS, BARGE_INS, UNCLEAR = "calls", "outcome", "turns", "barge_ins", "unclear"
CONTAINED, ESCALATED, ABANDONED = "contained", "escalated", "abandoned"
"""How a call came to its end: by its flow alone; after a person was called; or its caller was gone before either."""


def counts_of(entries: Sequence[LogEntry], *, outcome: str, seconds: float) -> tuple[Count, ...]:
    """All but what `tollfree.calls.store.usage` counts of engines' work. A call of which nothing is in the log is
    counted as one that was abandoned."""
    timings = timings_of(entries)
    asked = {one.record.type for one in entries if one.record.kind == "effect"}
    how = ESCALATED if "transfer" in asked else CONTAINED if "hang_up" in asked else ABANDONED
    events = [one.record for one in entries if one.record.kind == "event"]
    numbers = {
        TURNS: sum(one.type == "caller_spoke" for one in events),
        BARGE_INS: sum(one.how == "stopped" for one in timings.interruptions),
        UNCLEAR: sum(one.type == "answered" and _unclear(one.data.get("answer")) for one in events),
    }
    return (
        Count(what=CALLS, amount=seconds),
        Count(what=OUTCOME, name=outcome),
        Count(what=how),
        *(Count(what=what, count=number) for what, number in numbers.items() if number),
        *_waits(timings),
    )


def bucket_of(ms: float) -> int:
    """The bucket that holds a wait."""
    return max(0, math.ceil(math.log(max(ms, 1.0), STEP)))


def percentile_of(buckets: Mapping[int, int], percent: float) -> float:
    """Milliseconds, from how many waits are in each bucket; there is at least one."""
    rank = percent / 100 * sum(buckets.values())
    passed = 0
    for bucket, count in sorted(buckets.items()):
        passed += count
        if passed >= rank:
            return STEP ** (bucket - 0.5)
    raise ValueError("a histogram of nothing has no percentiles")


def _waits(timings: Timings) -> Iterator[Count]:
    for stage in WAITS:
        for ms in _waited(timings, stage):
            yield Count(what=WAIT, name=f"{stage}:{bucket_of(ms)}", amount=ms)


def _waited(timings: Timings, stage: Stage) -> Iterable[float]:
    if stage is Stage.FIRST_WORD:
        return timings.first_words_ms
    each = timings.interruptions if stage in INTERRUPTION_STAGES else timings.turns
    return [ms for ms in (one.waited(stage) for one in each) if ms is not None]


def _unclear(answer: object) -> bool:
    """Whether the caller's words meant nothing to the node."""
    return isinstance(answer, dict) and not (answer.get("choice") or answer.get("slots"))  # pyright: ignore[reportUnknownMemberType]  # of a record
