"""Usage as people ask for it: by group, with what tokens cost by their routes' prices and what the same minutes would
cost at a price by the minute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tollfree.calls.store.usage import Lasted, UsageRow, UsageSums
from tollfree.language.llm.route import Price

TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What one group used."""

    group: str
    calls: int = 0
    minutes: float = 0.0
    heard_s: float = 0.0
    """Seconds of callers' turns."""
    heard_ahead_s: float = 0.0
    """Seconds that were heard besides."""
    characters: int = 0
    kept_characters: int = 0
    gpu_s: float | None = None
    tokens: tuple[UsageRow, ...] = ()
    """By route and model."""
    token_cost: float | None = None
    """None: no route that was used has a price."""
    minutes_cost: float | None = None
    """What the minutes would cost; None: no price by the minute is set."""


def usage_lines(
    sums: UsageSums, prices: Mapping[str, Price], per_minute_price: float, *, minutes: bool = True
) -> tuple[UsageLine, ...]:
    """A line for each group, in order. `minutes=False`: groups that share calls, whose minutes mean nothing."""
    groups: dict[str, list[UsageRow]] = {group: [] for group in sums.lasted}
    for group, row in sums.work:
        groups.setdefault(group, []).append(row)
    return tuple(
        _line(group, rows, sums.lasted.get(group, Lasted()), prices, per_minute_price if minutes else 0.0)
        for group, rows in sorted(groups.items())
    )


def total_of(lines: tuple[UsageLine, ...], calls: int | None = None) -> UsageLine:
    """All lines together. `calls`: where a call is in several lines."""
    tokens: dict[tuple[str, str], UsageRow] = {}
    for row in (row for line in lines for row in line.tokens):
        before = tokens.get((row.engine, row.model))
        tokens[row.engine, row.model] = row if before is None else _plus(before, row)
    return UsageLine(
        group=TOTAL,
        calls=sum(line.calls for line in lines) if calls is None else calls,
        minutes=sum(line.minutes for line in lines),
        heard_s=sum(line.heard_s for line in lines),
        heard_ahead_s=sum(line.heard_ahead_s for line in lines),
        characters=sum(line.characters for line in lines),
        kept_characters=sum(line.kept_characters for line in lines),
        gpu_s=_known(line.gpu_s for line in lines),
        tokens=tuple(tokens.values()),
        token_cost=_known(line.token_cost for line in lines),
        minutes_cost=_known(line.minutes_cost for line in lines),
    )


def cost(row: UsageRow, price: Price) -> float:
    """What tokens cost. Those of the prompt that the server had in its cache are part of the prompt's."""
    computed = max(0, row.prompt_tokens - row.cached_tokens)
    million = computed * price.prompt + row.cached_tokens * price.cached + row.completion_tokens * price.completion
    return million / 1_000_000


def _line(
    group: str, rows: list[UsageRow], lasted: Lasted, prices: Mapping[str, Price], per_minute_price: float
) -> UsageLine:
    models = tuple(row for row in rows if row.work == "llm")
    costs = (cost(row, price) if (price := _priced(prices.get(row.engine))) else None for row in models)
    minutes = lasted.seconds / 60
    return UsageLine(
        group=group,
        calls=lasted.calls,
        minutes=minutes,
        heard_s=sum(row.heard_s for row in rows),
        heard_ahead_s=sum(row.heard_ahead_s for row in rows),
        characters=sum(row.characters for row in rows),
        kept_characters=sum(row.kept_characters for row in rows),
        gpu_s=_known(row.gpu_s for row in rows),
        tokens=models,
        token_cost=_known(costs),
        minutes_cost=minutes * per_minute_price if per_minute_price else None,
    )


def _priced(price: Price | None) -> Price | None:
    return price if price is not None and price != Price() else None


def _plus(one: UsageRow, other: UsageRow) -> UsageRow:
    return replace(
        one,
        times=one.times + other.times,
        failed=one.failed + other.failed,
        dropped=one.dropped + other.dropped,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        gpu_s=_known((one.gpu_s, other.gpu_s)),
    )


def _known(numbers: Iterable[float | None]) -> float | None:
    """The sum of what is known; None: nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
