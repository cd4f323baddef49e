"""`tollfree usage`: calls, minutes, what engines did for them, and what that costs."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

import click

from tollfree.calls.store.usage import BY, By, UsageRow
from tollfree.calls.usage_cost import UsageLine, total_of, usage_lines
from tollfree.cli.opened import print_json, settings_of, with_office
from tollfree.cli.waterfall import aligned
from tollfree.language.llm.routes_file import read_routes_file
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings

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

    async def work(office: Office) -> tuple[tuple[UsageLine, ...], UsageLine]:
        chosen = ProjectId(project) if project else None
        if chosen is not None:
            await office.store.projects.get(chosen)
        return await _lines(office, settings, wanted, _utc(since), _utc(until), chosen)

    lines, total = with_office(ctx, work)
    if as_json:
        currency = settings.usage.currency
        print_json({"by": by, "currency": currency, "groups": [_plain(line) for line in lines], "total": _plain(total)})
        return
    if not total.calls:
        click.echo("no calls yet")
        return
    for text in _table(lines, total, wanted, settings):
        click.echo(text)


async def _lines(
    office: Office,
    settings: Settings,
    by: By,
    since: datetime | None,
    until: datetime | None,
    project: ProjectId | None,
) -> tuple[tuple[UsageLine, ...], UsageLine]:
    routes = read_routes_file(settings.routes_path).routes
    by_route = {name: route.price for name, route in routes.items()}
    price = settings.usage.per_minute_price
    sums = await office.store.usage.sums(by, since=since, until=until, project=project)
    lines = usage_lines(sums, by_route, price, minutes=by != "route")
    if by not in ("intent", "route"):
        return lines, total_of(lines)
    whole = await office.store.usage.sums("project", since=since, until=until, project=project)
    return lines, total_of(usage_lines(whole, by_route, price))


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
