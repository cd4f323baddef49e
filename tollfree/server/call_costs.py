"""What a call used, and what that costs."""

from collections.abc import Sequence

from tollfree.calls.store.usage import Lasted, UsageRow, UsageSums
from tollfree.calls.usage_cost import cost, usage_lines
from tollfree.language.llm.route import Price
from tollfree.server.desk import Desk
from tollfree.server.models.calls import CallCost, UsedTokens
from tollfree.wiring.call_story import Story


async def cost_of(desk: Desk, story: Story, usage: Sequence[UsageRow]) -> CallCost | None:
    """None: the call runs, or nothing was kept."""
    call = story.call
    if call.ended_at is None or not usage:
        return None
    await desk.office.routes.look()
    prices = {name: route.price for name, route in desk.office.routes.routes.routes.items()}
    lasted = Lasted(calls=1, seconds=(call.ended_at - call.started_at).total_seconds())
    sums = UsageSums(lasted={call.id: lasted}, work=tuple((call.id, row) for row in usage if row.work != "time"))
    line = usage_lines(sums, prices, desk.office.settings.usage.per_minute_price)[0]
    return CallCost(
        minutes=line.minutes,
        heard_s=line.heard_s,
        characters=line.characters,
        kept_characters=line.kept_characters,
        tokens=tuple(_tokens(row, prices.get(row.engine)) for row in line.tokens),
        token_cost=line.token_cost,
        minutes_cost=line.minutes_cost,
    )


def _tokens(row: UsageRow, price: Price | None) -> UsedTokens:
    return UsedTokens(
        engine=row.engine,
        model=row.model,
        times=row.times,
        prompt_tokens=row.prompt_tokens,
        cached_tokens=row.cached_tokens,
        completion_tokens=row.completion_tokens,
        cost=cost(row, price) if price is not None and price != Price() else None,
    )
