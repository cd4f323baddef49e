"""How a project's calls went."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.overview import Numbers, Overview, Waited, overview_of
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.errors import Unfit
from tollfree.server.moments import Instant
from tollfree.wiring.usage_report import prices

router = guarded("overview")

LONGEST = timedelta(days=400)
"""Of a time that can be looked at: a year, and the month before it to compare with."""


class NumbersFacts(BaseModel):
    """Of the calls that began in a time and have ended."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    calls: int
    minutes: float
    contained: int = Field(examples=[351])
    """The flow came to its end, and no person was called."""
    escalated: int = Field(examples=[44])
    """A person was called, whether anybody came or not."""
    abandoned: int = Field(examples=[17])
    """The caller was gone before either."""
    turns: int = Field(examples=[1830])
    """Times that callers spoke."""
    barge_ins: int = Field(examples=[96])
    """Times that the agent gave way to them."""
    unclear: int = Field(examples=[71])
    """Times that their words meant nothing to the node they were at."""


class WaitFacts(BaseModel):
    """How long callers waited for something; right to 2.5 %."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    stage: str = Field(examples=["response"])
    """`response`: from the end of their words to the first sound of the answer; `first_word`: from connected to the
    first sound; `paused`, `resumed`, `stopped`: from their first sound, over the agent's, to what it did."""
    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


class OutcomeFacts(BaseModel):
    """How calls ended."""

    model_config = ConfigDict(frozen=True)

    outcome: str = Field(examples=["answered"])
    calls: int = Field(examples=[351])


class IntentFacts(BaseModel):
    """What calls with one intent come to. A call may have several."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    intent: str
    """Empty: before one was known, as in the beginning of every call."""
    calls: int
    minutes: float
    tokens: int = Field(examples=[185400])
    """Of prompts and answers."""
    token_cost: float | None
    """Null: no route that was used has a price."""
    minutes_cost: float | None
    """What the minutes would cost where minutes are paid for; null: no such price is set."""


class DayFacts(BaseModel):
    """One day, in UTC."""

    model_config = ConfigDict(frozen=True)

    day: str = Field(examples=["2026-11-30"])
    numbers: NumbersFacts
    latency: tuple[WaitFacts, ...]


class OverviewFacts(BaseModel):
    """How a project's calls went, in a time."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    since: datetime
    until: datetime
    running: int = Field(examples=[3])
    """Calls that run at this moment."""
    numbers: NumbersFacts
    outcomes: tuple[OutcomeFacts, ...]
    """The most frequent first."""
    latency: tuple[WaitFacts, ...]
    intents: tuple[IntentFacts, ...]
    days: tuple[DayFacts, ...]
    """Those that had calls."""
    currency: str
    per_minute_price: float | None
    """Null: none is set."""


@router.get("/projects/{project}/overview", dependencies=[may(Role.VIEWER)])
async def show_overview(
    desk: TheDesk,
    project: str,
    since: Annotated[
        Instant | None, Query(alias="from", description="Its hour is the first; by default, 30 days ago.")
    ] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Its hour is the last; by default, now.")] = None,
) -> OverviewFacts:
    """How calls went: by outcome, by intent, by day, and how long callers waited."""
    until = until if until is not None else desk.clock.now()
    since = since if since is not None else until - timedelta(days=30)
    if not since < until <= since + LONGEST:
        raise Unfit(f"`from` comes before `to`, and at most {LONGEST.days} days before it.")
    owner = ProjectId(project)
    counted = await desk.store.hours.between(owner, since, until + timedelta(hours=1))  # the hour that has begun counts
    usage = desk.office.settings.usage
    found = overview_of(
        counted.sums,
        counted.days,
        prices(desk.office),
        usage.per_minute_price,
    )
    return OverviewFacts(
        since=since,
        until=until,
        running=await desk.store.calls.running(owner),
        currency=usage.currency,
        per_minute_price=usage.per_minute_price or None,
        **_parts(found),  # pyright: ignore[reportArgumentType]  # by name
    )


def _parts(found: Overview) -> dict[str, object]:
    return {
        "numbers": _numbers(found.numbers),
        "outcomes": tuple(OutcomeFacts(outcome=name, calls=calls) for name, calls in found.outcomes),
        "latency": tuple(_wait(one) for one in found.waits),
        "intents": tuple(IntentFacts.model_validate(one, from_attributes=True) for one in found.intents),
        "days": tuple(
            DayFacts(day=one.day, numbers=_numbers(one.numbers), latency=tuple(_wait(wait) for wait in one.waits))
            for one in found.days
        ),
    }


def _numbers(numbers: Numbers) -> NumbersFacts:
    return NumbersFacts.model_validate(numbers, from_attributes=True)


def _wait(waited: Waited) -> WaitFacts:
    return WaitFacts.model_validate(waited, from_attributes=True)
