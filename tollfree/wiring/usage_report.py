"""Usage as people ask for it: summed up, with what it costs by the prices of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tollfree.calls.store.usage import By
from tollfree.calls.usage_cost import UsageLine, total_of, usage_lines
from tollfree.language.llm.route import Price
from tollfree.language.llm.routes_file import read_routes_file
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """A line for each group, and all together."""

    lines: tuple[UsageLine, ...]
    total: UsageLine


async def usage_report(
    office: Office,
    by: By,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    project: ProjectId | None = None,
) -> UsageReport:
    """Of the calls that began in a time and have ended. Raises `UnknownProject` or `BadRoutes`."""
    if project is not None:
        await office.store.projects.get(project)
    by_route, price = prices(office), office.settings.usage.per_minute_price
    sums = await office.store.usage.sums(by, since=since, until=until, project=project)
    lines = usage_lines(sums, by_route, price, minutes=by != "route")
    if by not in ("intent", "route"):
        return UsageReport(lines=lines, total=total_of(lines))
    whole = await office.store.usage.sums("project", since=since, until=until, project=project)
    return UsageReport(lines=lines, total=total_of(usage_lines(whole, by_route, price)))


def prices(office: Office) -> Mapping[str, Price]:
    """Of each route, as the routes file has them now. Raises `BadRoutes`."""
    return {name: route.price for name, route in read_routes_file(office.settings.routes_path).routes.items()}
