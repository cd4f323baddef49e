"""`tollfree usage`: calls, minutes, what engines did for them, and what that costs."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

import click

from tollfree.calls.store.usage import BY, By, UsageRow
from tollfree.calls.usage_cost import UsageLine
from tollfree.cli.opened import print_json, settings_of, with_office
from tollfree.cli.waterfall import aligned
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings
from tollfree.wiring.usage_report import UsageReport, usage_report

NO_INTENT = "(none yet)"
NOTHING = "-"
_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command("usage")
@click.option("--by", type=click.Choice(BY), default="project", show_default=True, help="What to sum up by.")
@click.option("--since", type=_DAY, help="Calls that began then or later, in UTC.")
@click.option("--until", type=_DAY, help="Calls that began before.")
@click.option("--project", help="Only this project's.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def command(
    ctx: click.Context, by: str, since: datetime | None, until: datetime | None, project: str | None, as_json: bool
) -> None:
    """Sum up calls, minutes, seconds heard, tokens by route, characters spoken, and costs.

    Tokens cost what the prices of their routes say today. With TOLLFREE_USAGE__PER_MINUTE_PRICE, what the same minutes
    would cost at that price stands beside it. Calls that run are not counted yet.
    """
    settings = settings_of(ctx)
    wanted = cast(By, by)

    async def work(office: Office) -> UsageReport:
        chosen = ProjectId(project) if project else None
        return await usage_report(office, wanted, since=_utc(since), until=_utc(until), project=chosen)

    report = with_office(ctx, work)
    lines, total = report.lines, report.total
    if as_json:
        currency = settings.usage.currency
        print_json({"by": by, "currency": currency, "groups": [_plain(line) for line in lines], "total": _plain(total)})
        return
    if not total.calls:
        click.echo("no calls yet")
        return
    for text in _table(lines, total, wanted, settings):
        click.echo(text)


def _table(lines: tuple[UsageLine, ...], total: UsageLine, by: By, settings: Settings) -> Iterator[str]:
    currency = settings.usage.currency
    priced = total.token_cost is not None
    compared = total.minutes_cost is not None
    gpu = total.gpu_s is not None
    head = [by, "calls", "minutes", "heard s", "tokens in", "cached", "out", "characters", "kept"]
    head += ["GPU s"] if gpu else []
    head += [f"tokens {currency}"] if priced else []
    head += [f"by minute {currency}"] if compared else []
    rows = [tuple(head)]
    for line in (*lines, total):
        row = [
            line.group or NO_INTENT,
            str(line.calls),
            f"{line.minutes:.1f}" if by != "route" or line is total else NOTHING,
        ]
        row += [f"{line.heard_s:.0f}", *_tokens(line), str(line.characters), str(line.kept_characters)]
        row += [_number(line.gpu_s, 1)] if gpu else []
        row += [_number(line.token_cost, 4)] if priced else []
        row += [_number(line.minutes_cost, 2)] if compared else []
        rows.append(tuple(row))
    yield from aligned(rows, left=(0,))
    if by != "route" and total.tokens:
        yield ""
        yield "by route: tokens"
        routes: list[tuple[str, ...]] = [("route", "model", "asked", "failed", "in", "cached", "out")]
        routes += [_route(row) for row in total.tokens]
        yield from aligned(routes, left=(0, 1))
    if not settings.usage.per_minute_price:
        yield "to compare with a price by the minute, set TOLLFREE_USAGE__PER_MINUTE_PRICE"


def _tokens(line: UsageLine) -> tuple[str, str, str]:
    rows = line.tokens
    return (
        str(sum(row.prompt_tokens for row in rows)),
        str(sum(row.cached_tokens for row in rows)),
        str(sum(row.completion_tokens for row in rows)),
    )


def _route(row: UsageRow) -> tuple[str, ...]:
    counts = (row.times, row.failed, row.prompt_tokens, row.cached_tokens, row.completion_tokens)
    return (row.engine, row.model or NOTHING, *map(str, counts))


def _plain(line: UsageLine) -> dict[str, Any]:
    plain = asdict(line)
    plain["tokens"] = [
        {
            "route": row.engine,
            "model": row.model,
            "asked": row.times,
            "failed": row.failed,
            "dropped": row.dropped,
            "prompt": row.prompt_tokens,
            "cached": row.cached_tokens,
            "completion": row.completion_tokens,
        }
        for row in line.tokens
    ]
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in plain.items()}


def _number(number: float | None, places: int) -> str:
    return NOTHING if number is None else f"{number:.{places}f}"


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
