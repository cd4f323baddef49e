"""Measures engines as they are configured: so many calls at once, each asking again as soon as it was answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tollfree.calls.latency import percentile
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError

LEVELS = (1, 4, 16, 64)
"""Calls at once."""
IN_PROCESS_CALLS = 4
"""Calls to a core that an engine in this process is asked by at most: beyond, they only wait for each other."""
GRACE = 1.0
"""Times the seconds of a level that answers under way may still take, after which they are given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one request came to."""

    amount: float
    """Of the subject's unit."""
    first_ms: float | None = None
    """Milliseconds until its first sound or word, where it streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One engine to be measured."""

    name: str
    kind: Literal["stt", "tts", "llm"]
    unit: str
    """Of amounts: `s heard`, `characters`, `tokens`."""
    in_process: bool
    ask: Callable[[int], Awaitable[Answered]]
    """One request, the n-th: no two of them may be answered from a cache. Raises `TollfreeError`."""


@dataclass(slots=True, kw_only=True)
class Measured:
    """One engine asked by so many at once."""

    subject: str
    kind: str
    unit: str
    at_once: int
    skipped: str = ""
    """Why it was not measured."""
    done: int = 0
    failed: int = 0
    """Of these, one's code is in `fault`."""
    unfinished: int = 0
    """Given up when the time was over."""
    fault: str = ""
    p50_ms: float | None = None
    p95_ms: float | None = None
    first_p50_ms: float | None = None
    first_p95_ms: float | None = None
    per_s: float = 0.0
    """Answers a second, all callers together."""
    amount_per_s: float = 0.0


@dataclass(slots=True)
class _Tally:
    took_ms: list[float] = field(default_factory=list[float])
    first_ms: list[float] = field(default_factory=list[float])
    amount: float = 0.0
    failed: int = 0
    fault: str = ""
    last_ms: float = 0.0


async def measure(
    subjects: Sequence[Subject],
    clock: Clock,
    *,
    seconds: float,
    cores: float,
    levels: Sequence[int] = LEVELS,
    told: Callable[[Measured], None] = lambda measured: None,
) -> list[Measured]:
    """Each subject at each level, one after the other; `told` of each as it is there. Takes at most twice `seconds` for
    each, and a request first that nobody counts."""
    found: list[Measured] = []
    for subject in subjects:
        fault = await _warm(subject, seconds, clock)
        for level in levels:
            measured = Measured(subject=subject.name, kind=subject.kind, unit=subject.unit, at_once=level)
            if fault:
                measured.skipped = fault
            elif subject.in_process and level > max(1.0, IN_PROCESS_CALLS * cores):
                measured.skipped = f"in this process, on {cores:g} cores, so many would only wait for each other"
            else:
                await _level(subject, measured, seconds, clock)
            found.append(measured)
            told(measured)
    return found


async def _warm(subject: Subject, seconds: float, clock: Clock) -> str:
    """Why it cannot be measured; empty: it can."""
    try:
        async with asyncio.timeout(seconds * (1 + GRACE)):
            await subject.ask(0)
    except TollfreeError as error:
        return f"{error.code}: {error.message}"
    except TimeoutError:
        return f"it did not answer within {seconds * (1 + GRACE):g} s"
    return ""


async def _level(subject: Subject, measured: Measured, seconds: float, clock: Clock) -> None:
    tally, began_ms = _Tally(), clock.elapsed_ms()
    until_ms = began_ms + seconds * 1000
    numbers = iter(range(1 + 1_000_000 * measured.at_once, 10**12))
    callers = [
        asyncio.ensure_future(_caller(subject, numbers, until_ms, tally, clock)) for _ in range(measured.at_once)
    ]
    done, late = await asyncio.wait(callers, timeout=seconds * (1 + GRACE))
    for caller in late:
        caller.cancel()
    if late:
        await asyncio.wait(late)
    for caller in done:
        caller.result()
    lasted_s = max(tally.last_ms - began_ms, 1.0) / 1000
    took, first = sorted(tally.took_ms), sorted(tally.first_ms)
    measured.done, measured.failed, measured.fault = len(took), tally.failed, tally.fault
    measured.unfinished = len(late)
    measured.per_s, measured.amount_per_s = len(took) / lasted_s, tally.amount / lasted_s
    if took:
        measured.p50_ms, measured.p95_ms = percentile(took, 50), percentile(took, 95)
    if first:
        measured.first_p50_ms, measured.first_p95_ms = percentile(first, 50), percentile(first, 95)


async def _caller(subject: Subject, numbers: Iterator[int], until_ms: float, tally: _Tally, clock: Clock) -> None:
    """Asks at least once, and again until the time is over. Whoever fails waits for a moment, as a call would."""
    while True:
        began_ms = clock.elapsed_ms()
        try:
            answered = await subject.ask(next(numbers))
        except TollfreeError as error:
            tally.failed, tally.fault = tally.failed + 1, error.code
            await clock.sleep(0.05)
        else:
            tally.took_ms.append(clock.elapsed_ms() - began_ms)
            tally.amount += answered.amount
            if answered.first_ms is not None:
                tally.first_ms.append(answered.first_ms)
        tally.last_ms = clock.elapsed_ms()
        if tally.last_ms >= until_ms:
            return
