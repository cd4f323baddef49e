"""What engines did, and what it costs."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.store.usage import By, UsageRow
from tollfree.calls.usage_cost import UsageLine
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import everywhere, guarded, may
from tollfree.server.desk import Desk, TheDesk
from tollfree.server.moments import Instant
from tollfree.wiring.usage_report import usage_report

router = guarded("usage")

Grouped = Annotated[By, Query(description="What to sum up by. `day` is that on which a call began, in UTC.")]
Since = Annotated[Instant | None, Query(description="Calls that began then or later.")]
Until = Annotated[Instant | None, Query(description="Calls that began before.")]


class TokenUse(BaseModel):
    """Tokens of one route and model."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    route: str = Field(examples=["fast"])
    model: str
    asked: int = Field(examples=[640])
    failed: int = Field(examples=[2])
    dropped: int = Field(examples=[31])
    """Answers that nobody wanted any more."""
    prompt: int = Field(examples=[171200])
    cached: int = Field(examples=[152800])
    """Of the prompt: what the server had in its cache."""
    completion: int = Field(examples=[14200])


class UsageGroup(BaseModel):
    """What one group used."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    group: str = Field(examples=["bakery"])
    """By intent, empty: before one was known."""
    calls: int
    minutes: float
    heard_s: float = Field(examples=[5120.0])
    """Seconds of callers' turns."""
    heard_ahead_s: float = Field(examples=[410.0])
    """Seconds that were heard besides."""
    characters: int = Field(examples=[48200])
    """Spoken anew."""
    kept_characters: int = Field(examples=[31900])
    """Said from what was rendered before."""
    gpu_s: float | None = Field(examples=[None])
    """Null: nobody has said."""
    tokens: tuple[TokenUse, ...]
    token_cost: float | None
    """Null: no route that was used has a price."""
    minutes_cost: float | None
    """What the minutes would cost; null: no price by the minute is set."""


class UsageFacts(BaseModel):
    """Usage summed up."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    by: By
    currency: str = Field(examples=["USD"])
    since: datetime | None
    until: datetime | None
    groups: tuple[UsageGroup, ...]
    total: UsageGroup


@router.get("/projects/{project}/usage", dependencies=[may(Role.VIEWER)])
async def show_project_usage(
    desk: TheDesk, project: str, by: Grouped = "day", since: Since = None, until: Until = None
) -> UsageFacts:
    """Of a project's calls that have ended."""
    return await _usage(desk, by, since, until, ProjectId(project))


@router.get("/usage", dependencies=[everywhere()])
async def show_usage(desk: TheDesk, by: Grouped = "project", since: Since = None, until: Until = None) -> UsageFacts:
    """Of all calls that have ended."""
    return await _usage(desk, by, since, until, None)


async def _usage(
    desk: Desk, by: By, since: datetime | None, until: datetime | None, project: ProjectId | None
) -> UsageFacts:
    report = await usage_report(desk.office, by, since=since, until=until, project=project)
    return UsageFacts(
        by=by,
        currency=desk.office.settings.usage.currency,
        since=since,
        until=until,
        groups=tuple(_group(line) for line in report.lines),
        total=_group(report.total),
    )


def _group(line: UsageLine) -> UsageGroup:
    return UsageGroup(
        group=line.group,
        calls=line.calls,
        minutes=line.minutes,
        heard_s=line.heard_s,
        heard_ahead_s=line.heard_ahead_s,
        characters=line.characters,
        kept_characters=line.kept_characters,
        gpu_s=line.gpu_s,
        tokens=tuple(_tokens(row) for row in line.tokens),
        token_cost=line.token_cost,
        minutes_cost=line.minutes_cost,
    )


def _tokens(row: UsageRow) -> TokenUse:
    return TokenUse(
        route=row.engine,
        model=row.model,
        asked=row.times,
        failed=row.failed,
        dropped=row.dropped,
        prompt=row.prompt_tokens,
        cached=row.cached_tokens,
        completion=row.completion_tokens,
    )
