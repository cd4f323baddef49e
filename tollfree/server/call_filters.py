"""The filters of a list of calls."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, Query

from tollfree.calls.store.call_filter import CallFilter
from tollfree.calls.store.texts import query_of
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.server.desk import SeesPersonal
from tollfree.server.errors import NotAllowed, Unfit

FIRST, LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""Moments that both databases, and every time zone, can hold."""

Text = Annotated[str, Query(max_length=300)]


class Wanted:
    """Filters of a list of calls; all that are given must match."""

    def __init__(
        self,
        project: str,
        sees_personal: SeesPersonal,
        flow: Annotated[Text, Query(description="Only of this flow.")] = "",
        agent: Annotated[Text, Query(description="Only answered by this agent.")] = "",
        outcome: Annotated[Text, Query(description="Only with this outcome.")] = "",
        line: Annotated[Text, Query(description="Only on this line: `text`, `wav`, `livekit`.")] = "",
        trials: Annotated[
            Literal["without", "only", "with"], Query(description="Calls in which somebody tried a draft by voice.")
        ] = "without",
        running: Annotated[bool | None, Query(description="true: only calls that run; false: only those over.")] = None,
        since: Annotated[datetime | None, Query(alias="from", description="Began then or later.")] = None,
        until: Annotated[datetime | None, Query(alias="to", description="Began before then.")] = None,
        caller: Annotated[Text, Query(description="Only of this number, E.164. For supervisors.")] = "",
        text: Annotated[
            Text,
            Query(
                description="Words that were all said; `deliv*` finds what begins so. Of calls that are over.",
                examples=["rye bread"],
            ),
        ] = "",
    ) -> None:
        if caller and not sees_personal:
            raise NotAllowed("Callers' numbers are personal data: looking for one needs the role supervisor.")
        self.only = CallFilter(
            project=ProjectId(project),
            flow=FlowId(flow) if flow else None,
            agent=agent or None,
            outcome=outcome or None,
            line=line or None,
            caller=caller or None,
            trial=None if trials == "with" else trials == "only",
            ended=None if running is None else not running,
            since=_moment(since),
            until=_moment(until),
            text=query_of(text, personal=sees_personal) if text.strip() else None,
        )


WantedCalls = Annotated[Wanted, Depends(Wanted)]


def _moment(given: datetime | None) -> datetime | None:
    """With a time zone: UTC where none is given. Raises `Unfit` for one that nobody means."""
    if given is None:
        return None
    aware = given.replace(tzinfo=UTC) if given.tzinfo is None else given
    if not FIRST < aware < LAST:
        raise Unfit(f"{given.isoformat()} is no time of a call.")
    return aware
