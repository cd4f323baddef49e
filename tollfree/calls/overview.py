"""How a project's calls went, in a time: read from what is counted by the hour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tollfree.calls.counting import (
    ABANDONED,
    BARGE_INS,
    CALLS,
    CONTAINED,
    ESCALATED,
    OUTCOME,
    TURNS,
    UNCLEAR,
    WAITS,
    percentile_of,
)
from tollfree.calls.latency import Stage
from tollfree.calls.store.hours import WAIT, Count
from tollfree.calls.store.usage import TOKENS, UsageRow
from tollfree.calls.usage_cost import cost
from tollfree.language.llm.route import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Of the calls that ended."""

    calls: int = 0
    minutes: float = 0.0
    contained: int = 0
    """The flow came to its end, and no person was called."""
    escalated: int = 0
    """A person was called, whether anybody came or not."""
    abandoned: int = 0
    """The caller was gone before either."""
    turns: int = 0
    """Times that callers spoke."""
    barge_ins: int = 0
    """Times that the agent gave way to them."""
    unclear: int = 0
    """Times that their words meant nothing to the node they were at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long callers waited for something, in milliseconds."""

    stage: str
    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, in UTC."""

    day: str
    numbers: Numbers
    waits: tuple[Waited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentCost:
    """What calls with one intent come to."""

    intent: str
    """Empty: before one was known, as in the beginning of every call."""
    calls: int
    minutes: float
    tokens: int
    token_cost: float | None
    """None: no route that was used has a price."""
    minutes_cost: float | None
    """What the minutes would cost where minutes are paid for; None: no such price is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it."""

    numbers: Numbers
    outcomes: tuple[tuple[str, int], ...]
    """With how many calls had each, the most frequent first."""
    waits: tuple[Waited, ...]
    intents: tuple[IntentCost, ...]
    days: tuple[Day, ...]


def overview_of(
    counts: Sequence[Count],
    days: Mapping[str, Sequence[Count]],
    prices: Mapping[str, Price],
    per_minute_price: float,
) -> Overview:
    """`prices`: of routes, by name."""
    outcomes = [(one.name, one.count) for one in counts if one.what == OUTCOME]
    return Overview(
        numbers=_numbers(counts),
        outcomes=tuple(sorted(outcomes, key=lambda one: (-one[1], one[0]))),
        waits=_waits(counts),
        intents=_intents(counts, prices, per_minute_price),
        days=tuple(Day(day=day, numbers=_numbers(of), waits=_waits(of)) for day, of in sorted(days.items())),
    )


def _numbers(counts: Iterable[Count]) -> Numbers:
    plain = {one.what: one for one in counts if not one.name}
    named = (CONTAINED, ESCALATED, ABANDONED, TURNS, BARGE_INS, UNCLEAR)
    calls = plain.get(CALLS, Count(what=CALLS, count=0))
    return Numbers(
        calls=calls.count,
        minutes=calls.amount / 60,
        **{name: plain[name].count for name in named if name in plain},
    )


def _waits(counts: Iterable[Count]) -> tuple[Waited, ...]:
    buckets: dict[str, dict[int, int]] = {}
    for one in counts:
        if one.what == WAIT:
            stage, _, bucket = one.name.partition(":")
            buckets.setdefault(stage, {})[int(bucket)] = one.count
    return tuple(_waited(stage, buckets[stage]) for stage in WAITS if stage in buckets)


def _waited(stage: Stage, buckets: Mapping[int, int]) -> Waited:
    p50, p95, p99 = (round(percentile_of(buckets, percent), 1) for percent in (50, 95, 99))
    return Waited(stage=stage.value, n=sum(buckets.values()), p50_ms=p50, p95_ms=p95, p99_ms=p99)


def _intents(counts: Iterable[Count], prices: Mapping[str, Price], per_minute_price: float) -> tuple[IntentCost, ...]:
    times: dict[str, Count] = {}
    tokens: dict[str, dict[str, dict[str, int]]] = {}
    for one in counts:
        if one.what == "intent":
            times[one.name] = one
        elif one.what in TOKENS:
            intent, _, route = one.name.partition("\n")
            tokens.setdefault(intent, {}).setdefault(route, {})[one.what] = one.count
    return tuple(
        _intent(intent, times.get(intent), tokens.get(intent, {}), prices, per_minute_price)
        for intent in sorted(times.keys() | tokens.keys())
    )


def _intent(
    intent: str,
    time: Count | None,
    by_route: Mapping[str, Mapping[str, int]],
    prices: Mapping[str, Price],
    per_minute_price: float,
) -> IntentCost:
    minutes = time.amount / 60 if time is not None else 0.0
    costs = [
        cost(_row(used), prices[route]) for route, used in by_route.items() if prices.get(route, Price()) != Price()
    ]
    return IntentCost(
        intent=intent,
        calls=time.count if time is not None else 0,
        minutes=minutes,
        tokens=sum(used.get("prompt_tokens", 0) + used.get("completion_tokens", 0) for used in by_route.values()),
        token_cost=sum(costs) if costs else None,
        minutes_cost=minutes * per_minute_price if per_minute_price else None,
    )


def _row(used: Mapping[str, int]) -> UsageRow:
    prompt, cached, completion = (used.get(name, 0) for name in TOKENS)
    return UsageRow(work="llm", prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion)
